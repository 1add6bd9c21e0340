/** Shai-Hulud 2025 added 3.6 and 10 megabytes, tanstack 2026 2.3: worms carry their runtime and their scanners with them. */
import { defineRule } from '../model/rule.ts';
import { printable } from '../model/text.ts';
import { at, changed, someContents } from './example.ts';

export default defineRule({
  meta: {
    id: 'size-jump',
    family: 'shape',
    severity: 'low',
    summary: 'The release is many times larger than the one before, or has one large new script.',
    why: 'Payloads that bring their own tools are megabytes of code in packages of kilobytes.',
    remedy: 'Look at the largest new files: depward diff names them.',
    references: ['Shai-Hulud 2025', 'tanstack 2026', 'intercom 2026'],
    falsePositives: 'A package that starts to ship its dependencies, maps or pictures.',
    since: '0.1.0',
  },
  needs: ['contents'],
  options: { times: { type: 'number', default: 5, min: 2, max: 1000, about: 'how many times the size before counts as a jump' } },
  check(_change, { contents }, { options }) {
    if (contents.bytesBefore === undefined) return [];
    const grown = contents.bytes > contents.bytesBefore * options.times && contents.bytes - contents.bytesBefore > 300_000;
    const script = contents.added.find(
      (file) => file.type === 'javascript' && file.size > 300_000 && file.reach !== 'shipped' && file.size > (contents.bytesBefore ?? 0),
    );
    if (!grown && !script) return [];
    return [
      {
        message: script
          ? `the new file ${printable(script.path, 60)} is larger than the whole release before`
          : `grew from ${contents.bytesBefore} to ${contents.bytes} bytes`,
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
      evidence: { contents: someContents({ bytes: 10_000_000 }) },
      flagged: true,
    },
    {
      title: 'as large as before',
      change: changed('quiet-lib', '1.0.0', '1.0.1'),
      now: at('2025-11-24T10:00:00Z'),
      evidence: { contents: someContents() },
      flagged: false,
    },
  ],
});
