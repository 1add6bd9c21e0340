/** A stolen token does not sleep where its owner does: Shai-Hulud 2025 published on and on, eslint-scope 2018 at night. */

import type { PublishersEvidence, ReleaseStub, TimesEvidence } from '../model/evidence.ts';
import type { Observation } from '../model/finding.ts';
import { defineRule } from '../model/rule.ts';
import { day, type Instant, isoOf, minute } from '../model/time.ts';
import { aPublisher, aStub, aTimeline, at, changed } from './example.ts';

export default defineRule({
  meta: {
    id: 'unusual-pace',
    family: 'timing',
    severity: 'low',
    summary: 'The release came at an hour or at a speed at which this account never published.',
    why: 'People publish in their waking hours and look at what they did. Scripts with a stolen token do neither.',
    remedy: 'Nothing by itself. Together with another fact: wait a day.',
    references: ['Shai-Hulud 2025', 'eslint-scope 2018'],
    falsePositives: 'Travel, sleepless nights, a first script that publishes several lines. Weak alone; it counts together with other facts.',
    since: '0.1.0',
  },
  needs: ['publishers', 'times'],
  options: {
    releases: { type: 'number', default: 25, min: 10, max: 60, about: 'so many earlier releases of this account tell its habits' },
    hours: { type: 'number', default: 4, min: 1, max: 11, about: 'nothing of it within so many hours of this time of the day' },
    minutes: { type: 'number', default: 5, min: 1, max: 60, about: 'three versions within so many minutes, where it never published two' },
  },
  check(_change, { publishers, times }, { options }) {
    const { current } = publishers;
    // Pipelines keep no hours.
    if (current.oidcConfigId !== undefined || !/^[\w.~-]+$/.test(current.name)) return [];
    const own = ownTimes(publishers, times.published);
    if (own.length < options.releases) return [];
    return [...paceOf(times, own, options.minutes * minute), ...hourOf(times.published, own, options.hours)].slice(0, 1);
  },
  examples: [
    {
      title: 'three lines within two minutes, by somebody who takes days',
      change: changed('agent-parser', '0.7.28', '0.7.29'),
      now: at('2021-10-22T13:00:00Z'),
      evidence: {
        publishers: aPublisher('owner', habits(12)),
        times: aTimeline('2021-10-22T12:15:00Z', {
          around: ['0.8.0', '1.0.0'].map((version) => aStub(version, '2021-10-22T12:16:00Z', { publisher: { name: 'owner' } })),
        }),
      },
      flagged: true,
    },
    {
      title: 'at four in the morning, by somebody who always published around noon',
      change: changed('agent-parser', '0.7.28', '0.7.29'),
      now: at('2021-10-22T13:00:00Z'),
      evidence: { publishers: aPublisher('owner', habits(12)), times: aTimeline('2021-10-22T04:15:00Z') },
      flagged: true,
    },
    {
      title: 'around noon as always',
      change: changed('agent-parser', '0.7.28', '0.7.29'),
      now: at('2021-10-22T13:00:00Z'),
      evidence: { publishers: aPublisher('owner', habits(12)), times: aTimeline('2021-10-22T11:15:00Z') },
      flagged: false,
    },
  ],
});

/** When this account published before, newest first; what is younger than a week is no habit. */
function ownTimes({ current, before }: PublishersEvidence, published: Instant): Instant[] {
  return before.flatMap(({ publisher, at: time }) =>
    publisher?.name === current.name && time !== undefined && time <= published - 7 * day ? [time] : [],
  );
}

function paceOf({ published, around }: TimesEvidence, own: readonly Instant[], span: number): readonly Observation[] {
  const together = around.filter((stub) => stub.at !== undefined && Math.abs(stub.at - published) <= span).length + 1;
  if (together < 3 || own.some((time, index) => index > 0 && (own[index - 1] ?? 0) - time <= span)) return [];
  const minutes = Math.round(span / minute);
  return [
    {
      message: `one of ${together} versions within ${minutes} minutes, by an account that never published two so fast`,
      confidence: 'medium',
      facts: { versions: together, minutes, earlierReleases: own.length },
      signal: 'unusual-pace:speed',
    },
  ];
}

function hourOf(published: Instant, own: readonly Instant[], hours: number): readonly Observation[] {
  const away = Math.min(...own.map((time) => apart(published, time)));
  if (away <= hours * 60) return [];
  return [
    {
      message: `published at ${isoOf(published).slice(11, 16)} UTC; none of ${own.length} earlier releases of this account came within ${hours} hours of that time of the day`,
      confidence: 'low',
      facts: { time: isoOf(published).slice(11, 16), earlierReleases: own.length },
      signal: 'unusual-pace:hour',
    },
  ];
}

/** Minutes between two times of the day, around midnight too. */
function apart(a: Instant, b: Instant): number {
  const between = Math.abs(a - b) % day;
  return Math.min(between, day - between) / minute;
}

/** Thirty releases of one account, ten days apart, around one hour. */
function habits(around: number): ReleaseStub[] {
  return Array.from({ length: 30 }, (_, index) => ({
    version: `0.6.${30 - index}`,
    at: Date.UTC(2021, 8, 1, around, index) - index * 10 * day,
    publisher: { name: 'owner' },
    trust: 'none',
    sameLine: true,
    installScript: false,
    deprecated: false,
  }));
}
