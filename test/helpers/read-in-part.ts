import { analyse, analyseUntil } from '../../src/code/analyse.ts';
import { compareContents, hiddenByBulk } from '../../src/code/compare.ts';
import { expectedOf } from '../../src/code/expected.ts';
import type { TarballFacts } from '../../src/model/contents.ts';
import { readTarball } from '../../src/registry/tarball.ts';
import { aRelease } from '../../src/rules/example.ts';

/** What is said of a release against one before it: that one read as far as it matters, and as a whole; and which of its scripts were parsed. */
export async function bothWays(before: Buffer, after: Buffer | TarballFacts) {
  const { facts, ways } = Buffer.isBuffer(after) ? analyseUntil(await readTarball(after), {}, undefined) : { facts: after, ways: [] };
  const archive = await readTarball(before);
  const parsed: string[] = [];
  const onFile = (path: string | undefined) => void (path !== undefined && parsed.push(path));
  const inPart = analyseUntil(archive, { onFile }, expectedOf(facts), ways);
  return { inPart: said(facts, inPart.facts), whole: said(facts, analyse(archive)), parsed, isWhole: inPart.isWhole };
}

function said(facts: TarballFacts, before: TarballFacts) {
  const contents = compareContents(facts, aRelease('1.0.1'), { version: '1.0.0', dependencies: new Set(), facts: before });
  return { contents, bulk: hiddenByBulk(facts, before) };
}
