/** Judges a list of exact packages, for package managers that ask a hook before they install. */
import type { Change, PackageSource, ResolvedPackage, ResolvedTree } from '../model/package.ts';
import type { Report, Verdict } from '../model/report.ts';
import { listText, printable } from '../model/text.ts';
import { npmVariablesFor, registriesOf } from './client-scopes.ts';
import { askedRegistry } from './guard.ts';
import type { Io } from './io.ts';
import { openSession } from './session.ts';

/** A package as a client names it. */
export interface ListedPackage {
  readonly name: string;
  readonly version: string;
  readonly integrity?: string;
  readonly source: PackageSource;
  readonly resolved?: string;
}

/** Judges by the policy and the registries of `folder`, as its client knows them. */
export async function judgeList(
  listed: readonly ListedPackage[],
  folder: string,
  say: (line: string) => void,
  client: 'bun' | 'pnpm',
): Promise<Report> {
  const registries = await registriesOf(client, folder, { env: process.env });
  const io: Io = {
    stdout: () => {},
    stderr: (text) => say(text.trimEnd()),
    stdin: process.stdin,
    stdoutIsTTY: false,
    stderrIsTTY: false,
    columns: undefined,
    env: { ...process.env, ...npmVariablesFor(registries) },
    cwd: folder,
    now: Date.now,
    signal: new AbortController().signal,
  };
  // pnpm itself is waiting for the answer: it is not asked.
  const told = await askedRegistry(client === 'bun' ? client : undefined, client, registries.main?.url, io);
  const session = await openSession(folder, told === undefined ? {} : { registry: told }, io);
  try {
    const packages = listed.map(
      (one, index): ResolvedPackage => ({ ...one, key: String(index), dev: false, optional: false, peer: false, bundled: false }),
    );
    const tree: ResolvedTree = { format: 'list', root: {}, packages, dependentsOf: () => [] };
    return await session.judge(
      'run',
      packages.map((after): Change => ({ action: 'add', after })),
      tree,
    );
  } finally {
    session.close();
  }
}

/** The verdicts that block. */
export function blockedIn(
  report: Report,
): readonly (Verdict & { readonly subject: { readonly kind: 'package'; readonly name: string; readonly version: string } })[] {
  return report.verdicts.flatMap((verdict) =>
    verdict.action === 'block' && verdict.subject.kind === 'package' ? [{ ...verdict, subject: verdict.subject }] : [],
  );
}

/** `release-age: published 1 hour ago …; take 1.0.0`. */
export function reasonText(verdict: Verdict): string {
  const reasons = verdict.because.filter((reason) => reason.action === 'block').map((reason) => `${reason.ruleId}: ${reason.message}`);
  return printable(`${listText(reasons)}${verdict.instead === undefined ? '' : `; take ${verdict.instead}`}`, 500);
}
