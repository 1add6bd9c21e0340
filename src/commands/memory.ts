/** The memory of judgements, opened alike by whoever judges and by whoever only recalls. */
import { join } from 'node:path';
import { type JudgementOptions, judgementsFile, openJudgements } from '../evidence/judgements.ts';
import { type Change, isIncoming, type ResolvedTree } from '../model/package.ts';
import type { Policy } from '../model/policy.ts';
import type { Mode } from '../model/report.ts';

/** What judgements hang on. */
export interface MemoryRequest extends Pick<JudgementOptions, 'now' | 'offline' | 'tree' | 'ownNames' | 'isWellKnown'> {
  /** The cache folder. */
  readonly folder: string;
  /** This build with the lists and weights it ships with. */
  readonly build: string;
  readonly mode: Mode;
  readonly policy: Policy;
  /** Where and as whom a package is looked up. */
  readonly registry: { registryOf(name: string): string; identityOf?(name: string): string };
  /** Packages that are looked at more closely, because somebody asked for them. */
  readonly wanted: ReadonlySet<string>;
}

/** Opens the memory of a cache folder. */
export function openMemory({ folder, build, mode, policy, registry, wanted, ...more }: MemoryRequest): ReturnType<typeof openJudgements> {
  return openJudgements({
    ...more,
    path: join(folder, judgementsFile),
    under: [build, mode, plainText(policy)],
    askedAt: (name) => `${registry.registryOf(name)} ${registry.identityOf?.(name) ?? ''} ${wanted.has(name)}`,
  });
}

/** Names the project already relies on: what comes in now is judged against them, not by them. */
export function settledNames(tree: ResolvedTree, changes: readonly Change[]): string[] {
  const incoming = new Set(changes.filter(isIncoming).map((change) => change.after.name));
  return tree.packages.map((entry) => entry.name).filter((name) => !incoming.has(name));
}

/** A policy as text that tells it from others. */
function plainText(value: unknown): string {
  return JSON.stringify(value, (_key, held: unknown) => (held instanceof Map ? [...held] : held));
}
