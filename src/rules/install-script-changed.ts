/** nx 2025 already had a postinstall: the hijacked release only changed what it runs. */

import { defineRule } from '../model/rule.ts';
import { hooksOf, isCommonScript } from '../model/scripts.ts';
import { printable } from '../model/text.ts';
import { aRelease, at, changed } from './example.ts';

export default defineRule({
  meta: {
    id: 'install-script-changed',
    family: 'script',
    severity: 'medium',
    summary: 'What this release runs at install is not what the release before ran.',
    why: 'A package that may run scripts already is the easiest place to hide one more command.',
    remedy: 'Read the two scripts shown, and the file they start, before you update.',
    references: ['nx (s1ngularity) 2025'],
    falsePositives: 'Native packages change how they build quite often. Weak alone; it counts together with other facts.',
    since: '0.1.0',
  },
  needs: ['release'],
  check(_change, { release }) {
    if (hooksOf(release.current).length === 0) return [];
    const base = release.settled ?? release.previous;
    if (!base) return [];
    const before = new Map(hooksOf(base).map(({ hook, script }) => [hook, normal(script)]));
    if (before.size === 0) return [];
    const altered = hooksOf(release.current).filter(({ hook, script }) => before.get(hook) !== normal(script) && !isCommonScript(script));
    if (altered.length === 0) return [];
    const moreHooks = altered.some(({ hook }) => !before.has(hook));
    return [
      {
        message: moreHooks ? `runs one more script at install than ${base.version}` : `its install script is not the one of ${base.version}`,
        confidence: 'medium',
        facts: { ...factsOf(altered), before: [...before].map(([hook, script]) => `${hook}: ${printable(script)}`), older: base.version },
        signal: moreHooks ? 'install-script-changed:hook-added' : 'install-script-changed',
      },
    ];
  },
  examples: [
    {
      title: 'another file is started',
      change: changed('build-tool', '21.4.0', '21.5.0'),
      now: at('2025-08-27T00:00:00Z'),
      evidence: {
        release: {
          current: aRelease('21.5.0', { scripts: { postinstall: 'node telemetry.js' } }),
          previous: aRelease('21.4.0', { scripts: { postinstall: 'node ./bin/post-install' } }),
        },
      },
      flagged: true,
    },
    {
      title: 'the same script',
      change: changed('build-tool', '21.4.0', '21.4.1'),
      now: at('2025-08-27T00:00:00Z'),
      evidence: {
        release: {
          current: aRelease('21.4.1', { scripts: { postinstall: 'node ./bin/post-install' } }),
          previous: aRelease('21.4.0', { scripts: { postinstall: 'node  ./bin/post-install' } }),
        },
      },
      flagged: false,
    },
  ],
});

function normal(script: string): string {
  return script.trim().replace(/\s+/g, ' ');
}

function factsOf(hooks: readonly { readonly hook: string; readonly script: string }[]): Record<string, string> {
  return Object.fromEntries(hooks.map(({ hook, script }) => [hook, printable(script)]));
}
