import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { npmVariablesFor, registriesOf } from '../../src/commands/client-scopes.ts';

const base = mkdtempSync(join(tmpdir(), 'depward-scopes-'));
afterAll(() => rmSync(base, { recursive: true, force: true }));

function folderWith(name: string, files: Readonly<Record<string, string>>): string {
  const folder = join(base, name);
  mkdirSync(join(folder, '.git'), { recursive: true });
  for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text);
  return folder;
}

describe('scopes of other clients', () => {
  const env = { HOME: join(base, 'home'), TOKEN: 'secret' };
  const acme = { scope: '@acme', url: 'https://npm.acme.example/' };

  it.each([
    [
      'yarn',
      '.yarnrc.yml',
      `npmScopes:\n  acme:\n    npmRegistryServer: "https://npm.acme.example"\n    npmAuthToken: "\${TOKEN}"\n`,
      { ...acme, token: 'secret', direct: true },
    ],
    ['yarn', '.yarnrc', '"@acme:registry" "https://npm.acme.example/"\n', { ...acme, direct: false }],
    ['bun', 'bunfig.toml', '[install.scopes]\nacme = "https://npm.acme.example"\n', { ...acme, direct: true }],
    [
      'bun',
      'bunfig.toml',
      '[install.scopes]\n"@acme" = { token = "$TOKEN", url = "https://npm.acme.example/" }\n',
      { ...acme, token: 'secret', direct: true },
    ],
    [
      'pnpm',
      'pnpm-workspace.yaml',
      'registries:\n  default: https://registry.example/\n  "@acme": https://npm.acme.example/\n',
      { ...acme, direct: false },
    ],
  ] as const)('of %s are read from %s', async (client, file, text, wanted) => {
    const folder = folderWith(`${client}-${Math.random()}`, { [file]: text });
    expect((await registriesOf(client, folder, { env })).scopes).toEqual([wanted]);
  });

  it.each([
    ['bun', 'bunfig.toml', '[install]\nregistry = "https://npm.acme.example"\n', {}],
    ['bun', 'bunfig.toml', '[install.registry]\nurl = "https://npm.acme.example"\ntoken = "$TOKEN"\n', { token: 'secret' }],
    ['yarn', '.yarnrc.yml', `npmRegistryServer: "https://npm.acme.example"\nnpmAuthToken: "\${TOKEN}"\n`, { token: 'secret' }],
    ['pnpm', 'pnpm-workspace.yaml', 'registries:\n  default: https://npm.acme.example/\n', {}],
  ] as const)('stand beside the registry for all packages: of %s in %s', async (client, file, text, more) => {
    const folder = folderWith(`main-${Math.random()}`, { [file]: text });
    expect(await registriesOf(client, folder, { env })).toMatchObject({ main: { url: 'https://npm.acme.example/', ...more }, scopes: [] });
  });

  it('count by the nearest file, and are nothing where they are no address', async () => {
    const root = folderWith('nested', {
      '.yarnrc.yml': 'npmScopes: { acme: { npmRegistryServer: "https://outer.example/" }, odd: { npmRegistryServer: "file:///etc" } }\n',
    });
    const inner = join(root, 'inner');
    mkdirSync(inner);
    writeFileSync(join(inner, '.yarnrc.yml'), 'npmScopes: { acme: { npmRegistryServer: "https://inner.example/" } }\n');
    expect(await registriesOf('yarn', inner, { env })).toEqual({
      main: undefined,
      scopes: [{ scope: '@acme', url: 'https://inner.example/', direct: true }],
    });
    expect(await registriesOf('npm', inner, { env })).toEqual({ main: undefined, scopes: [] });
  });

  it('become npm’s variables', () => {
    const main = { url: 'https://registry.example/', token: 'other' };
    expect(npmVariablesFor({ main, scopes: [{ ...acme, token: 'secret', direct: true }] })).toEqual({
      'npm_config_@acme:registry': 'https://npm.acme.example/',
      'npm_config_//npm.acme.example/:_authToken': 'secret',
      'npm_config_//registry.example/:_authToken': 'other',
    });
  });
});
