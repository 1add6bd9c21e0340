/** eslint-scope 2018, ua-parser-js, coa and rc 2021, rspack and vant 2024, Shai-Hulud 2025: an update that suddenly runs code at install. */

import type { ContentsEvidence } from '../model/contents.ts';
import type { ReleaseEvidence } from '../model/evidence.ts';
import type { Confidence } from '../model/finding.ts';
import type { Release } from '../model/packument.ts';
import { defineRule } from '../model/rule.ts';
import { hooksOf, isCommonScript, reachesOut } from '../model/scripts.ts';
import { printable } from '../model/text.ts';
import { day } from '../model/time.ts';
import { isPrerelease, parseVersion } from '../model/version.ts';
import { aRelease, aStep, at, changed, someContents } from './example.ts';

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
    falsePositives:
      'A package that starts to ship a native add-on. Only a warning: scripts that were read to the end and can do nothing but print, build commands of the well-known tools, scripts the release before already had for a day; and, unless they fetch something or hand text to a shell, those that come with a pre-release or a new minor or major version.',
    since: '0.1.0',
  },
  needs: ['release'],
  sees: ['contents'],
  check(_change, { release, contents }) {
    const hooks = hooksOf(release.current);
    if (hooks.length === 0) return [];
    const base = release.settled ?? release.previous;
    if (!base || hooksOf(base).length > 0) return [];
    const common = hooks.every(({ script }) => isCommonScript(script));
    const seen = stood(release);
    const harmless = onlyPrints(hooks, contents);
    const outward = hooks.some(({ script }) => reachesOut(script));
    return [
      {
        message: `runs ${hooks.map(({ hook }) => `"${hook}"`).join(' and ')} when it is installed, which ${base.version} did not${harmless ? ': read to the end, it does nothing but print' : ''}`,
        confidence: common || seen || harmless ? 'low' : outward ? 'high' : confidenceOf(base, release.current),
        facts: { ...Object.fromEntries(hooks.map(({ hook, script }) => [hook, printable(script)])), older: base.version },
        signal: harmless ? 'install-script-added:harmless' : signalOf(common, seen, release.current.version),
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
      title: 'a patch release that thanks those who install it',
      change: changed('quiet-lib', '1.2.8', '1.2.9'),
      now: at('2021-11-04T16:00:00Z'),
      evidence: {
        release: { current: aRelease('1.2.9', { scripts: { postinstall: 'node thanks.js' } }), previous: aRelease('1.2.8') },
        contents: someContents({ install: [aStep('postinstall', 'node thanks.js')], harmlessInstall: true }),
      },
      flagged: true,
    },
    {
      title: 'the second release of a burst, compared with the settled one',
      change: changed('quiet-lib', '1.2.8', '1.2.10'),
      now: at('2021-11-04T16:00:00Z'),
      evidence: {
        release: {
          current: aRelease('1.2.10', { scripts: { preinstall: 'node compile.js' } }),
          previous: aRelease('1.2.9', { scripts: { preinstall: 'node compile.js' } }),
          settled: aRelease('1.2.8'),
        },
      },
      flagged: true,
    },
    {
      title: 'a minor release that installs something for the whole machine',
      change: changed('agent-cli', '2.2.3', '2.3.0'),
      now: at('2026-02-17T12:00:00Z'),
      evidence: {
        release: { current: aRelease('2.3.0', { scripts: { postinstall: 'npm install -g other-agent@latest' } }), previous: aRelease('2.2.3') },
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

/** What the registry lists must be what the tarball holds and all of that must have been read. */
function onlyPrints(hooks: ReturnType<typeof hooksOf>, contents: ContentsEvidence | undefined): boolean {
  if (!contents?.harmlessInstall || contents.contradicts !== undefined || contents.confusion.length > 0) return false;
  return (
    contents.install.length === hooks.length &&
    hooks.every(({ hook, script }) => contents.install.some(({ trigger, command }) => trigger === hook && command === script))
  );
}

function signalOf(common: boolean, seen: boolean, version: string): string {
  if (common) return 'install-script-added:common';
  if (seen) return 'install-script-added:stood';
  const parsed = parseVersion(version);
  return parsed && isPrerelease(parsed) ? 'install-script-added:prerelease' : 'install-script-added';
}

/** A script that was in the release before for a day has been seen; those of a burst have not. */
function stood({ current, previous }: ReleaseEvidence): boolean {
  if (previous?.at === undefined || current.at === undefined || current.at - previous.at < day) return false;
  const known = new Set(hooksOf(previous).map(({ script }) => script));
  return hooksOf(current).every(({ script }) => known.has(script));
}

/** Of 9,913 honest releases 27 added such a script, 7 of them in a patch release; of the attacks most did it in a patch release. */
function confidenceOf(base: Release, current: Release): Confidence {
  const [old, now] = [parseVersion(base.version), parseVersion(current.version)];
  if (!old || !now) return 'high';
  if (isPrerelease(now)) return 'low';
  return old.major === now.major && old.minor === now.minor ? 'high' : 'low';
}
