/** How the proxy says what it did: one sentence, a reason phrase, a page. Words of strangers are made safe for where they go. */
import { printable } from '../model/text.ts';
import { isoOf } from '../model/time.ts';
import { nearestBelow } from './filter-packument.ts';
import type { Judged } from './served.ts';
import type { Judgement } from './verdict.ts';

/** The rules that block, or warn where nothing blocks. */
export function rulesOf(judgement: Judgement): readonly string[] {
  return [...new Set(judgement.because.filter((reason) => reason.action === judgement.action).map((reason) => reason.ruleId))];
}

/** `left@1.0.1 is withheld by release-age: published 2 hours ago … Take 1.0.0, or wait until ….` */
export function withheldText(name: string, judgement: Judgement, instead: string | undefined): string {
  const reasons = judgement.because.filter((reason) => reason.action === 'block').map((reason) => `${reason.ruleId}: ${reason.message}`);
  const ways = [instead && `take ${instead}`, judgement.allowedFrom !== undefined && `wait until ${isoOf(judgement.allowedFrom)}`].filter(Boolean);
  const way = ways.length > 0 ? ` - ${ways.join(', or ')}` : '';
  return printable(`${name}@${judgement.version} is withheld by ${reasons.join('; ')}${way}`, 600);
}

/** The newest version below that the proxy would let through. */
export function insteadOf(judged: Judged, version: string): string | undefined {
  return nearestBelow(
    version,
    judged.packument.releases.map((release) => release.version).filter((candidate) => candidate !== version && !judged.withheld.has(candidate)),
  );
}

/** Text for a header or a reason phrase: ASCII, one line. */
export function headerText(text: string, most: number): string {
  return text.replace(/[^\x20-\x7e]/g, '?').slice(0, most);
}

/** What is known of a judgement, for JSON answers and logs. */
export function judgementJson(name: string, judgement: Judgement, instead?: string): Record<string, unknown> {
  return {
    name,
    version: judgement.version,
    action: judgement.action,
    because: judgement.because,
    complete: judgement.complete,
    ...(judgement.allowedFrom !== undefined && { allowedFrom: isoOf(judgement.allowedFrom) }),
    ...(instead !== undefined && { instead }),
  };
}

/** The same as lines for people. */
export function judgementLines(name: string, judgement: Judgement, instead?: string): string[] {
  const word = { allow: 'allowed', warn: 'allowed, with warnings', block: 'withheld' }[judgement.action];
  return [
    printable(`${name}@${judgement.version}: ${word}`, 400),
    ...judgement.because.map((reason) => printable(`  ${reason.action === 'block' ? 'x' : '!'} ${reason.ruleId}: ${reason.message}`, 600)),
    ...(judgement.allowedFrom !== undefined ? [`  allowed from ${isoOf(judgement.allowedFrom)}`] : []),
    ...(instead !== undefined ? [printable(`  take ${instead} instead`, 200)] : []),
  ];
}
