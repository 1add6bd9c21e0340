/** The memory of judgements, in a file beside the facts: thousands of packages without a look at their facts. */

import { createHash } from 'node:crypto';
import type { JudgementMemory, RememberedJudgement } from '../engine.ts';
import type { NameEvidence } from '../model/evidence.ts';
import { once } from '../model/once.ts';
import type { IncomingChange, ResolvedPackage, ResolvedTree } from '../model/package.ts';
import type { Instant } from '../model/time.ts';
import { openFactLines } from './fact-lines.ts';
import { freshFor } from './fresh.ts';
import { installedIn } from './installed.ts';

/** The name of the memory's file; the number rises when its format changes. */
export const judgementsFile = 'judgements-2.log';

export interface JudgementOptions {
  readonly path: string;
  readonly now: Instant;
  /** Of any age is good: nobody can be asked. */
  readonly offline: boolean;
  /** Everything else that judging depends on: build, policy, weights. */
  readonly under: readonly string[];
  /** The project's own names, which have a say in what names are like that are not well known. */
  readonly ownNames: () => readonly string[];
  /** True for names that no other has a say in; asked where judgements are kept. */
  readonly isWellKnown: (name: NameEvidence) => boolean;
  readonly tree: ResolvedTree;
  /** The registry a name is asked at, as whom, and how closely the package is looked at. */
  readonly askedAt: (name: string) => string;
}

/** Opens the memory. */
export function openJudgements({ path, now, offline, under, ownNames, tree, askedAt, isWellKnown }: JudgementOptions): JudgementMemory {
  const lines = openFactLines(path);
  const everywhere = digest(under.join('\u0000'), 'base64');
  const here = once(() => digest([...under, ...ownNames()].join('\u0000'), 'base64'));
  const installed = installedIn(tree);
  const bodies = new Map<string, Remembered | undefined>();
  const kept: { readonly key: string; readonly body: string }[] = [];
  let oldest: Instant | undefined;

  function keyOf(base: string, change: IncomingChange): string {
    const before = change.action === 'change' ? identityOf(change.before) : null;
    return `${base}|${digest(JSON.stringify([askedAt(change.after.name), identityOf(change.after), before]), 'base64')}`;
  }

  return {
    recall(change) {
      const line = lines.get(keyOf(everywhere, change)) ?? lines.get(keyOf(here(), change));
      if (!line || line.confirmedAt > now || (!offline && now - line.confirmedAt > freshFor)) return undefined;
      if (!bodies.has(line.body)) bodies.set(line.body, decode(line.body));
      const remembered = bodies.get(line.body);
      if (!remembered?.leansOn.every(([name, version]) => (installed(change.after, name)?.version ?? '') === version)) return undefined;
      if (remembered.until !== undefined && remembered.until <= now) return undefined;
      oldest = Math.min(oldest ?? line.confirmedAt, line.confirmedAt);
      return remembered;
    },
    keep(change, judgement, leansOn, name) {
      // What was judged offline may have gone without what only the registry could give.
      if (offline) return;
      const remembered: Remembered = { ...judgement, leansOn: leansOn.map(({ name }) => [name, installed(change.after, name)?.version ?? '']) };
      // Between well-known names no other name has a say: in the next change, which brings others, this still stands.
      const base = name && [name, ...leansOn].every(isWellKnown) ? everywhere : here();
      kept.push({ key: keyOf(base, change), body: JSON.stringify(remembered) });
    },
    save(confirmedAt) {
      for (const { key, body } of kept) lines.put(key, body, confirmedAt);
      kept.length = 0;
      lines.save();
    },
    oldest: () => oldest,
  };
}

/** All that rules can see of a package besides evidence. Where it stands in a file is no part of it. */
function identityOf(entry: ResolvedPackage): readonly unknown[] {
  const { name, version, resolved, integrity, checksum, unpinned, source, dev, optional, peer, bundled, patched, alias, hasInstallScript } = entry;
  return [name, version, resolved, integrity, checksum, unpinned, source, dev, optional, peer, bundled, patched, alias, hasInstallScript];
}

function digest(text: string, encoding: 'hex' | 'base64'): string {
  return createHash('sha256').update(text).digest(encoding);
}

/** A judgement and which versions in the tree, by name, it looked at. */
interface Remembered extends RememberedJudgement {
  readonly leansOn: readonly (readonly [name: string, version: string])[];
}

/** Nothing but our own checksummed lines gets here: a look at the outline is enough. */
function decode(body: string): Remembered | undefined {
  const value = JSON.parse(body) as Partial<Remembered> | null;
  return Array.isArray(value?.findings) && Array.isArray(value.notOffered) && Array.isArray(value.leansOn) ? (value as Remembered) : undefined;
}
