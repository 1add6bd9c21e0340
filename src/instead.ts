/** What to take instead: the newest older version that the same rules and the same policy would let in. */
import { type Evaluation, evaluate } from './engine.ts';
import { type IncomingChange, isIncoming, refText } from './model/package.ts';
import type { Report, Verdict } from './model/report.ts';

/** Blocked packages an alternative is looked for; beyond these the report is long enough. */
const mostBlocked = 10;
/** Older versions tried for each. */
const mostTried = 8;

/** Names, for each blocked package, the version to take instead, judged as strictly as the one it replaces. */
export async function withAlternatives(report: Report, input: Evaluation): Promise<Report> {
  const blocked = report.verdicts.filter((verdict) => verdict.action === 'block').slice(0, mostBlocked);
  if (blocked.length === 0) return report;
  const changes = new Map(input.changes.filter(isIncoming).map((change) => [refText(change.after), change]));
  const instead = new Map<Verdict, string>();
  for (const verdict of blocked) {
    const change = verdict.subject.kind === 'package' ? changes.get(refText(verdict.subject)) : undefined;
    const version = change && (await allowedInstead(change, input));
    if (version) instead.set(verdict, version);
  }
  return { ...report, verdicts: report.verdicts.map((verdict) => withInstead(verdict, instead.get(verdict))) };
}

async function allowedInstead(change: IncomingChange, input: Evaluation): Promise<string | undefined> {
  if (change.after.source !== 'registry' || change.after.version === '') return undefined;
  const listing = (await input.sources.gather([change], ['listing'])).get(change)?.listing;
  if (!listing?.ok) return undefined;
  const candidates = listing.value.alternatives.filter((stub) => !stub.deprecated);
  const sameLineFirst = [...candidates.filter((stub) => stub.sameLine), ...candidates.filter((stub) => !stub.sameLine)];
  for (const { version } of sameLineFirst.slice(0, mostTried)) {
    const tried = await evaluate({ ...input, changes: [atVersion(change, version)], fileFindings: [], fileGaps: [], notes: [] });
    if (tried.action !== 'block' && tried.complete) return version;
  }
  return undefined;
}

/** The same package at another version; what the lockfile recorded of its bytes does not apply to it. */
function atVersion({ after }: IncomingChange, version: string): IncomingChange {
  const { key, name, source, bundled, alias, patched, where } = after;
  // Not spread: an entry of a lockfile says what it says when it is asked, and flags cost a walk through the whole tree.
  const flags = {
    get dev() {
      return after.dev;
    },
    get optional() {
      return after.optional;
    },
    get peer() {
      return after.peer;
    },
  };
  const said = { ...(alias !== undefined && { alias }), ...(patched !== undefined && { patched }), ...(where !== undefined && { where }) };
  return { action: 'add', after: Object.assign(flags, { key, name, version, source, bundled }, said) };
}

function withInstead(verdict: Verdict, instead: string | undefined): Verdict {
  return instead === undefined ? verdict : { ...verdict, instead };
}
