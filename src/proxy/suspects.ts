/** Which versions of a package are judged when the package is asked for; all others are when they themselves are. */
import type { Packument } from '../model/packument.ts';
import type { Instant } from '../model/time.ts';
import type { Bench, Judgement, JudgeRequest } from './verdict.ts';

const mostSuspects = 200;
const mostWidened = 1000;

/** Judges the versions under suspicion: young ones, those without a time, those that tags lead to, all where the policy names the package. */
export async function judgeSuspects(
  bench: Bench,
  request: Omit<JudgeRequest, 'versions'>,
  also: Iterable<string> = [],
): Promise<ReadonlyMap<string, Judgement>> {
  const { packument } = request;
  const listed = new Set(packument.releases.map((release) => release.version));
  const suspects = suspectsIn(packument, bench, request.now);
  for (const version of also) if (listed.has(version)) suspects.add(version);
  const judged = await bench.judge({ ...request, versions: [...suspects] });
  // Where all of them are blocked for good, the reason may lie in the package itself: then its old versions are no way out.
  if (judged.size === 0 || ![...judged.values()].every(isLasting)) return judged;
  const rest = newest(packument, mostWidened).filter((version) => !judged.has(version));
  return new Map([...judged, ...(await bench.judge({ ...request, versions: rest }))]);
}

/** Those that block. */
function blockedOf(judgements: ReadonlyMap<string, Judgement>): ReadonlyMap<string, Judgement> {
  return new Map([...judgements].filter(([, judgement]) => judgement.action === 'block'));
}

/** A verdict for want of evidence, or on facts that could not be confirmed, is made again after so many milliseconds. */
const soon = 5_000;

/** When a decision made at a moment has to be made again: when something withheld becomes allowed, or soon where something could not be told. */
function validUntil(judgements: ReadonlyMap<string, Judgement>, at: Instant): Instant {
  let until = Number.POSITIVE_INFINITY;
  for (const judgement of judgements.values()) {
    if (judgement.action === 'block' && judgement.allowedFrom !== undefined) until = Math.min(until, judgement.allowedFrom);
    if (!judgement.complete) until = Math.min(until, at + soon);
  }
  return until;
}

/** What follows from judgements made at a moment; on facts that could not be confirmed they do not stand for long. */
export function decided(judgements: ReadonlyMap<string, Judgement>, at: Instant, stale: string | undefined) {
  const until = validUntil(judgements, at);
  return { judgements, withheld: blockedOf(judgements), stale, until: stale === undefined ? until : Math.min(until, at + soon) };
}

/** False when its time is over, or the clock was set back behind it. */
export function stillValid(decision: { readonly at: Instant; readonly until: Instant }, now: Instant): boolean {
  return now >= decision.at && now < decision.until;
}

function suspectsIn(packument: Packument, bench: Bench, now: Instant): Set<string> {
  if (bench.names(packument.name)) return new Set(newest(packument, mostWidened));
  const young = packument.releases.filter((release) => release.at === undefined || now - release.at < bench.suspicious).slice(-mostSuspects);
  const listed = new Set(packument.releases.map((release) => release.version));
  const tagged = [...packument.distTags.values()].filter((version) => listed.has(version)).slice(0, mostSuspects);
  return new Set([...young.map((release) => release.version), ...tagged]);
}

function newest(packument: Packument, most: number): string[] {
  return packument.releases.slice(-most).map((release) => release.version);
}

function isLasting(judgement: Judgement): boolean {
  return judgement.action === 'block' && judgement.allowedFrom === undefined && judgement.complete;
}
