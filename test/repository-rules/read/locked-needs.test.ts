import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { pathsOf } from '../../../src/model/repository-paths.ts';
import { needsIn, saysTheSame } from '../../../src/repository-rules/read/locked-needs.ts';
import { outOfStep } from '../../../src/repository-rules/read/out-of-step.ts';

const list = fc.dictionary(fc.constantFrom('a', 'b', '@s/c', 'packages', '', '__proto__', 'd"', '1'), fc.constantFrom('^1.0.0', '2', 'file:x'), {
  maxKeys: 3,
});
const lists = fc.record({ dependencies: list, devDependencies: list, optionalDependencies: list }, { requiredKeys: [] });
const sections = ['dependencies', 'devDependencies', 'optionalDependencies'] as const;

/** As npm writes it, then with other spaces: the same document, which has to be read as a whole. */
const lockOf = (entry: object, more: object = {}) =>
  JSON.stringify(
    { name: 'x', version: '1.0.0', lockfileVersion: 3, requires: true, packages: { '': entry, 'node_modules/a': {}, ...more } },
    null,
    2,
  );
const respaced = (text: string) => ` ${text}`;

describe('what npm’s lockfile says the project asks for', () => {
  it('is the same at its head as in the whole', () => {
    fc.assert(
      fc.property(lists, lists, fc.constantFrom('', '\n"', '"packages": {}', '\\'), (entry, wanted, piece) => {
        const whole = lockOf(entry, piece === '' ? {} : { node_modules: { license: piece } });
        const [head, other] = [whole, respaced(whole)].map((text) => needsIn('package-lock.json', text, ''));
        for (const section of sections)
          for (const [name, range] of Object.entries(wanted[section] ?? {})) expect(head?.(name, range)).toBe(other?.(name, range));
      }),
      { seed: 2311 },
    );
  });

  it('tells the same manifests to be out of step, asked word for word or one by one', () => {
    let same = 0;
    fc.assert(
      fc.property(lists, lists, fc.boolean(), fc.constantFrom(2, 4, '\t', 0), (entry, wanted, isSame, indent) => {
        const asked = isSame ? entry : wanted;
        const manifest = JSON.stringify({ name: 'x', ...asked }, null, indent);
        const text = lockOf(entry);
        if (saysTheSame('package-lock.json', text, manifest)) same += 1;
        const told = (lock: string) =>
          outOfStep('package.json', {
            now: new Map([
              ['package.json', manifest],
              ['package-lock.json', lock],
            ]),
            paths: pathsOf(['package.json', 'package-lock.json']),
          });
        expect(told(text)).toEqual(told(respaced(text)));
      }),
      { seed: 2311, numRuns: 300 },
    );
    expect(same).toBeGreaterThan(50);
  });

  it.each([
    [
      'a key given twice in the manifest',
      '{\n  "dependencies": {\n    "a": "2",\n    "a": "^1.0.0"\n  }\n}',
      lockOf({ dependencies: { a: '^1.0.0' } }),
    ],
    [
      'the project given twice',
      '{\n  "dependencies": {\n    "a": "2"\n  }\n}',
      lockOf({ dependencies: { a: '2' } }).replace('"node_modules/a"', '""'),
    ],
    [
      'the project given twice in other letters',
      '{\n  "dependencies": {\n    "a": "2"\n  }\n}',
      lockOf({ dependencies: { a: '2' } }).replace('\n}', ',\n"\\u0070ackages": {"": {}}\n}'),
    ],
    [
      'a name in two lists',
      JSON.stringify({ dependencies: { a: '1' }, optionalDependencies: { a: '2' } }, null, 2),
      lockOf({ dependencies: { a: '1' }, optionalDependencies: { a: '2' } }),
    ],
  ])('does not take word for word: %s', (_title, manifest, lock) => expect(saysTheSame('package-lock.json', lock, manifest)).toBe(false));
});
