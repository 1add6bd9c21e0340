/** What registries and strangers really send: no rule crashes on it, and none says a text that could steer a terminal. */
import { describe, expect, it } from '@jest/globals';
import { openHistory } from '../../src/evidence/history.ts';
import { slicesOf } from '../../src/evidence/slices.ts';
import type { EvidenceSet } from '../../src/model/evidence.ts';
import { had } from '../../src/model/evidence.ts';
import type { Observation } from '../../src/model/finding.ts';
import { defaultOptions } from '../../src/model/rule.ts';
import { packumentFrom } from '../../src/registry/packument.ts';
import { changed } from '../../src/rules/example.ts';
import { rules } from '../../src/rules/index.ts';

const now = Date.UTC(2026, 5, 1);
const kinds: ReadonlySet<string> = new Set(['listing', 'release', 'times', 'publishers', 'maintainers', 'trust', 'name', 'newDependencies']);
const judged = rules.filter((rule) => rule.needs.every((kind: string) => kinds.has(kind)));

function judgeAll(document: unknown, past = true): Observation[] {
  const parsed = packumentFrom('x', document);
  if (!parsed.ok) return [];
  const history = openHistory(parsed.packument, { now, past });
  const versions = [...parsed.packument.releases.map((release) => release.version), ...parsed.packument.removed.keys(), '9.9.9'];
  return versions.flatMap((version) => {
    const set: EvidenceSet = { ...slicesOf(history, version), name: had({ near: [] }), newDependencies: had([]) };
    return judged.flatMap((rule) => {
      const values = rule.needs.map((kind: keyof EvidenceSet) => [kind, set[kind]] as const);
      if (values.some(([, gathered]: readonly [string, EvidenceSet[keyof EvidenceSet]]) => !gathered?.ok)) return [];
      const evidence = Object.fromEntries(
        values.map(([kind, gathered]: readonly [string, EvidenceSet[keyof EvidenceSet]]) => [kind, gathered?.ok && gathered.value]),
      );
      return rule.check(changed('x', '0.9.0', version), evidence, { now, options: defaultOptions(rule.options) });
    });
  });
}

const steering = '\u001b[2J\u202e::error::';
const documents: Readonly<Record<string, unknown>> = {
  'no times': { versions: { '1.0.0': {}, '1.0.1': { scripts: { install: 'x' } } } },
  'times in the future': { versions: { '1.0.0': {} }, time: { '1.0.0': '2099-01-01T00:00:00Z' } },
  'times equal and out of order': {
    versions: { '1.0.2': {}, '1.0.0': {}, '1.0.1': {} },
    time: { '1.0.2': '2020-01-01T00:00:00Z', '1.0.0': '2020-01-01T00:00:00Z', '1.0.1': '2019-01-01T00:00:00Z' },
  },
  'times that are none': { versions: { '1.0.0': {} }, time: { '1.0.0': 7, created: null, modified: steering } },
  'a placeholder and a stage': {
    versions: { '0.0.1-security': {}, '0.0.0-stage': {} },
    time: { '0.0.1-security': '2020-01-01T00:00:00Z', '0.0.0-stage': '2020-01-01T00:00:00Z' },
  },
  'only deleted versions': { versions: {}, time: { '1.0.0': '2020-01-01T00:00:00Z' } },
  'legacy versions': {
    versions: { '1.0': {}, v2: {}, '01.2.3': {} },
    time: { '1.0': '2012-01-01T00:00:00Z', v2: '2013-01-01T00:00:00Z', '01.2.3': '2014-01-01T00:00:00Z' },
  },
  'people of every shape': {
    versions: Object.fromEntries(
      ['a <a@b.example>', null, 7, [], {}, { name: 'a' }, { email: 'a@b.example' }, { name: steering, email: '@' }].map((person, index) => [
        `1.0.${index}`,
        { _npmUser: person, maintainers: index % 2 ? person : [person, 'b', null] },
      ]),
    ),
    time: Object.fromEntries(Array.from({ length: 8 }, (_, index) => [`1.0.${index}`, `202${index % 6}-01-0${index + 1}T00:00:00Z`])),
  },
  'steering text everywhere': {
    versions: {
      '1.0.0': {},
      '1.0.1': {
        scripts: { preinstall: steering, postinstall: steering },
        dependencies: { [`a${steering}`]: `git+ssh://${steering}`, __proto__: 'x', constructor: 'a/b' },
        optionalDependencies: { o: `https://user:secret@x.invalid/${steering}` },
        deprecated: steering,
        _npmUser: { name: steering, email: `a@${steering}` },
        maintainers: [{ name: steering }],
      },
    },
    time: { '1.0.0': '2020-01-01T00:00:00Z', '1.0.1': '2021-01-01T00:00:00Z' },
  },
};

describe.each(Object.entries(documents))('%s', (_what, document) => {
  it.each([true, false])('is judged without a crash (as of the past: %s)', (past) => {
    const said = judgeAll(document, past);
    expect(JSON.stringify(said.map(({ message, facts }) => [message, facts]))).not.toMatch(/\\u001b|\\u202e|\u202e|NaN|undefined/);
  });
});

describe('what cannot be told', () => {
  it('is no finding and no pass: without times the rules of time do not run', () => {
    const said = judgeAll(documents['no times'], false);
    expect(said.map(({ message }) => message)).toEqual(expect.arrayContaining([expect.stringContaining('runs "install" when it is installed')]));
  });
});
