import { analyse } from '../../src/code/analyse.ts';
import { compareContents } from '../../src/code/compare.ts';
import { importRisk, installRisk } from '../../src/code/risk.ts';
import type { Release } from '../../src/model/packument.ts';
import { readTarball } from '../../src/registry/tarball.ts';
import { aRelease } from '../../src/rules/example.ts';
import { aPackage } from './a-tarball.ts';

type Files = Readonly<Record<string, string | Uint8Array>>;

const listed: Release = aRelease('1.0.1');

/** What the contents of an update say: the grades of what runs on import and on install. */
export async function gradesOf(before: Files, after: Files, manifest: Readonly<Record<string, unknown>> = {}) {
  const factsOf = async (version: string, files: Files) =>
    analyse(await readTarball(aPackage({ name: 'it', version, main: 'index.js', ...manifest }, files)));
  const facts = await factsOf('1.0.0', before);
  const contents = compareContents(await factsOf('1.0.1', after), listed, { version: '1.0.0', dependencies: new Set(), facts });
  return { import: importRisk(contents.capabilities), install: installRisk(contents.capabilities), contents };
}
