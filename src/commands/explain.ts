/** `depward explain RULE`: the doc page of a rule. */
import { DepwardError } from '../model/errors.ts';
import type { OptionSpec, RuleMeta } from '../model/rule.ts';
import { printable } from '../model/text.ts';
import { nearest } from '../names/nearest.ts';
import { presets } from '../policy/presets.ts';
import { type Paint, paintWith, wrap } from '../reporters/paint.ts';
import { type RulePage, ruleBook } from '../rule-book.ts';
import { exit, type Io } from './io.ts';
import { colourWanted } from './output.ts';

export async function run(args: readonly unknown[], options: { readonly color?: boolean }, io: Io): Promise<number> {
  const page = pageOf(String(args[0] ?? ''), await ruleBook());
  io.stdout(pageText(page, io.columns ?? Number.POSITIVE_INFINITY, paintWith(colourWanted(options, io))));
  return exit.allowed;
}

function pageOf(id: string, book: ReadonlyMap<string, RulePage>): RulePage {
  const page = book.get(id);
  if (!page) throw unknownRule(id, [...book.keys()]);
  return page;
}

/** Names the rule probably meant. */
export function unknownRule(id: string, known: readonly string[]): DepwardError {
  const close = nearest(id, known);
  return new DepwardError('usage', `there is no rule "${printable(id, 60)}"`, {
    hint: close === undefined ? 'depward rules lists them' : `did you mean "${close}"? depward rules lists them`,
  });
}

function pageText({ meta, options, needs }: RulePage, columns: number, paint: Paint): string {
  const width = Math.max(20, Math.min(columns, 100));
  const section = (title: string, paragraphs: readonly string[]) =>
    paragraphs.length === 0
      ? []
      : [paint.bold(title), ...paragraphs.flatMap((paragraph) => wrap(paragraph, width - 2).map((line) => `  ${line}`)), ''];
  return [
    `${paint.bold(meta.id)} ${paint.dim(`(${meta.severity} severity, since ${meta.since})`)}`,
    ...wrap(meta.summary, width),
    '',
    ...section('Why it matters', [meta.why]),
    ...section('What to do', [meta.remedy]),
    ...section('When honest packages trip it', [meta.falsePositives]),
    ...section('Level', levelText(meta)),
    ...section('Options', Object.entries(options).map(optionText)),
    ...section('Evidence it needs', needs.length > 0 ? [needs.join(', ')] : []),
    ...section(
      'References',
      meta.references.map((reference) => `- ${reference}`),
    ),
  ].join('\n');
}

function levelText({ id }: RuleMeta): readonly string[] {
  const levels = Object.entries(presets).map(([name, preset]) => `${levelIn(preset.rules[id])} in ${name}`);
  const blocks = levels.some((level) => level.startsWith('block'));
  return [
    `${levels.join(', ')}.${blocks ? ' A finding of low confidence warns at most.' : ''} To change it, in depward.config.json:`,
    `"rules": { "${id}": "warn" }`,
  ];
}

function levelIn(setting: (typeof presets)['strict']['rules'][string] | undefined): string {
  if (setting === undefined) return 'off';
  return typeof setting === 'string' ? setting : `${setting[0]} ${JSON.stringify(setting[1])}`;
}

function optionText([name, spec]: readonly [string, OptionSpec]): string {
  return `${name}: ${spec.about} (default ${JSON.stringify(spec.default)})`;
}
