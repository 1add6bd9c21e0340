import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Blob, openAnswers } from '../../src/resolve/git-blobs.ts';

const id = 'a'.repeat(40);

describe('the answers of git cat-file', () => {
  it('are the same in pieces of any length', () => {
    const object = fc.oneof(
      fc.string({ maxLength: 60, unit: 'binary' }).map((text) => ({ text })),
      fc.constant('missing' as const),
      fc.constant('tree' as const),
    );
    fc.assert(
      fc.property(
        fc.array(object, { maxLength: 8 }),
        fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }),
        fc.integer({ min: 0, max: 60 }),
        (objects, cuts, limit) => {
          const bytes = Buffer.concat(objects.map(written));
          const answers = openAnswers(objects.map(() => ({ id, limit })));
          for (let at = 0, turn = 0; at < bytes.length; turn++) {
            const end = at + (cuts[turn % cuts.length] as number);
            answers.take(bytes.subarray(at, end));
            at = end;
          }
          expect(answers.found).toEqual(objects.map((one) => expected(one, limit)));
        },
      ),
      { seed: 5, numRuns: 400 },
    );
  });

  it('hold no bytes of what is larger than wanted', () => {
    const answers = openAnswers([
      { id, limit: 10 },
      { id, limit: 10 },
    ]);
    answers.take(Buffer.from(`${id} blob 5000\n`));
    for (let piece = 0; piece < 50; piece++) answers.take(Buffer.alloc(100, 97));
    answers.take(Buffer.from(`\n${id} blob 2\nok\n`));
    expect(answers.found).toEqual([{ size: 5000 }, { text: 'ok' }]);
  });
});

type Object = { readonly text: string } | 'missing' | 'tree';

function written(object: Object): Buffer {
  if (object === 'missing') return Buffer.from(`${id} missing\n`);
  const content = Buffer.from(object === 'tree' ? '\u0000\n' : object.text);
  return Buffer.concat([Buffer.from(`${id} ${object === 'tree' ? 'tree' : 'blob'} ${content.length}\n`), content, Buffer.from('\n')]);
}

function expected(object: Object, limit: number): Blob | undefined {
  if (object === 'missing' || object === 'tree') return undefined;
  const size = Buffer.byteLength(object.text);
  return size > limit ? { size } : { text: Buffer.from(object.text).toString('utf8') };
}
