/** Bin confusion: a dependency that installs a command named `node` or `git` is run by every script that means the real one. */
import { defineRule } from '../model/rule.ts';
import { listText, printable } from '../model/text.ts';
import { aRelease, at, changed, someContents } from './example.ts';

const common: ReadonlySet<string> = new Set(
  'node npm npx pnpm pnpx yarn yarnpkg corepack bun bunx deno git sh bash zsh fish ls cd cp mv rm cat echo grep sed awk find xargs curl wget ssh scp tar env sudo su which whoami kill ps python python3 pip docker kubectl make cmake gcc cc clang go java ruby perl code open start cmd powershell pwsh husky node-gyp'.split(
    ' ',
  ),
);

export default defineRule({
  meta: {
    id: 'shadowing-bin',
    family: 'shape',
    severity: 'high',
    summary: 'It installs a command by the name of a common tool.',
    why: 'While scripts run, npm puts the commands of dependencies in front of the real ones: a package that installs "git" or "node" is run in their place, with everything they are given.',
    remedy: 'Do not install it unless it is the maker of that tool.',
    references: ['LavaMoat allow-scripts: bin confusion', 'Socket: bin script shell injection'],
    falsePositives:
      'Packages that are that tool, such as npm, pnpm or node, are spared for their name. A command that the release before installed as well has low confidence.',
    since: '0.1.0',
  },
  needs: ['contents', 'release'],
  check(change, { contents, release }) {
    const own = change.after.name.split('/').at(-1) ?? '';
    const shadows = contents.bins.filter(
      (name) => common.has(name.toLowerCase().replace(/\.(exe|cmd)$/, '')) && !isOwn(name, change.after.name, own),
    );
    if (shadows.length === 0) return [];
    const before = release.settled ?? release.previous;
    const fresh = shadows.filter((name) => !before?.bins.includes(name));
    return [
      {
        message: `installs ${listText(shadows.map((name) => printable(name, 40)))} as a command`,
        confidence: fresh.length > 0 ? 'high' : 'low',
        facts: { commands: shadows.slice(0, 20), before: before?.bins.slice(0, 20) ?? [] },
      },
    ];
  },
  examples: [
    {
      title: 'a library that installs git',
      change: changed('quiet-lib', '1.0.0', '1.0.1'),
      now: at('2026-01-01T00:00:00Z'),
      evidence: {
        contents: someContents({ bins: ['git'] }),
        release: { current: aRelease('1.0.1', { bins: ['git'] }), previous: aRelease('1.0.0') },
      },
      flagged: true,
    },
    {
      title: 'a tool under its own name',
      change: changed('quiet-lib', '1.0.0', '1.0.1'),
      now: at('2026-01-01T00:00:00Z'),
      evidence: {
        contents: someContents({ bins: ['quiet-lib'] }),
        release: { current: aRelease('1.0.1', { bins: ['quiet-lib'] }), previous: aRelease('1.0.0') },
      },
      flagged: false,
    },
  ],
});

/** The makers of a tool may install it, and its sister: pnpm installs pnpx. */
function isOwn(name: string, full: string, own: string): boolean {
  const family = [
    ['npm', 'npx'],
    ['pnpm', 'pnpx'],
    ['yarn', 'yarnpkg'],
    ['bun', 'bunx'],
    ['corepack', 'pnpm', 'pnpx', 'yarn', 'yarnpkg', 'npm', 'npx'],
  ];
  return own === name || full.startsWith(`@${name}/`) || family.some((group) => group.includes(own) && group.includes(name));
}
