/**
 * event-stream → flatmap-stream 2018, axios → plain-crypto-js 2026, mastra → easy-day-js 2026: the popular package
 * stays clean, a dependency it never imports brings the payload.
 */

import type { NewDependency, ReleaseEvidence } from '../model/evidence.ts';
import type { Observation } from '../model/finding.ts';
import type { Release } from '../model/packument.ts';
import { defineRule } from '../model/rule.ts';
import { remoteKind } from '../model/spec.ts';
import { printable } from '../model/text.ts';
import { day, type Instant, isoOf, spanText } from '../model/time.ts';
import { parseVersion } from '../model/version.ts';
import { isFaint } from '../names/index.ts';
import { aDependency, aNearName, aRelease, at, changed } from './example.ts';

export default defineRule({
  meta: {
    id: 'phantom-dependency',
    family: 'dependency',
    severity: 'high',
    summary: 'The release brings in a new dependency that is itself young or wants to run a script.',
    why: 'Attackers rarely touch the code people review: they add one dependency. An established package that suddenly needs something days old is the pattern of the worst takeovers.',
    remedy: 'Stay on the release before. Look at the dependency named here first; it is the likely carrier.',
    references: ['event-stream/flatmap-stream 2018', 'axios/plain-crypto-js 2026', 'mastra/easy-day-js 2026'],
    falsePositives:
      'A project that splits a part of itself into a new package; siblings of the same scope or publisher are not accused for being young. Two signs together block (young, a name like a popular one, a script); one alone blocks only where a patch release brings in a young stranger, and otherwise warns.',
    since: '0.1.0',
  },
  needs: ['newDependencies', 'release'],
  options: {
    days: { type: 'number', default: 30, min: 0, max: 3650, about: 'a dependency counts as young for this many days after its first release' },
  },
  check(change, { newDependencies, release }, { now, options }) {
    return newDependencies.flatMap((dependency) => observe(dependency, change.after.name, release, now, options.days));
  },
  examples: [
    {
      title: 'a patch release needs a package that is 18 hours old and runs a script',
      change: changed('http-client', '1.14.0', '1.14.1'),
      now: at('2026-03-31T00:30:00Z'),
      evidence: {
        newDependencies: [aDependency('plain-helper', { firstPublished: at('2026-03-30T06:00:00Z'), installScript: true })],
        release: { current: aRelease('1.14.1'), previous: aRelease('1.14.0') },
      },
      flagged: true,
    },
    {
      title: 'named like a popular package',
      change: changed('http-client', '1.14.0', '1.14.1'),
      now: at('2026-03-31T00:30:00Z'),
      evidence: {
        newDependencies: [aDependency('easy-day-js', { firstPublished: at('2026-03-30T06:00:00Z'), near: [aNearName('dayjs')] })],
        release: { current: aRelease('1.14.1'), previous: aRelease('1.14.0') },
      },
      flagged: true,
    },
    {
      title: 'a dependency nobody could look into',
      change: changed('http-client', '1.14.0', '1.14.1'),
      now: at('2026-03-31T00:30:00Z'),
      evidence: {
        newDependencies: [aDependency('plain-helper', { unknown: 'the registry does not know this package' })],
        release: { current: aRelease('1.14.1'), previous: aRelease('1.14.0') },
      },
      flagged: true,
    },
    {
      title: 'an old, popular dependency',
      change: changed('http-client', '1.14.0', '1.15.0'),
      now: at('2026-03-31T00:30:00Z'),
      evidence: {
        newDependencies: [aDependency('form-data', { firstPublished: at('2011-05-16T00:00:00Z'), downloads: 300_000_000 })],
        release: { current: aRelease('1.15.0'), previous: aRelease('1.14.0') },
      },
      flagged: false,
    },
    {
      title: 'a new sibling of the same scope',
      change: changed('@acme/client', '1.14.0', '1.15.0'),
      now: at('2026-03-31T00:30:00Z'),
      evidence: {
        newDependencies: [aDependency('@acme/shared', { firstPublished: at('2026-03-30T06:00:00Z') })],
        release: { current: aRelease('1.15.0'), previous: aRelease('1.14.0') },
      },
      flagged: false,
    },
  ],
});

function observe(
  dependency: NewDependency,
  dependent: string,
  { current, previous, settled }: ReleaseEvidence,
  now: Instant,
  days: number,
): readonly Observation[] {
  const base = settled ?? previous;
  if (!base) return [];
  const age = dependency.firstPublished === undefined ? undefined : now - dependency.firstPublished;
  const sibling = dependency.sibling === true || sameScope(dependency.name, dependent);
  const young = age !== undefined && age < days * day;
  const near = young
    ? dependency.near.find((one) => one.kinship === undefined && !isFaint(one) && one.downloads > (dependency.downloads ?? 0))
    : undefined;
  const script = dependency.installScript === true;
  const told = [young && !sibling, near !== undefined && !sibling, script && (young || !sibling)].filter(Boolean).length;
  if (told === 0) return notLookedInto(dependency, base.version);
  if (told === 1 && script && popular(dependency)) return [];
  const seen = stood(dependency, current, previous);
  // Where nobody says who published it, youth alone only warns; so does what a bigger step may need, and what stood for a day.
  const quiet = !young || sibling || dependency.sibling !== false || seen || isBigStep(base.version, current.version);
  return [
    {
      message: `the new dependency ${printable(dependency.name, 80)} ${reasons(age, young, near?.target, script)}`,
      confidence: told > 1 ? 'high' : quiet ? 'low' : 'medium',
      facts: {
        dependency: `${printable(dependency.name, 80)}@${printable(dependency.spec, 80)}`,
        kind: dependency.kind,
        ...(dependency.firstPublished !== undefined && { firstPublished: isoOf(dependency.firstPublished) }),
        ...(near && { popular: near.target }),
        installScript: script,
        older: base.version,
      },
      signal: `phantom-dependency:${told > 1 ? 'several' : seen ? 'stood' : young ? 'young' : 'script'}`,
    },
  ];
}

/** What could not be looked into is not clean; what lies outside the registry is for remote-dependency to say. */
function notLookedInto({ name, spec, unknown }: NewDependency, older: string): readonly Observation[] {
  if (unknown === undefined || remoteKind(spec) !== undefined) return [];
  return [
    {
      message: `the new dependency ${printable(name, 80)} could not be looked into: ${printable(unknown)}`,
      confidence: 'low',
      facts: { dependency: `${printable(name, 80)}@${printable(spec, 80)}`, older },
      signal: 'phantom-dependency:unknown',
    },
  ];
}

function reasons(age: number | undefined, young: boolean, near: string | undefined, script: boolean): string {
  const parts = [
    ...(young && age !== undefined ? [`was first published ${spanText(age)} ago`] : []),
    ...(near === undefined ? [] : [`is named like ${near}`]),
    ...(script ? ['runs a script at install'] : []),
  ];
  return parts.join(' and ');
}

function sameScope(a: string, b: string): boolean {
  return a.startsWith('@') && a.split('/')[0] === b.split('/')[0];
}

function popular(dependency: NewDependency): boolean {
  return (dependency.downloads ?? 0) >= 100_000;
}

/** A dependency that was in the release before for a day has been seen; that of a burst has not. */
function stood({ name }: NewDependency, current: Release, previous: Release | undefined): boolean {
  if (previous?.at === undefined || current.at === undefined || current.at - previous.at < day) return false;
  const { prod, optional, peer } = previous.dependencies;
  return prod.has(name) || optional.has(name) || peer.has(name);
}

/** New minor and major versions bring new parts; a patch does not need any. */
function isBigStep(before: string, after: string): boolean {
  const [old, current] = [parseVersion(before), parseVersion(after)];
  return old !== undefined && current !== undefined && (old.major !== current.major || old.minor !== current.minor);
}
