/** ua-parser-js and rc 2021, vant 2024, Shai-Hulud 2025: attackers publish to every release line at once, to reach every range. */

import type { ReleaseStub } from '../model/evidence.ts';
import { defineRule } from '../model/rule.ts';
import { day, plural } from '../model/time.ts';
import { isPrerelease, parseVersion } from '../model/version.ts';
import { aStub, aTimeline, at, changed } from './example.ts';

export default defineRule({
  meta: {
    id: 'version-burst',
    family: 'timing',
    severity: 'low',
    summary: 'Several versions were published within a day.',
    why: 'A person releases one thing and looks at it. Whoever wants to reach everybody before being found publishes to every line within minutes.',
    remedy: 'Nothing by itself. Together with another fact: wait a day.',
    references: [
      'ua-parser-js 2021 (three lines)',
      'rc 2021 (three lines)',
      'vant 2024 (ten versions)',
      'eslint-config-prettier 2025 (four versions)',
    ],
    falsePositives: 'Back-ported fixes, and releases fixed right after. Weak alone; it counts together with other facts.',
    since: '0.1.0',
  },
  needs: ['times'],
  options: {
    releases: { type: 'number', default: 3, min: 2, max: 50, about: 'so many versions within a day, this one counted' },
    lines: { type: 'number', default: 2, min: 2, max: 20, about: 'so many release lines within a day, this one counted' },
  },
  check(change, { times }, { options }) {
    // The first days of a package are a burst by nature.
    if (times.previousAt === undefined || times.previousAt > times.published - day) return [];
    const stable = times.around.filter((stub) => isFull(stub.version));
    const lines = new Set([lineOf(change.after.version), ...stable.map((stub) => lineOf(stub.version))]).size;
    if (lines < options.lines && stable.length + 1 < options.releases) return [];
    const several = lines >= options.lines;
    return [
      {
        message: several
          ? `one of ${stable.length + 1} versions on ${plural(lines, 'release line')} published within a day`
          : `one of ${stable.length + 1} versions published within a day`,
        confidence: 'medium',
        facts: { versions: stable.slice(0, 10).map((stub) => stub.version), lines },
        signal: several ? 'version-burst:lines' : 'version-burst',
      },
    ];
  },
  examples: [
    {
      title: 'three lines within an hour',
      change: changed('agent-parser', '0.7.28', '0.7.29'),
      now: at('2021-10-22T13:00:00Z'),
      evidence: { times: aTimeline('2021-10-22T12:15:00Z', { previousAt: at('2021-08-01T00:00:00Z'), around: [near('0.8.0'), near('1.0.0')] }) },
      flagged: true,
    },
    {
      title: 'one fix right after',
      change: changed('agent-parser', '0.7.28', '0.7.30'),
      now: at('2021-10-22T13:00:00Z'),
      evidence: { times: aTimeline('2021-10-22T12:15:00Z', { previousAt: at('2021-08-01T00:00:00Z'), around: [near('0.7.29')] }) },
      flagged: false,
    },
  ],
});

function isFull(text: string): boolean {
  const version = parseVersion(text);
  return version !== undefined && !isPrerelease(version);
}

function lineOf(text: string): string {
  const version = parseVersion(text);
  if (!version) return text;
  return version.major === 0 ? `0.${version.minor}` : `${version.major}`;
}

function near(version: string): ReleaseStub {
  return aStub(version, '2021-10-22T12:16:00Z');
}
