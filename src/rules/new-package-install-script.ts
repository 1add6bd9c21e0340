/** Two thirds of the throw-away malicious packages act at install: 1337qq-js 2019, noblox.js-proxy 2021, the 2024 puppeteer typos. */

import { defineRule } from '../model/rule.ts';
import { hooksOf, isCommonScript } from '../model/scripts.ts';
import { printable } from '../model/text.ts';
import { day, isoOf, spanText } from '../model/time.ts';
import { added, aRelease, aTimeline, at } from './example.ts';

export default defineRule({
  meta: {
    id: 'new-package-install-script',
    family: 'script',
    severity: 'high',
    summary: 'A package that has existed for days wants to run a script at install.',
    why: 'Nobody has looked at it yet, and it asks to run code with your rights before you can. That is how most throw-away malicious packages work.',
    remedy: 'Do not install it with scripts on. Read the script and the file it starts first, or wait until others have.',
    references: ['1337qq-js 2019', 'noblox.js-proxy 2021', 'Ohm et al., Backstabber’s Knife Collection (2020)', 'Zahan et al. (2022)'],
    falsePositives:
      'The first days of an honest native package. Build commands of the well-known tools only warn, and so do updates of a package that ran scripts before.',
    since: '0.1.0',
  },
  needs: ['release', 'times'],
  options: {
    days: { type: 'number', default: 14, min: 0, max: 3650, about: 'a package counts as new for this many days after its first release' },
  },
  check(change, { release, times }, { now, options }) {
    const age = now - times.firstPublished;
    const hooks = hooksOf(release.current);
    if (age >= options.days * day || hooks.length === 0) return [];
    // An update of a package that ran scripts already is for install-script-changed to judge.
    const known = change.action === 'change' && release.previous !== undefined && hooksOf(release.previous).length > 0;
    const common = known || hooks.every(({ script }) => isCommonScript(script));
    return [
      {
        message: `first published ${spanText(age)} ago and runs ${hooks.map(({ hook }) => `"${hook}"`).join(' and ')} when it is installed`,
        confidence: common ? 'low' : 'medium',
        facts: { ...Object.fromEntries(hooks.map(({ hook, script }) => [hook, printable(script)])), firstPublished: isoOf(times.firstPublished) },
        signal: common ? 'new-package-install-script:common' : 'new-package-install-script',
        ...(times.datedAhead === undefined && { passesAt: isoOf(times.firstPublished + options.days * day) }),
      },
    ];
  },
  examples: [
    {
      title: 'two hours old, starts a file of its own',
      change: added('chat-helper', '1.0.0'),
      now: at('2024-10-31T02:00:00Z'),
      evidence: {
        release: { current: aRelease('1.0.0', { scripts: { preinstall: 'node index.js' } }) },
        times: aTimeline('2024-10-31T00:00:00Z', { firstPublished: at('2024-10-31T00:00:00Z') }),
      },
      flagged: true,
    },
    {
      title: 'an old package with the same script',
      change: added('chat-helper', '1.0.0'),
      now: at('2024-10-31T02:00:00Z'),
      evidence: { release: { current: aRelease('1.0.0', { scripts: { preinstall: 'node index.js' } }) }, times: aTimeline('2024-10-31T00:00:00Z') },
      flagged: false,
    },
  ],
});
