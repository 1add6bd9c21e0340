/** TanStack 2026 hid its payload in an optional dependency on a repository, PhantomRaven 2025 in one on a web address. */

import type { Release } from '../model/packument.ts';
import { defineRule } from '../model/rule.ts';
import { remoteKind } from '../model/spec.ts';
import { listText, printable } from '../model/text.ts';
import { aRelease, at, changed } from './example.ts';

export default defineRule({
  meta: {
    id: 'remote-dependency',
    family: 'dependency',
    severity: 'high',
    summary: 'The release depends on a repository or a web address.',
    why: 'Such a dependency is fetched from a place no registry watches, may be another thing for every visitor, and a repository runs its prepare script on your machine, even where install scripts are off for packages.',
    remedy: 'Stay on a release without it. npm can refuse such dependencies: allow-git=root, allow-remote=root.',
    references: ['tanstack 2026', 'PhantomRaven 2025', 'npm allow-git, allow-remote'],
    falsePositives:
      'Old packages and forks that depend on a repository in the open; those only warn. A local path is mostly a mistake of packing and is left alone.',
    since: '0.1.0',
  },
  needs: ['release'],
  check(_change, { release }) {
    const remotes = remotesOf(release.current).filter((one) => one.kind !== 'file');
    if (remotes.length === 0) return [];
    const base = release.settled ?? release.previous;
    const before = new Set(base ? remotesOf(base).map((one) => `${one.name} ${one.kind}`) : []);
    const fresh = remotes.filter((one) => !before.has(`${one.name} ${one.kind}`));
    const shown = fresh.length > 0 ? fresh : remotes;
    const names = listText(shown.map((one) => printable(one.name, 80)));
    return [
      {
        message: `${fresh.length > 0 && base ? 'now depends' : 'depends'} on code outside the registry: ${names}`,
        confidence: fresh.some(isQuiet) ? 'medium' : 'low',
        facts: {
          outside: shown.slice(0, 10).map((one) => `${one.list} ${printable(one.name, 80)}: ${printable(one.spec)}`),
          ...(base && fresh.length > 0 && { older: base.version }),
        },
        signal: fresh.length === 0 ? 'remote-dependency:old' : fresh.some(isQuiet) ? 'remote-dependency:quiet' : 'remote-dependency',
      },
    ];
  },
  examples: [
    {
      title: 'an optional dependency on a commit of a repository',
      change: changed('router', '1.169.4', '1.169.5'),
      now: at('2026-05-11T19:30:00Z'),
      evidence: {
        release: {
          current: aRelease('1.169.5', {
            dependencies: { optional: new Map([['setup', 'github:acme/router#79ac49eedf774dd4b0cfa308722bc463cfe5885c']]) },
          }),
          previous: aRelease('1.169.4'),
        },
      },
      flagged: true,
    },
    {
      title: 'an alias stays on the registry',
      change: changed('router', '1.169.4', '1.169.5'),
      now: at('2026-05-11T19:30:00Z'),
      evidence: {
        release: {
          current: aRelease('1.169.5', { dependencies: { prod: new Map([['wide', 'npm:string-width@^4.2.0']]) } }),
          previous: aRelease('1.169.4'),
        },
      },
      flagged: false,
    },
  ],
});

/** An optional dependency fails without a word, and a plain web address may answer everybody differently: the two ways attackers took. */
function isQuiet({ list, kind }: Remote): boolean {
  return list === 'optional' || kind === 'remote';
}

interface Remote {
  readonly name: string;
  readonly spec: string;
  readonly list: string;
  readonly kind: 'git' | 'remote' | 'file';
}

function remotesOf(release: Release): Remote[] {
  const lists = [
    ['dependency', release.dependencies.prod],
    ['optional', release.dependencies.optional],
    ['peer', release.dependencies.peer],
  ] as const;
  return lists.flatMap(([list, specs]) =>
    [...specs].flatMap(([name, spec]) => {
      const kind = remoteKind(spec);
      return kind === undefined ? [] : [{ name, spec, list, kind }];
    }),
  );
}
