/** Our record must lead a resolver to the same tree as the document it was read from. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parsePackument } from '../../src/registry/packument.ts';
import { decodePackument, encodePackument } from '../../src/registry/record.ts';
import { resolverDocument } from '../../src/registry/resolving.ts';
import { documentsFrom } from '../../src/resolve/documents.ts';
import { buildIdealTree, treeOf } from '../../src/resolve/ideal-tree.ts';
import { names, world } from '../helpers/a-world.ts';
import type { Doc } from '../helpers/fixture-registry.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'depward-resolving-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function resolved(specs: readonly string[], documentOf: (name: string) => unknown, before: Date | null): Promise<unknown> {
  const fetch = (name: string) => Promise.resolve(documentOf(name) ?? Promise.reject(Object.assign(new Error(name), { code: 'E404' })));
  const { cache } = documentsFrom(fetch, {}, (name) => name);
  const { root, refused } = await buildIdealTree(
    folder,
    { add: specs },
    {
      registry: 'http://registry.example/',
      packumentCache: cache,
      ...(before && { before }),
    },
  );
  const packages = root && treeOf(root).packages.map((entry) => JSON.stringify(entry));
  return { packages: packages?.sort(), code: Object(refused).code };
}

function recordOf(document: Doc): unknown {
  const parsed = parsePackument(String(document['name']), Buffer.from(JSON.stringify(document)));
  if (!parsed.ok) throw new Error(parsed.reason);
  return resolverDocument(decodePackument(encodePackument(parsed.packument)));
}

/** Work, not waiting: on a busy machine it takes as long as it takes. */
const patience = 240_000;

describe('resolving from our record', () => {
  it(
    'comes to what the whole documents come to',
    async () => {
      const moments = fc.option(fc.constantFrom('2024-01-15', '2024-02-15'));
      await fc.assert(
        fc.asyncProperty(world, fc.subarray([...names], { minLength: 1, maxLength: 3 }), moments, async (docs, specs, moment) => {
          const before = moment === null ? null : new Date(moment);
          const whole = new Map(docs.map((doc) => [doc['name'], doc]));
          const ours = await resolved(specs, (name) => whole.has(name) && recordOf(whole.get(name) as Doc), before);
          expect(ours).toEqual(await resolved(specs, (name) => whole.get(name), before));
        }),
        { numRuns: 120 },
      );
    },
    patience,
  );

  it('keeps names of strangers from meaning anything', () => {
    const text = '{"name":"a","versions":{"1.0.0":{"dependencies":{"__proto__":"1"},"peerDependenciesMeta":{"__proto__":{"optional":true}}}}}';
    const document = recordOf(JSON.parse(text) as Doc) as { versions: Record<string, { dependencies: object }> };
    expect(Object.keys(document.versions['1.0.0']?.dependencies ?? {})).toEqual(['__proto__']);
  });
});
