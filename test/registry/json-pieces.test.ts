import { isDeepStrictEqual } from 'node:util';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { walkPieces } from '../../src/registry/json-pieces.ts';
import { walkJson } from '../../src/registry/json-walk.ts';
import { parsePieces } from '../../src/registry/large-packument.ts';
import { parsePackument, parseReference } from '../../src/registry/packument.ts';
import { wantedParts } from '../../src/registry/packument-parts.ts';
import { benchNames, benchPackument, publish } from '../helpers/fixture-registry.ts';
import { plainly } from '../helpers/plain-packument.ts';

async function* cut(bytes: Buffer, size: () => number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; ) {
    const end = at + size();
    yield bytes.subarray(at, end);
    at = end;
  }
}

function inPieces(bytes: Buffer): Buffer[] {
  return Array.from({ length: Math.ceil(bytes.length / 50) }, (_, index) => bytes.subarray(50 * index, 50 * index + 50));
}

function packed(pieces: readonly Buffer[]): { readonly status: 'packed'; readonly pieces: readonly Buffer[] } {
  return { status: 'packed', pieces };
}

const limit = 64 * 2 ** 20;

const honest = publish(
  'left',
  Array.from({ length: 12 }, (_, index) => ({
    version: `1.${index}.0`,
    at: `2024-01-${10 + index}T00:00:00.000Z`,
    by: index % 5 === 0 ? 'ann' : 'bob',
    scripts: index > 6 ? { postinstall: 'node "x".js \u00e9' } : {},
    dependencies: { right: `^${index >> 2}` },
  })),
);
const text = JSON.stringify({ ...honest, readme: `"\\ \u2028 ${'long '.repeat(50)}` });
const strange = [
  text,
  JSON.stringify(honest, null, 2),
  text.replace('"versions":{', '"versions":{"1.0.0":{"dist":{"tarball":"first"}},').replace('"name":"left"', '"name":"le\\u0066t"'),
  '{"name":"left","versions":{"__proto__":{"dist":{"tarball":"x"}},"1.0.0":{"__proto__":1,"dist":{"unpackedSize":12345}}},"time":{"__proto__":"2024-01-01T00:00:00Z"}}',
  '{"versions":{"1.0.0":{"gitHead":"a","a":12},"1.0.1":{"gitHead":"a","a":123},"1.0.2":{"gitHead":"a","a":1}},"versions":{"2.0.0":{}}} ',
  '{"versions":[{"a":1},{"a":1}],"time":null}',
  '{"versions":{}}x',
  '{"versions":{"1.0.0":tru}}',
  '{"versions":{"1.0.0":{"a":1,}}}',
  '[1,2]',
  '12',
  '  ',
  '',
  `{"versions":{"1.0.0":${'['.repeat(200)}${']'.repeat(200)}}}`,
];

describe('a document that comes in pieces', () => {
  it('is walked as it is in one, wherever it is cut', async () => {
    for (const document of strange) {
      const bytes = Buffer.from(document);
      const whole = walkJson(bytes, wantedParts);
      for (const size of [1, 2, 3, 7, 16, 61, 300, 5_000]) {
        const walked = await walkPieces(
          cut(bytes, () => size),
          wantedParts,
          undefined,
          8,
        );
        // Other documents than objects are left to the plain parser.
        if (document.trimStart()[0] !== '{') expect(walked).toEqual({ ok: false, why: 'syntax' });
        else expect([document.slice(0, 60), size, walked]).toEqual([document.slice(0, 60), size, whole]);
      }
    }
  });

  it('is no other for being damaged', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(text.length - 1),
        fc.constantFrom('', '"', '\\', '{', '}', ',', '\n', '0', '\u00fc'),
        fc.array(fc.integer({ min: 1, max: 900 }), { minLength: 1, maxLength: 5 }),
        async (place, put, sizes) => {
          const bytes = Buffer.from(text.slice(0, place) + put + text.slice(place + 1));
          let turn = 0;
          const pieces = cut(bytes, () => sizes[turn++ % sizes.length] ?? 1);
          expect(await walkPieces(pieces, wantedParts, undefined, 16)).toEqual(walkJson(bytes, wantedParts));
        },
      ),
      { numRuns: 300 },
    );
  });

  it('becomes the same record, and the same reason where it becomes none', async () => {
    for (const document of strange) {
      const bytes = Buffer.from(document);
      const fast = await parsePieces('left', packed(inPieces(gzipSync(bytes))), limit);
      expect(plainly(fast)).toEqual(plainly(parsePackument('left', bytes)));
      expect(plainly(await parsePieces('left', { status: 'pieces', pieces: inPieces(bytes) }, limit))).toEqual(plainly(fast));
    }
    expect(await parsePieces('left', packed([gzipSync(Buffer.from(text))]), 100)).toEqual({ ok: false, reason: 'its answer is larger than 0 MB' });
    const damaged = gzipSync(Buffer.from(text)).fill(7, 200, 210);
    expect(await parsePieces('left', packed([damaged]), limit)).toMatchObject({ ok: false, reason: expect.any(String) });
  });

  const real = benchNames();
  (real.length > 0 ? it : it.skip)(`reads real documents as the plain parser does${real.length > 0 ? '' : ' (skipped: no bench data)'}`, async () => {
    for (const name of real.filter((_, index) => index % 4 === 0)) {
      const bytes = Buffer.from(JSON.stringify(benchPackument(name)));
      const fast = await parsePieces(name, packed([gzipSync(bytes, { level: 1 })]), limit);
      expect(isDeepStrictEqual(plainly(fast), parseReference(name, bytes)) || name).toBe(true);
    }
  });
});
