import { describe, expect, it } from '@jest/globals';
import { isSettingsFile, settingsIn } from '../../../src/repository-rules/read/settings.ts';

const short = (file: string, text: string) => {
  const settings = settingsIn(file, text);
  return 'untold' in settings ? settings : settings.map(({ name, plain, line, inList }) => [`${name}${inList ? '[]' : ''}`, plain, line]);
};

describe('settings files', () => {
  it('.npmrc', () => {
    const text =
      '\ufeff; why\r\nregistry = https://registry.example/\r\n@acme:registry="https://acme.example/"\n\n  ignore-scripts\nstrict-ssl=false\nomit[]=dev\nomit[]=optional\n//registry.example/:_authToken=T=\n# end';
    expect(short('a/.npmrc', text)).toEqual([
      ['registry', 'https://registry.example/', 2],
      ['@acme:registry', 'https://acme.example/', 3],
      ['ignoreScripts', true, 5],
      ['strictSsl', false, 6],
      ['omit[]', 'dev', 7],
      ['omit[]', 'optional', 8],
      ['//registry.example/:_authToken', 'T=', 9],
    ]);
  });

  it('.yarnrc', () => {
    expect(
      short(
        '.yarnrc',
        '# yarn lockfile v1\nregistry "https://registry.example/"\n"@acme:registry" https://acme.example\n--install.ignore-scripts true\nlastUpdateCheck 1',
      ),
    ).toEqual([
      ['registry', 'https://registry.example/', 2],
      ['@acme:registry', 'https://acme.example', 3],
      ['--install.ignore-scripts', true, 4],
      ['lastUpdateCheck', '1', 5],
    ]);
  });

  it('.yarnrc.yml', () => {
    expect(
      short(
        '.yarnrc.yml',
        'npmScopes:\n  acme:\n    npmRegistryServer: "https://acme.example"\nenableScripts: false\nunsafeHttpWhitelist:\n  - "a.example"\nnpmMinimalAgeGate: 3d',
      ),
    ).toEqual([
      ['npmScopes.acme.npmRegistryServer', 'https://acme.example', 3],
      ['enableScripts', false, 4],
      ['unsafeHttpWhitelist[]', 'a.example', 6],
      ['npmMinimalAgeGate', '3d', 7],
    ]);
  });

  it('what pnpm keeps for users: auth.ini, rc and config.yaml', () => {
    expect(short('.config/pnpm/auth.ini', '//registry.example/:_authToken=T\n')).toEqual([['//registry.example/:_authToken', 'T', 1]]);
    expect(short('home/.config/pnpm/rc', 'minimum-release-age=10\n')).toEqual([['minimumReleaseAge', '10', 1]]);
    expect(
      short('Library/Preferences/pnpm/config.yaml', 'strictSsl: false\n_auth:\n  https://registry.example/:\n    "@":\n      authToken: T\n'),
    ).toEqual([
      ['strictSsl', false, 1],
      ['_auth.https://registry.example/.@.authToken', 'T', 5],
    ]);
    expect(short('AppData/Local/pnpm/config/config.yaml', 'registry: https://registry.example/')).toEqual([
      ['registry', 'https://registry.example/', 1],
    ]);
    for (const other of ['config.yaml', 'app/config.yaml', 'rc', 'etc/rc', 'my-pnpm/config.yaml']) expect(isSettingsFile(other)).toBe(false);
  });

  it('pnpm-workspace.yaml and package.json, alike', () => {
    expect(short('pnpm-workspace.yaml', 'minimumReleaseAge: 1440\nonlyBuiltDependencies: [esbuild]\n')).toEqual([
      ['minimumReleaseAge', 1440, 1],
      ['onlyBuiltDependencies[]', 'esbuild', 2],
    ]);
    expect(short('package.json', '{"pnpm": {"minimumReleaseAge": 1440,\n"onlyBuiltDependencies": ["esbuild"]}, "x": null}')).toEqual([
      ['minimumReleaseAge', 1440, 1],
      ['onlyBuiltDependencies[]', 'esbuild', 2],
      ['x', null, 1 + 1],
    ]);
  });

  it('bunfig.toml', () => {
    const text =
      '# c\npreload = ["./a.ts", # why\n  "./b.ts"]\n[install]\nregistry = { url = "https://registry.example", token = "$T" }\nminimumReleaseAge = 259_200\n[install.scopes]\n"@acme" = \'https://acme.example\'\n[install.security]\nscanner = "pkg"\ndotted.key = true\n[[extra]]\nat = 1979-05-27T07:32:00Z';
    expect(short('bunfig.toml', text)).toEqual([
      ['preload[]', './a.ts', 2],
      ['preload[]', './b.ts', 3],
      ['registry.url', 'https://registry.example', 5],
      ['registry.token', '$T', 5],
      ['minimumReleaseAge', 259_200, 6],
      ['scopes.@acme', 'https://acme.example', 8],
      ['security.scanner', 'pkg', 10],
      ['security.dotted.key', true, 11],
      ['extra.at', '1979-05-27T07:32:00Z', 13],
    ]);
  });

  it.each([
    ['bunfig.toml', 'a = """x"""', 'line 1 is not TOML'],
    ['bunfig.toml', 'a = 1\nb', 'line 2 is not TOML'],
    ['bunfig.toml', `a = ${'['.repeat(50_000)}`, 'not TOML'],
    ['bunfig.toml', 'a = [1, 2', 'not TOML'],
    ['.yarnrc.yml', 'a: [', 'not YAML'],
    ['.yarnrc.yml', `a: ${'['.repeat(50_000)}`, 'nested deeper'],
    [
      '.yarnrc.yml',
      `a: &a [1,1,1,1,1,1,1,1,1]\n${'bcdefghij'
        .split('')
        .map((key, at) => `${key}: &${key} [${`*${'abcdefghij'[at]},`.repeat(9)}]`)
        .join('\n')}`,
      'honest file',
    ],
    ['package.json', '{"a": 1', 'not JSON'],
    ['package.json', '['.repeat(100_000), 'nested deeper'],
    ['.npmrc', 'x'.repeat(4_100_000), 'longer than'],
  ])('%s: says what cannot be read: %.20s', (file, text, untold) => {
    expect(settingsIn(file, text)).toEqual({ untold: expect.stringContaining(untold) });
  });
});
