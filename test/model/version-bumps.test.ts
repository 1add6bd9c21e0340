/** What counts as moving versions alone: whatever else a change does must be seen, however it is written. */
import { describe, expect, it } from '@jest/globals';
import { versionBumpsIn } from '../../src/model/version-bumps.ts';

const hash = (letter: string) => `sha512-${letter.repeat(86)}==`;

function lockOf(versions: Readonly<Record<string, string>>, asked: Readonly<Record<string, string>>, more: object = {}): string {
  const packages = Object.entries(versions).map(([name, version]) => [
    `node_modules/${name}`,
    { version, resolved: `https://r.example/${name}/-/${name}-${version}.tgz`, integrity: hash(version[0] ?? 'a'), license: 'MIT', ...more },
  ]);
  return `${JSON.stringify({ name: 'p', version: '1.0.0', lockfileVersion: 3, requires: true, packages: { '': { name: 'p', version: '1.0.0', dependencies: asked }, ...Object.fromEntries(packages) } }, null, 2)}\n`;
}

const manifestOf = (asked: Readonly<Record<string, string>>, more: object = {}) =>
  JSON.stringify({ name: 'p', version: '1.0.0', dependencies: asked, ...more }, null, 2);
const states = (before: string, now: string) => ({ before, now });

const [old, next] = [
  { a: '^1.0.0', b: '2.0.0' },
  { a: '^1.2.0', b: '2.0.0' },
];
const [was, is] = [
  { a: '1.0.0', b: '2.0.0', c: '3.0.0' },
  { a: '1.2.0', b: '2.0.0', c: '3.1.0' },
];
const lockfile = states(lockOf(was, old), lockOf(is, next));
const manifest = states(manifestOf(old), manifestOf(next));

describe('versionBumpsIn', () => {
  it('names what moves', () => {
    expect(versionBumpsIn({ lockfile, manifest })).toEqual([
      { name: 'a', before: '1.0.0', now: '1.2.0' },
      { name: 'c', before: '3.0.0', now: '3.1.0' },
    ]);
    expect(versionBumpsIn({ lockfile: states(lockOf(was, old), lockOf(is, old)), manifest: states(manifestOf(old), manifestOf(old)) })).toHaveLength(
      2,
    );
    expect(versionBumpsIn({ lockfile: states(lockOf(was, {}), lockOf(is, {})), manifest: undefined })).toHaveLength(2);
  });

  it('reads manifests on one line and in any indentation', () => {
    const [one, other] = [manifest.before, manifest.now].map((text) => JSON.stringify(JSON.parse(text))) as [string, string];
    expect(versionBumpsIn({ lockfile, manifest: states(one, other) })).toHaveLength(2);
    const [tabs, tabbed] = [manifest.before, manifest.now].map((text) => JSON.stringify(JSON.parse(text), null, '\t')) as [string, string];
    expect(versionBumpsIn({ lockfile, manifest: states(tabs, tabbed) })).toHaveLength(2);
  });

  const replaced = (from: string, to: string) => states(lockfile.before, lockfile.now.replace(from, to));
  it.each([
    ['another host', { lockfile: replaced('https://r.example/a/', 'https://s.example/a/'), manifest }],
    ['another scheme', { lockfile: replaced('https://r.example/a/', 'http://r.example/a/'), manifest }],
    ['a credential in an address', { lockfile: replaced('https://r.example/a/', 'https://me:word@r.example/a/'), manifest }],
    ['a credential in a path', { lockfile: replaced('/a/-/a-', `/npm_${'a1B2'.repeat(9)}/a-`), manifest }],
    ['an address that is no tarball', { lockfile: replaced('a-1.2.0.tgz', 'a-1.2.0.zip'), manifest }],
    ['no hash', { lockfile: replaced(`      "integrity": "${hash('1')}",\n`, ''), manifest }],
    ['an install script', { lockfile: replaced('"version": "1.2.0",', '"version": "1.2.0",\n      "hasInstallScript": true,'), manifest }],
    ['another name', { lockfile: replaced('"version": "1.2.0",', '"name": "d",\n      "version": "1.2.0",'), manifest }],
    ['a name that begins with a number', { lockfile: replaced('"version": "1.2.0",', '"name": "3d",\n      "version": "1.2.0",'), manifest }],
    ['commands', { lockfile: replaced('"version": "1.2.0",', '"version": "1.2.0",\n      "bin": {\n        "x": "1.js"\n      },'), manifest }],
    ['a package more', { lockfile: states(lockfile.before, lockOf({ ...is, d: '1.0.0' }, next)), manifest }],
    ['a package less', { lockfile: states(lockfile.before, lockOf({ a: '1.2.0', b: '2.0.0' }, next)), manifest }],
    ['another package in its place', { lockfile: states(lockfile.before, lockOf({ a: '1.2.0', d: '2.0.0', c: '3.1.0' }, next)), manifest }],
    ['a head that differs', { lockfile: replaced('"requires": true', '"requires": false'), manifest }],
    ['an end that differs', { lockfile: states(lockfile.before, lockfile.now.replace(/\}\n$/, ',"x": 1}\n')), manifest }],
    ['a manifest the lockfile does not follow', { lockfile: states(lockOf(was, old), lockOf(is, old)), manifest }],
    ['a lockfile the manifest does not follow', { lockfile, manifest: states(manifestOf(old), manifestOf(old)) }],
    [
      'a manifest out of step before',
      { lockfile: states(lockOf(was, old), lockOf(is, old)), manifest: states(manifestOf({ a: '1.0.0' }), manifestOf({ a: '1.0.0' })) },
    ],
    [
      'a name spelled in numbers',
      {
        lockfile: states(lockOf(was, old), lockOf(is, old)),
        manifest: states(...(['{"dependencies": {"\\u0061": "1.0.0"}}', '{"dependencies": {"\\u0061": "1.0.0"}}'] as const)),
      },
    ],
    ['a script', { lockfile, manifest: states(manifestOf(old, { scripts: { x: '1' } }), manifestOf(next, { scripts: { x: '2' } })) }],
    [
      'a tag',
      { lockfile: states(lockOf(was, old), lockOf(is, { ...old, a: 'next' })), manifest: states(manifestOf(old), manifestOf({ ...old, a: 'next' })) },
    ],
    [
      'an address',
      {
        lockfile: states(lockOf(was, old), lockOf(is, { ...old, a: 'x/y#1' })),
        manifest: states(manifestOf(old), manifestOf({ ...old, a: 'x/y#1' })),
      },
    ],
    [
      'an alias',
      {
        lockfile: states(lockOf(was, old), lockOf(is, { ...old, a: 'npm:b@1.0.0' })),
        manifest: states(manifestOf(old), manifestOf({ ...old, a: 'npm:b@1.0.0' })),
      },
    ],
    [
      'what a rule goes by',
      {
        lockfile: states(lockOf({ husky: '9.0.0' }, { husky: '^9.0.0' }), lockOf({ husky: '4.0.0' }, { husky: '^4.0.0' })),
        manifest: states(manifestOf({ husky: '^9.0.0' }), manifestOf({ husky: '^4.0.0' })),
      },
    ],
    [
      'a list inside another',
      {
        lockfile,
        manifest: states(
          manifestOf({ b: '2.0.0' }, { pnpm: { dependencies: { a: '^1.0.0' } } }),
          manifestOf({ b: '2.0.0' }, { pnpm: { dependencies: { a: '^1.2.0' } } }),
        ),
      },
    ],
    [
      'a list hidden by another',
      {
        lockfile,
        manifest: states(
          ...([manifest.before, manifest.now].map((text) => text.replace(/\}$/, ',"dependencies": {"a": "^1.0.0", "b": "2.0.0"}}')) as [
            string,
            string,
          ]),
        ),
      },
    ],
    [
      'a need hidden by another',
      {
        lockfile,
        manifest: states(...([manifest.before, manifest.now].map((text) => text.replace('"b":', '"a": "^9.0.0", "b":')) as [string, string])),
      },
    ],
  ] as const)('sees %s', (_title, project) => {
    expect(versionBumpsIn(project)).toBeUndefined();
  });
});
