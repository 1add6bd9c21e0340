import { expect } from '@jest/globals';
import { analyse } from '../../src/code/analyse.ts';
import { compareContents } from '../../src/code/compare.ts';
import { importRisk, installRisk } from '../../src/code/risk.ts';
import type { Release } from '../../src/model/packument.ts';
import { readTarball } from '../../src/registry/tarball.ts';
import { aRelease } from '../../src/rules/example.ts';
import { aPackage } from './a-tarball.ts';
import { bothWays } from './read-in-part.ts';

type Files = Readonly<Record<string, string | Uint8Array>>;

const listed: Release = aRelease('1.0.1');

/** What the contents of an update say: the grades of what runs on import and on install. */
export async function gradesOf(before: Files, after: Files, manifest: Readonly<Record<string, unknown>> = {}) {
  const packed = (version: string, files: Files) => aPackage({ name: 'it', version, main: 'index.js', ...manifest }, files);
  const factsOf = async (version: string, files: Files) => analyse(await readTarball(packed(version, files)));
  const facts = await factsOf('1.0.0', before);
  const now = await factsOf('1.0.1', after);
  const contents = compareContents(now, listed, { version: '1.0.0', dependencies: new Set(), facts });
  const { inPart, whole } = await bothWays(packed('1.0.0', before), now);
  expect(inPart).toEqual(whole);
  return { import: importRisk(contents.capabilities), install: installRisk(contents.capabilities), contents };
}
