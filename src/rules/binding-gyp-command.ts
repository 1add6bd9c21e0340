/** Phantom Gyp, June 2026: a file of 157 bytes whose `<!(…)` ran on install, with no script in any metadata. */
import { capabilityText, placedText } from '../model/capability-text.ts';
import type { ContentsEvidence } from '../model/contents.ts';
import { defineRule } from '../model/rule.ts';
import { listText, printable } from '../model/text.ts';
import { aCapability, aStep, at, changed, someContents } from './example.ts';

export default defineRule({
  meta: {
    id: 'binding-gyp-command',
    family: 'script',
    severity: 'critical',
    summary: 'A binding.gyp makes npm run commands on install that no script shows.',
    why: 'npm builds a package with a binding.gyp without being told, and reading that file already runs the commands in it. Neither lockfile nor registry shows them, so whoever blocks install scripts by metadata misses them.',
    remedy: 'Do not install this version. A package that starts to be a native add-on has native sources and says so.',
    references: ['Phantom Gyp 2026 (57 packages, 286 versions)', 'gyp: command expansions <!(…)'],
    falsePositives: 'A package that becomes a native add-on; asking node or pkg-config for include folders is ordinary and not shown.',
    since: '0.1.0',
  },
  needs: ['contents'],
  check(_change, { contents }) {
    const steps = contents.install.filter((step) => step.isNew && step.trigger === 'binding.gyp');
    const does = contents.capabilities.filter((found) => found.file === 'binding.gyp' && found.novelty !== 'old' && found.kind !== 'process');
    const builds = contents.install.some((step) => step.isNew && !step.declared && step.trigger === 'install');
    const runs = steps.filter((step) => step.files.length > 0);
    if (does.length === 0 && runs.length === 0 && !(builds && !contents.hasNativeSources && contents.against !== undefined)) return [];
    return [
      {
        message:
          does.length > 0
            ? `building it ${listText(does.map(capabilityText), 3)}`
            : `npm builds it on install${contents.hasNativeSources ? '' : ' although there is nothing to compile'}`,
        confidence: confidenceOf(contents, does.length, runs.length),
        facts: { commands: steps.map((step) => printable(step.command)), does: does.map(placedText), nativeSources: contents.hasNativeSources },
        ...(does.length > 0 || !contents.hasNativeSources ? {} : { signal: 'binding-gyp-command:built' }),
      },
    ];
  },
  examples: [
    {
      title: 'a command in a binding.gyp that compiles nothing',
      change: changed('quiet-lib', '1.0.0', '1.0.1'),
      now: at('2026-06-10T14:00:00Z'),
      evidence: {
        contents: someContents({
          install: [
            aStep('install', 'node-gyp rebuild', { declared: false }),
            aStep('binding.gyp', 'node index.js > /dev/null 2>&1 && echo stub.c', { declared: false, files: ['index.js'] }),
          ],
          capabilities: [aCapability('network', 'host.invalid', { file: 'index.js', reach: 'install' })],
        }),
      },
      flagged: true,
    },
    {
      title: 'a native add-on that asks node for its headers',
      change: changed('native-lib', '1.0.0', '1.0.1'),
      now: at('2026-06-10T14:00:00Z'),
      evidence: {
        contents: someContents({
          hasNativeSources: true,
          install: [aStep('binding.gyp', 'node -p "require(\'node-addon-api\').include"', { declared: false })],
        }),
      },
      flagged: false,
    },
  ],
});

function confidenceOf(contents: ContentsEvidence, does: number, runs: number): 'high' | 'medium' | 'low' {
  if (does > 0 || (runs > 0 && !contents.hasNativeSources)) return 'high';
  if (!contents.hasNativeSources) return 'medium';
  return 'low';
}
