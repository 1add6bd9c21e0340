/** Shai-Hulud 2025 (a bundle of megabytes), TanStack 2026 (+2.3 MB), keyv 2026 (+728 kB): the payload weighs more than the package. */

import { defineRule } from '../model/rule.ts';
import { onSameLine, parseVersion } from '../model/version.ts';
import { aRelease, at, changed } from './example.ts';

export default defineRule({
  meta: {
    id: 'package-grown',
    family: 'shape',
    severity: 'low',
    summary: 'The release is several times as large as the one before.',
    why: 'A worm, a runtime or a binary has to be put somewhere. Packages rarely grow threefold from one release to the next.',
    remedy: 'Look at which files are new. Together with another fact: stay on the release before.',
    references: ['Shai-Hulud 2025', 'tanstack 2026', 'keyv 2026'],
    falsePositives:
      'A package that starts to ship a build, a font or prebuilt binaries: 5 of 1,000 honest releases. Weak alone; it counts together with other facts.',
    since: '0.1.0',
  },
  needs: ['release'],
  options: {
    times: { type: 'number', default: 3, min: 1.1, max: 100, about: 'so many times the size of the release before' },
    kilobytes: { type: 'number', default: 200, min: 1, max: 1_000_000, about: 'and at least so much more, in kB' },
  },
  check(_change, { release }, { options }) {
    const base = release.settled ?? release.previous;
    const [before, now] = [base?.unpackedSize, release.current.unpackedSize];
    if (!base || before === undefined || now === undefined || before <= 0) return [];
    if (now < before * options.times || now - before < options.kilobytes * 1000) return [];
    return [
      {
        message: `unpacked ${sizeText(now)}, where ${base.version} had ${sizeText(before)}`,
        confidence: 'medium',
        facts: { bytes: now, before, older: base.version },
        // A new major is where projects change how they are built, and where no range of the old one leads.
        ...(startsLine(base.version, release.current.version) && { signal: 'package-grown:new-line' }),
      },
    ];
  },
  examples: [
    {
      title: 'a small library grows by megabytes in a patch',
      change: changed('tiny-color', '4.1.0', '4.1.1'),
      now: at('2025-09-15T00:00:00Z'),
      evidence: { release: { current: aRelease('4.1.1', { unpackedSize: 3_900_000 }), previous: aRelease('4.1.0', { unpackedSize: 180_000 }) } },
      flagged: true,
    },
    {
      title: 'a little more code',
      change: changed('tiny-color', '4.1.0', '4.2.0'),
      now: at('2025-09-15T00:00:00Z'),
      evidence: { release: { current: aRelease('4.2.0', { unpackedSize: 210_000 }), previous: aRelease('4.1.0', { unpackedSize: 180_000 }) } },
      flagged: false,
    },
  ],
});

function startsLine(before: string, now: string): boolean {
  const [a, b] = [parseVersion(before), parseVersion(now)];
  return a !== undefined && b !== undefined && !onSameLine(a, b);
}

function sizeText(bytes: number): string {
  return bytes >= 1_000_000 ? `${(bytes / 1_000_000).toFixed(1)} MB` : `${Math.round(bytes / 1000)} kB`;
}
