import { describe, expect, it } from '@jest/globals';
import { judgeFiles } from '../../src/judge-files.ts';
import { pathsOf } from '../../src/model/repository-paths.ts';
import { policyOf } from '../../src/policy/build.ts';
import { repositoryRules } from '../../src/repository-rules/index.ts';
import rule from '../../src/repository-rules/lockfile-host-stray.ts';
import { lockedHosts } from '../../src/repository-rules/read/locked-hosts.ts';

type Texts = Readonly<Record<string, string>>;

function told(now: Texts, hosts: readonly string[] = []) {
  const seen = rule.check({ now: new Map(Object.entries(now)), paths: pathsOf(Object.keys(now)) }, { options: { hosts }, now: 0 });
  return seen.flatMap((each) => ('facts' in each ? [each] : []));
}

const messages = (now: Texts, hosts?: readonly string[]) => told(now, hosts).map(({ message }) => message);
const tarball = (host: string, name: string) => `${host}/${name}/-/${name.slice(name.lastIndexOf('/') + 1)}-1.0.0.tgz`;

/** A lockfile of each manager in which 40 packages come from where all do, and some from elsewhere. */
const locks: Readonly<Record<string, (odd: Readonly<Record<string, string>>) => string>> = {
  'package-lock.json': (odd) =>
    JSON.stringify(
      {
        lockfileVersion: 3,
        packages: Object.fromEntries([
          ...Array.from({ length: 40 }, (_, at) => [
            `node_modules/a${at}`,
            { version: '1.0.0', resolved: tarball('https://registry.example', `a${at}`) },
          ]),
          ...Object.entries(odd).map(([name, resolved]) => [`node_modules/${name}`, { version: '1.0.0', resolved }]),
        ]),
      },
      null,
      2,
    ),
  'yarn.lock': (odd) =>
    [...Array.from({ length: 40 }, (_, at) => [`a${at}`, tarball('https://registry.example', `a${at}`)]), ...Object.entries(odd)]
      .map(([name, resolved]) => `"${name}@^1.0.0":\n  version "1.0.0"\n  resolved "${resolved}#00"\n`)
      .join('\n'),
  'berry/yarn.lock': (odd) =>
    [...Array.from({ length: 40 }, (_, at) => [`a${at}`, '']), ...Object.entries(odd)]
      .map(
        ([name, address]) =>
          `"${name}@npm:^1.0.0":\n  version: 1.0.0\n  resolution: "${name}@npm:1.0.0${address && `::__archiveUrl=${encodeURIComponent(address)}`}"\n`,
      )
      .join('\n'),
  'pnpm-lock.yaml': (odd) =>
    `lockfileVersion: '9.0'\n\npackages:\n\n${[...Array.from({ length: 40 }, (_, at) => [`a${at}`, '']), ...Object.entries(odd)]
      .map(([name, address]) => `  '${name}@1.0.0':\n    resolution: {integrity: sha512-x==${address && `, tarball: ${address}`}}\n`)
      .join('\n')}`,
  'bun.lock': (odd) =>
    `{\n  "packages": {\n${[...Array.from({ length: 40 }, (_, at) => [`a${at}`, '']), ...Object.entries(odd)]
      .map(([name, address]) => `    "${name}": ["${name}@1.0.0", "${address}", {}, "sha512-x=="],\n`)
      .join('\n')}  }\n}\n`,
};

describe.each(Object.keys(locks))('lockfile-host-stray in %s', (file) => {
  const lock = locks[file] ?? (() => '');
  const of = (odd: Readonly<Record<string, string>>) => ({ [file]: lock(odd) });

  it('says nothing where all come from one place', () => {
    expect(told(of({}))).toEqual([]);
  });

  it.each(['localhost:4873', '127.0.0.1:4873', '127.8.9.1', '[::1]:4873', '0.0.0.0', 'host.docker.internal', '2130706433', 'localhost.'])(
    'tells once of the machine that installs: %s',
    (host) => {
      const [one, ...more] = told(of({ x: tarball(`http://${host}`, 'x'), y: tarball(`http://${host}`, 'y') }));
      expect(more).toEqual([]);
      expect(one?.message).toMatch(/^2 entries are fetched from the machine that installs/);
      expect(one?.confidence).toBe('high');
      expect(lock({ x: tarball(`http://${host}`, 'x') }).split('\n')[(one?.line ?? 0) - 1]).toMatch(/x/);
    },
  );

  it('is calm where the settings name that registry', () => {
    const found = told({ ...of({ x: tarball('http://localhost:4873', 'x') }), '.npmrc': 'registry=http://localhost:4873/\n' });
    expect(found.map(({ confidence, message }) => [confidence, message])).toEqual([
      ['low', '1 entry is fetched from the machine that installs (localhost:4873), as the settings say'],
    ]);
  });

  it('tells of one among many from another host', () => {
    expect(messages(of({ x: tarball('https://files.example', 'x') }))).toEqual(['1 of 41 entries is fetched from files.example, and no other']);
    expect(messages(of({ x: tarball('https://files.example', 'x') }), ['files.example'])).toEqual([]);
  });

  it('says nothing of what is named, asked for, a scope’s, usual, or many', () => {
    const settings = { '.npmrc': '@acme:registry=https://files.example/npm/\n' };
    expect(messages({ ...of({ x: tarball('https://files.example', 'x') }), ...settings })).toEqual([]);
    expect(messages(of({ '@acme/x': tarball('https://files.example', '@acme/x') }))).toEqual([]);
    expect(publicRegistries).toHaveLength(2);
    for (const host of publicRegistries) expect(messages(of({ x: tarball(`https://${host}`, 'x') }))).toEqual([]);
    expect(messages(of({ x: tarball(`https://${publicRegistries[0]}.example`, 'x') }))).toHaveLength(1);
    expect(messages(of({ x: 'https://codeload.github.com/acme/x/tar.gz/0123456789abcdef0123456789abcdef01234567' }))).toEqual([]);
    const many = Object.fromEntries(Array.from({ length: 9 }, (_, at) => [`x${at}`, tarball('https://files.example', `x${at}`)]));
    expect(messages(of(many))).toEqual([]);
  });
});

const publicRegistries = ((globalThis as { depwardPublicRegistries?: string }).depwardPublicRegistries ?? '').split(' ');

describe('lockfile-host-stray', () => {
  it('holds a scope against its packages from elsewhere', () => {
    const odd = { '@s/a': tarball('https://registry.example', '@s/a'), '@s/b': tarball('https://files.example', '@s/b') };
    expect(messages({ 'yarn.lock': locks['yarn.lock']?.(odd) ?? '' })).toHaveLength(1);
  });

  it('leaves out what a dependency asks for by its address', () => {
    const asked = 'https://files.example/x-1.0.0.tgz';
    const text = locks['package-lock.json']?.({ x: asked }) ?? '';
    expect(messages({ 'package-lock.json': text })).toHaveLength(1);
    expect(messages({ 'package-lock.json': text.replace('"packages": {', `"packages": {\n"": { "dependencies": { "x": "${asked}" } },`) })).toEqual(
      [],
    );
    expect(messages({ 'pnpm-lock.yaml': `${locks['pnpm-lock.yaml']?.({ [`x@${asked}`]: asked })}` })).toEqual([]);
  });

  it('knows a host by whatever scheme it is reached, and is silent where much comes from there', () => {
    const text = (locks['yarn.lock']?.({}) ?? '').replace('https://registry.example/a7/', 'http://registry.example/a7/');
    expect(messages({ 'yarn.lock': text })).toEqual([]);
  });

  it('repeats no credential', () => {
    expect(
      JSON.stringify(told({ 'yarn.lock': locks['yarn.lock']?.({ x: 'https://u:secret-word@files.example/x.tgz?t=secret-word' }) ?? '' })),
    ).not.toContain('secret-word');
  });

  it('is not the only one that reads addresses where bun and Yarn berry write them', () => {
    for (const file of ['bun.lock', 'berry/yarn.lock', 'pnpm-lock.yaml']) {
      const now = { [file]: locks[file]?.({ x: tarball('http://files.example', 'x') }) ?? '' };
      const files = { now: new Map(Object.entries(now)), paths: pathsOf(Object.keys(now)) };
      const { fileFindings } = judgeFiles({ rules: repositoryRules, files, policy: policyOf({}, 'recommended'), now: 0 });
      expect(fileFindings.map(({ ruleId }) => ruleId)).toEqual(expect.arrayContaining(['registry-over-http', 'lockfile-host-stray']));
    }
  });

  it('leaves a change of a lockfile to the rule on hosts that come in, and judges a new lockfile', () => {
    const now = { 'yarn.lock': locks['yarn.lock']?.({ x: tarball('http://localhost:4873', 'x') }) ?? '' };
    const before = { 'yarn.lock': locks['yarn.lock']?.({}) ?? '' };
    const ruleIds = (earlier: Texts) =>
      judgeFiles({
        rules: repositoryRules,
        files: {
          now: new Map(Object.entries(now)),
          before: new Map(Object.entries(earlier)),
          paths: pathsOf(Object.keys(now)),
          pathsBefore: pathsOf(Object.keys(earlier)),
          changed: new Set(['yarn.lock']),
        },
        policy: policyOf({}, 'recommended'),
        now: 0,
      })
        .fileFindings.map(({ ruleId }) => ruleId)
        .filter((id) => id.startsWith('lockfile-host'));
    expect(ruleIds(before)).toEqual(['lockfile-host-added']);
    expect(ruleIds({})).toEqual(['lockfile-host-stray']);
  });
});

describe('the hosts of a lockfile', () => {
  it.each([
    ['pnpm-lock.yaml', 'tarball:http://'],
    ['yarn.lock', '__archiveUrl=http://'],
    ['bun.lock', '["a@http://'],
    ['bun.lock', '["@@@@'],
    ['package-lock.json', '\n \n'],
    ['pnpm-lock.yaml', '\n \n'],
  ])('are read once, whatever is written: %s of %j', (file, piece) => {
    const text = piece.repeat(100_000);
    expect(told({ [file]: text }).length).toBeLessThan(2);
    expect(told({ [file]: `${text}\n  resolution: "x"\n${locks[file]?.({ x: tarball('https://files.example', 'x') })}` }).length).toBeLessThan(3);
  });

  it('are looked for no more than some times, however many there are', () => {
    const odd = Object.fromEntries(Array.from({ length: 3_000 }, (_, at) => [`x${at}`, tarball(`https://h${at}.example`, `x${at}`)]));
    const usual = (locks['yarn.lock']?.({}) ?? '').repeat(2_000);
    expect(told({ 'yarn.lock': usual + locks['yarn.lock']?.(odd) }).map(({ facts }) => facts['count'])).toEqual([20]);
  });

  it('are counted, wherever entries differ in how they are written', () => {
    const text =
      '{"resolved": "https://a.example/x/-/x-1.tgz"}\n{"resolved":"https://a.example/y/-/y-1.tgz"}\n{"resolved": "https://a.example.evil.example/z"}\n{"resolved": "https://a.example"}\n';
    expect(lockedHosts('package-lock.json', text).map(({ url, line, count }) => [new URL(url).host, line, count])).toEqual([
      ['a.example', 1, 3],
      ['a.example.evil.example', 3, 1],
    ]);
  });
});
