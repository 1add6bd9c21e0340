import { describe, expect, it } from '@jest/globals';
import { pathsOf } from '../../src/model/repository-paths.ts';
import type { AnyRepositoryRule, FileSeen } from '../../src/model/repository-rule.ts';
import { defaultOptions } from '../../src/model/rule.ts';
import guard from '../../src/repository-rules/install-guard-weakened.ts';
import hook from '../../src/repository-rules/install-hook-changed.ts';
import manifest from '../../src/repository-rules/manifest-without-lockfile.ts';
import registry from '../../src/repository-rules/registry-redirected.ts';
import resolution from '../../src/repository-rules/resolution-overridden.ts';

type Texts = Readonly<Record<string, string>>;

function seen(rule: AnyRepositoryRule, before: Texts, now: Texts): readonly FileSeen[] {
  const shown = (texts: Texts) => new Map(Object.entries(texts).filter(([path]) => rule.reads(path)));
  const paths = new Set(Object.keys(now));
  const changed = new Set([...Object.keys(before), ...paths].filter((path) => before[path] !== now[path]));
  return rule.check({ now: shown(now), before: shown(before), paths: pathsOf(paths), changed }, { now: 0, options: defaultOptions(rule.options) });
}

const messages = (rule: AnyRepositoryRule, file: string, before: string | undefined, now: string | undefined) =>
  seen(rule, before === undefined ? {} : { [file]: before }, now === undefined ? {} : { [file]: now }).map((each) =>
    'untold' in each ? each.untold : each.message,
  );

describe('registry-redirected', () => {
  it.each([
    ['.npmrc', '', '@acme:registry=https://npm.acme.example', 'packages would come from https://npm.acme.example'],
    [
      '.npmrc',
      'registry=https://a.example/',
      'registry=https://b.example/',
      'packages would come from https://b.example/, not from https://a.example/',
    ],
    [
      '.npmrc',
      'registry=https://a.example/',
      undefined,
      'packages would no longer come from https://a.example/ but from wherever the client is configured for',
    ],
    ['.npmrc', '', 'https-proxy=http://me:secret@proxy.example', 'the way to the registry (httpsProxy) becomes http://…@proxy.example'],
    ['sub/.yarnrc', '', 'registry "https://b.example"', 'packages would come from https://b.example'],
    ['.yarnrc.yml', '', 'npmRegistryServer: https://b.example', 'packages would come from https://b.example'],
    ['bunfig.toml', '', '[install.scopes]\nacme = { url = "https://b.example", token = "$T" }', 'packages would come from https://b.example'],
    ['pnpm-workspace.yaml', '', 'registries:\n  default: https://b.example', 'packages would come from https://b.example'],
  ])('%s: %j -> %j', (file, before, now, message) => {
    expect(messages(registry, file, before, now)).toEqual([message]);
  });

  it('is silent where a whole project has another folder now, and not where its settings alone have', () => {
    const project = (folder: string, manifest = '{"name":"a"}') => ({
      [`${folder}package.json`]: manifest,
      [`${folder}.npmrc`]: 'registry=https://a.example/',
    });
    expect(seen(registry, project('packages/a/'), project('apps/a/'))).toEqual([]);
    expect(seen(registry, project('packages/a/'), project('apps/a/', '{"name":"b"}'))).toHaveLength(2);
    expect(seen(registry, project('packages/a/'), project(''))).toHaveLength(2);
    expect(
      seen(
        registry,
        { ...project('a/'), 'package.json': '{}' },
        { 'a/package.json': '{"name":"a"}', 'package.json': '{}', '.npmrc': 'registry=https://a.example/' },
      ),
    ).toHaveLength(2);
  });

  it('is silent on tokens, on a closing slash, and on a manifest’s own words', () => {
    expect(messages(registry, '.npmrc', 'registry=https://a.example', 'registry=https://a.example/\n//a.example/:_authToken=$' + '{T}')).toEqual([]);
    expect(
      messages(
        registry,
        'package.json',
        '{}',
        '{"registry": "x", "proxy": "http://localhost:1", "publishConfig": {"registry": "https://x.example"}}',
      ),
    ).toEqual([]);
  });
});

describe('install-guard-weakened', () => {
  it.each([
    ['.npmrc', 'ignore-scripts=true', 'fund=false', 'no longer sets ignore-scripts to true'],
    ['.npmrc', 'ignore-scripts=true', undefined, 'no longer sets ignore-scripts to true'],
    ['.npmrc', '', 'strict-ssl=false', 'sets strict-ssl to false'],
    ['.npmrc', '', 'allow-git=all', 'sets allow-git to all'],
    ['.npmrc', 'min-release-age=7', 'min-release-age=0', 'shortens min-release-age to 0'],
    ['.yarnrc.yml', 'npmMinimalAgeGate: 3d', 'npmMinimalAgeGate: 71h', 'shortens npmMinimalAgeGate to 71h'],
    ['.yarnrc.yml', '', 'npmMinimalAgeGate: 0', 'switches npmMinimalAgeGate off'],
    ['.yarnrc.yml', '', 'enableScripts: true', 'sets enableScripts to true'],
    ['.yarnrc.yml', '', 'npmPreapprovedPackages: ["left-pad"]', 'left-pad need not wait any more'],
    ['pnpm-workspace.yaml', 'minimumReleaseAge: 1440', 'packages: []', 'no longer sets minimumReleaseAge'],
    ['pnpm-workspace.yaml', 'trustPolicy: no-downgrade', 'trustPolicy: off', 'sets trustPolicy to off'],
    ['pnpm-workspace.yaml', '', 'allowBuilds:\n  left-pad: true', 'left-pad may run install scripts'],
    ['pnpm-workspace.yaml', 'allowBuilds:\n  left-pad: false', 'allowBuilds:\n  left-pad: true', 'left-pad may run install scripts'],
    ['package.json', '{}', '{"pnpm": {"onlyBuiltDependencies": ["left-pad"]}}', 'left-pad may run install scripts'],
    ['package.json', '{}', '{"allowScripts": {"left-pad@1.0.0": true}}', 'left-pad@1.0.0 may run install scripts'],
    ['package.json', '{}', '{"trustedDependencies": ["left-pad"]}', 'left-pad may run install scripts'],
    ['package.json', '{}', '{"dependenciesMeta": {"left.pad": {"built": true}}}', 'left.pad may run install scripts'],
    ['bunfig.toml', '', '[install]\nminimumReleaseAgeExcludes = ["left-pad"]', 'left-pad need not wait any more'],
  ])('%s: %j -> %j', (file, before, now, message) => {
    expect(messages(guard, file, before, now)).toEqual([message]);
  });

  it.each([
    ['.npmrc', '', 'ignore-scripts=true\nallow-git=none\nmin-release-age=3'],
    ['.npmrc', 'min-release-age=3', 'min-release-age=7'],
    ['.npmrc', 'strict-ssl=false', '; why\nstrict-ssl=false'],
    ['.yarnrc.yml', 'npmMinimalAgeGate: 4320', 'npmMinimalAgeGate: 3d'],
    ['package.json', '{"trustedDependencies": ["b", "a"]}', '{"trustedDependencies": ["a"]}'],
  ])('%s: %j -> %j is silent', (file, before, now) => {
    expect(messages(guard, file, before, now)).toEqual([]);
  });
});

describe('install-hook-changed', () => {
  it.each([
    ['.pnpmfile.mjs', 'a', 'b', 'code that the package manager runs is altered'],
    ['app/.yarn/plugins/@yarnpkg/plugin-x.cjs', undefined, 'b', 'code comes in that the package manager runs'],
    ['bunfig.toml', '', 'preload = ["./x.ts"]', 'preload becomes ./x.ts'],
    ['.npmrc', '', 'script-shell=./sh', 'script-shell becomes ./sh'],
    ['.npmrc', '', 'node-options=--require ./x.cjs', 'node-options becomes --require ./x.cjs'],
    ['package.json', '{}', '{"packageManager": "pnpm@10.0.0+sha512.abc"}', 'packageManager becomes pnpm@10.0.0+sha512.abc'],
    ['.yarnrc.yml', '', 'plugins:\n  - path: x.cjs\n    spec: "@x/y"', 'plugins.path becomes x.cjs'],
  ])('%s: %j -> %j', (file, before, now, message) => {
    expect(messages(hook, file, before, now)).toContain(message);
  });
});

describe('resolution-overridden', () => {
  const one = (file: string, before: string, now: string) => {
    const [found, ...rest] = seen(resolution, { [file]: before }, { [file]: now });
    if (!found || 'untold' in found || rest.length > 0) throw new Error('not one observation');
    return [found.message, found.confidence];
  };

  it.each([
    ['package.json', '{"overrides": {"a": {"b": "npm:evil@1.0.0"}}}', 'b is replaced by npm:evil@1.0.0', 'high'],
    ['package.json', '{"resolutions": {"a/b": "https://x.example/b.tgz"}}', 'a/b comes from https://x.example/b.tgz', 'high'],
    ['package.json', '{"resolutions": {"b": "patch:b@1.0.0#./b.patch"}}', 'b is patched by patch:b@1.0.0#./b.patch', 'high'],
    ['package.json', '{"pnpm": {"overrides": {"b": "user/repo"}}}', 'b comes from user/repo', 'high'],
    ['package.json', '{"overrides": {"b": "1.2.3"}}', 'b is held at 1.2.3', 'low'],
    ['.yarnrc.yml', 'packageExtensions:\n  "a@*":\n    dependencies:\n      evil: "*"', 'evil is extended by *', 'low'],
    ['pnpm-workspace.yaml', 'patchedDependencies:\n  b: p.patch', 'b is patched by p.patch', 'high'],
  ])('%s: %j', (file, now, message, confidence) => {
    expect(one(file, '{}', now)).toEqual([message, confidence]);
  });
});

describe('manifest-without-lockfile', () => {
  const asks = (dependencies: string) => `{"dependencies": ${dependencies}}`;

  it('looks for the nearest lockfile, above too', () => {
    const lock = { 'yarn.lock': 'x' };
    expect(
      seen(manifest, { 'packages/a/package.json': asks('{}'), ...lock }, { 'packages/a/package.json': asks('{"b": "1"}'), ...lock }),
    ).toMatchObject([{ file: 'packages/a/package.json', line: 1, message: 'asks for b 1, which the lockfile does not know' }]);
  });

  it('is silent when the lockfile comes along, when there is none, and for what only goes', () => {
    const [before, now] = [{ 'package.json': asks('{}') }, { 'package.json': asks('{"b": "1"}') }];
    expect(seen(manifest, { ...before, 'yarn.lock': 'x' }, { ...now, 'yarn.lock': 'y' })).toEqual([]);
    expect(seen(manifest, before, now)).toEqual([]);
    expect(seen(manifest, { ...now, 'yarn.lock': 'x' }, { ...before, 'yarn.lock': 'x' })).toEqual([]);
  });
});

describe('every rule on changes', () => {
  it('says when a file cannot be read, and takes an unreadable past for an empty one', () => {
    expect(messages(guard, 'package.json', '{}', '{')).toEqual(['it is not JSON']);
    expect(messages(resolution, 'package.json', '{}', '{')).toEqual(['it is not JSON']);
    expect(messages(guard, 'package.json', '{', '{"trustedDependencies": ["a"]}')).toEqual(['a may run install scripts']);
  });
});
