/** The form of depward.config.json, said once: validate.ts checks files against it, schema.ts publishes it for editors. */
import type { EvidenceKind } from '../model/evidence.ts';
import type { Level, OnFailed } from '../model/policy.ts';
import type { OptionSpec, OptionSpecs } from '../model/rule.ts';
import { presets } from './presets.ts';

/** What a value must look like. `noun` is how a mistake calls the keys of a record. */
export type Shape =
  | { readonly kind: 'text'; readonly about: string; readonly form?: Form }
  | { readonly kind: 'number'; readonly about: string; readonly min?: number; readonly max?: number }
  | { readonly kind: 'flag'; readonly about: string }
  | { readonly kind: 'choice'; readonly about: string; readonly of: readonly string[] }
  | { readonly kind: 'list'; readonly about: string; readonly of: Shape; readonly max: number }
  | { readonly kind: 'pair'; readonly about: string; readonly first: Shape; readonly second: Shape }
  | { readonly kind: 'oneOrList'; readonly one: Shape; readonly list: Shape }
  | Record;

interface Record {
  readonly kind: 'record';
  readonly about: string;
  readonly noun: string;
  readonly fields: ReadonlyMap<string, Shape>;
  readonly required?: readonly string[];
  /** Exactly one of these keys must be there. */
  readonly exactlyOne?: readonly string[];
}

/** A pattern for text, with the words to say what is expected. */
export interface Form {
  readonly pattern: string;
  readonly expected: string;
}

/** What the configuration needs to know of a rule. */
export interface ConfigurableRule {
  /** The summary is for the schema that editors show. */
  readonly meta: { readonly id: string; readonly summary?: string };
  readonly options: OptionSpecs;
}

const levels: readonly Level[] = ['off', 'info', 'warn', 'block'];
const onFailed: readonly OnFailed[] = ['warn', 'block'];
const evidence: { readonly [K in EvidenceKind]: true } = {
  listing: true,
  release: true,
  times: true,
  publishers: true,
  maintainers: true,
  trust: true,
  name: true,
  newDependencies: true,
  contents: true,
  signatures: true,
  attestations: true,
  company: true,
  mailDomains: true,
};

const name = '(?:@[A-Za-z0-9~_.-]+/)?[A-Za-z0-9~_.-]+';
const forms = {
  pattern: { pattern: `^(?:${name}\\*?|@[A-Za-z0-9~_.-]+/\\*)$`, expected: 'a package name, a scope `@acme/*` or a prefix `acme-*`' },
  exact: { pattern: `^${name}@\\d+\\.\\d+\\.\\d+(?:[-+][0-9A-Za-z.+-]+)?$`, expected: 'an exact `name@version`' },
  integrity: { pattern: '^sha(?:1|256|384|512)-[A-Za-z0-9+/]{20,100}={0,2}$', expected: 'one `sha512-…` as lockfiles write it' },
  fingerprint: { pattern: '^[0-9a-f]{8}$', expected: 'eight hexadecimal digits, as the finding shows them' },
  date: {
    pattern: '^\\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\\d|3[01])(?:T(?:[01]\\d|2[0-3]):[0-5]\\d:[0-5]\\dZ)?$',
    expected: 'a date `2026-12-31` or a time `2026-12-31T12:00:00Z`',
  },
  path: {
    pattern: '^(?!/|.*(?:^|/)\\.\\.?(?:/|$))[^\\\\\\u0000-\\u001f]{1,300}$',
    expected: 'a path from the root of the repository, like `test/fixtures` or `**/fixtures/**`',
  },
  words: { pattern: '\\S', expected: 'some words' },
} satisfies { [name: string]: Form };

/** The form of the whole file, for the rules there are. */
export function configShape(rules: readonly ConfigurableRule[]): Shape {
  const settings = settingsOf(rules);
  return record('Configuration of depward.', 'key', {
    $schema: text('Where editors find the schema of this file.'),
    extends: presetsShape(),
    rules: settings,
    overrides: list(
      'Settings for some packages; the last override that names a rule and a package wins.',
      record(
        'Settings for some packages.',
        'key',
        { packages: list('Which packages.', text('A name, scope or prefix.', forms.pattern)), rules: settings },
        ['packages', 'rules'],
      ),
    ),
    waivers: list('Accepted findings, each bound to one artefact, with an owner, a reason and an end.', waiverShape(rules)),
    ignore: list(
      'Paths that gate and doctor leave out, from the root of the repository: lockfiles and other files that install nothing here, such as fixtures of tests.',
      text('A path; `*` within a segment, `**` for any number of them; a folder means all that is in it.', forms.path),
    ),
    require: list('Evidence without which a package is blocked, even where the registry does not publish it.', choice('', Object.keys(evidence))),
    onFailed: choice('When evidence could not be had although the registry offers it. Unset: check warns, gate and proxy block.', onFailed),
    joinThreshold: { kind: 'number', about: 'Decibans from which independent facts convict together.', min: 1, max: 200 },
  });
}

function presetsShape(): Shape {
  const one = choice('Built-in preset to start from; `recommended` unless said otherwise.', Object.keys(presets));
  return { kind: 'oneOrList', one, list: list('Presets, the later ones on top. An empty list starts from nothing.', one) };
}

function settingsOf(rules: readonly ConfigurableRule[]): Shape {
  return record('Levels and options by rule.', 'rule', Object.fromEntries(rules.map((rule) => [rule.meta.id, settingOf(rule)])));
}

function settingOf(rule: ConfigurableRule): Shape {
  const { summary = '' } = rule.meta;
  const level = choice(summary, levels);
  const options = record(
    `Options of ${rule.meta.id}.`,
    'option',
    Object.fromEntries(Object.entries(rule.options).map(([key, spec]) => [key, optionShape(spec)])),
  );
  return { kind: 'oneOrList', one: level, list: { kind: 'pair', about: `${summary} Level and options.`, first: level, second: options } };
}

function optionShape(spec: OptionSpec): Shape {
  const about = `${spec.about} (default: ${JSON.stringify(spec.default)})`;
  switch (spec.type) {
    case 'number':
      return { kind: 'number', about, ...(spec.min !== undefined && { min: spec.min }), ...(spec.max !== undefined && { max: spec.max }) };
    case 'boolean':
      return { kind: 'flag', about };
    case 'strings':
      return list(about, text('', forms.words));
  }
}

function waiverShape(rules: readonly ConfigurableRule[]): Shape {
  const fields = {
    rule: choice(
      'The rule whose finding is accepted.',
      rules.map((rule) => rule.meta.id),
    ),
    package: text('The accepted package.', forms.exact),
    integrity: text('The accepted artefact, as the lockfile names it. Without it only packages that have no integrity are covered.', forms.integrity),
    fingerprint: text('The accepted secret of the file, as the finding names it.', forms.fingerprint),
    file: text('The accepted file of the repository, for rules on files.', forms.words),
    owner: text('Who answers for it.', forms.words),
    reason: text('Why it is acceptable.', forms.words),
    expires: text('From when on it no longer counts (a date means its first second, UTC).', forms.date),
  };
  return { ...record('An accepted finding.', 'key', fields, ['rule', 'owner', 'reason', 'expires']), exactlyOne: ['package', 'file'] };
}

function record(about: string, noun: string, fields: { readonly [key: string]: Shape }, required: readonly string[] = []): Record {
  return { kind: 'record', about, noun, fields: new Map(Object.entries(fields)), required };
}

function text(about: string, form?: Form): Shape {
  return { kind: 'text', about, ...(form && { form }) };
}

function choice(about: string, of: readonly string[]): Shape {
  return { kind: 'choice', about, of };
}

function list(about: string, of: Shape): Shape {
  return { kind: 'list', about, of, max: 10_000 };
}
