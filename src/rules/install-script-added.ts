/** eslint-scope 2018, ua-parser-js, coa and rc 2021, rspack and vant 2024, Shai-Hulud 2025: an update that suddenly runs code at install. */

import type { ReleaseEvidence } from '../model/evidence.ts';
import type { Confidence } from '../model/finding.ts';
import { defineRule } from '../model/rule.ts';
import { hooksOf, isCommonScript } from '../model/scripts.ts';
import { printable } from '../model/text.ts';
import { aRelease, at, changed } from './example.ts';

export default defineRule({
  meta: {
    id: 'install-script-added',
    family: 'script',
    severity: 'high',
    summary: 'This release runs a script at install; the releases before it did not.',
    why: 'An install script runs with your rights before anybody looks at the code. About 2 % of packages have one; a library that never needed one and has one now has changed what it is.',
    remedy: 'Stay on the release before until the maintainers explain the script, or install with scripts off.',
    references: [
      'eslint-scope 2018',
      'ua-parser-js 2021',
      'rc 2021',
      'rspack 2024',
      'Shai-Hulud 2025',
      'Zahan et al. (2022): 2.2 % of packages have install scripts',
    ],
    falsePositives: 'A package that starts to ship a native add-on, or a donation notice. Build commands of the well-known tools only warn.',
    since: '0.1.0',
  },
  needs: ['release'],
  check(_change, { release }) {
    const base = release.settled ?? release.previous;
    if (!base || hooksOf(base).length > 0) return [];
    const hooks = hooksOf(release.current);
    if (hooks.length === 0) return [];
    const common = hooks.every(({ script }) => isCommonScript(script));
    return [
      {
        message: `runs ${hooks.map(({ hook }) => hook).join(' and ')} at install, which ${base.version} did not`,
        confidence: confidenceOf(release, common),
        facts: { ...Object.fromEntries(hooks.map(({ hook, script }) => [hook, printable(script)])), older: base.version },
        signal: common ? 'install-script-added:common' : 'install-script-added',
      },
    ];
  },
  examples: [
    {
      title: 'a patch release that runs a file of its own before install',
      change: changed('quiet-lib', '1.2.8', '1.2.9'),
      now: at('2021-11-04T16:00:00Z'),
      evidence: { release: { current: aRelease('1.2.9', { scripts: { preinstall: 'node compile.js' } }), previous: aRelease('1.2.8') } },
      flagged: true,
    },
    {
      title: 'the second release of a burst, compared with the settled one',
      change: changed('quiet-lib', '1.2.8', '1.3.9'),
      now: at('2021-11-04T16:00:00Z'),
      evidence: {
        release: {
          current: aRelease('1.3.9', { scripts: { preinstall: 'node compile.js' } }),
          previous: aRelease('1.2.9', { scripts: { preinstall: 'node compile.js' } }),
          settled: aRelease('1.2.8'),
        },
      },
      flagged: true,
    },
    {
      title: 'a native add-on that always built itself',
      change: changed('native-lib', '3.0.0', '3.0.1'),
      now: at('2021-11-04T16:00:00Z'),
      evidence: {
        release: {
          current: aRelease('3.0.1', { scripts: { install: 'node-gyp rebuild' } }),
          previous: aRelease('3.0.0', { scripts: { install: 'node-gyp rebuild' } }),
        },
      },
      flagged: false,
    },
  ],
});

function confidenceOf({ current }: ReleaseEvidence, common: boolean): Confidence {
  if (common) return 'low';
  return current.version.startsWith('0.0.') ? 'medium' : 'high';
}
