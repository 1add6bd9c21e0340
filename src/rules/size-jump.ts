/** Shai-Hulud 2025 added 3.6 and 10 megabytes, tanstack 2026 2.3: worms carry their runtime and their scanners with them. */
import { defineRule } from '../model/rule.ts';
import { printable } from '../model/text.ts';
import { aRelease, at, changed, someContents } from './example.ts';

export default defineRule({
  meta: {
    id: 'size-jump',
    family: 'shape',
    severity: 'low',
    summary:
      'One new script that runs is larger than the whole release before; or, where the registry lists no sizes, the files came to many times as much.',
    why: 'Payloads that bring their own tools are one file of megabytes in a package of kilobytes. What the registry lists of the size as a whole, package-grown compares.',
    remedy: 'Look at the largest new files: depward diff names them.',
    references: ['Shai-Hulud 2025', 'tanstack 2026', 'intercom 2026'],
    falsePositives: 'A package that starts to ship its dependencies, maps or pictures. Less than 300 kB more is no jump.',
    since: '0.1.0',
  },
  needs: ['release', 'contents'],
  options: { times: { type: 'number', default: 5, min: 2, max: 1000, about: 'how many times the size before counts as a jump' } },
  check(_change, { release, contents }, { options }) {
    if (contents.bytesBefore === undefined) return [];
    const base = release.settled ?? release.previous;
    const listed = release.current.unpackedSize !== undefined && base?.unpackedSize !== undefined;
    const grown = !listed && contents.bytes > contents.bytesBefore * options.times && contents.bytes - contents.bytesBefore > 300_000;
    const script = contents.added.find(
      (file) => file.type === 'javascript' && file.size > 300_000 && file.reach !== 'shipped' && file.size > (contents.bytesBefore ?? 0),
    );
    if (!grown && !script) return [];
    return [
      {
        message: script
          ? `the new file ${printable(script.path, 60)} is larger than the whole release before`
          : `its files are ${contents.bytes} bytes, those of the release before ${contents.bytesBefore}; the registry lists no sizes`,
        confidence: 'low',
        facts: { bytes: contents.bytes, before: contents.bytesBefore, files: contents.files, filesBefore: contents.filesBefore ?? 0 },
        ...(script ? { signal: 'size-jump:script' } : {}),
      },
    ];
  },
  examples: [
    {
      title: 'from 40 kilobytes to 10 megabytes',
      change: changed('quiet-lib', '1.0.0', '1.0.1'),
      now: at('2025-11-24T10:00:00Z'),
      evidence: { release: { current: aRelease('1.0.1'), previous: aRelease('1.0.0') }, contents: someContents({ bytes: 10_000_000 }) },
      flagged: true,
    },
    {
      title: 'as large as before',
      change: changed('quiet-lib', '1.0.0', '1.0.1'),
      now: at('2025-11-24T10:00:00Z'),
      evidence: { release: { current: aRelease('1.0.1'), previous: aRelease('1.0.0') }, contents: someContents() },
      flagged: false,
    },
  ],
});
