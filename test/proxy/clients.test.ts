import { describe, expect, it } from '@jest/globals';
import { commandOf, createdBy, environmentFor, namedWords, pointedWords, runsScripts } from '../../src/proxy/clients.ts';

describe('commandOf', () => {
  it.each([
    ['npm ci', 'npm', 'frozen'],
    ['/usr/bin/npm clean-install --no-audit', 'npm', 'frozen'],
    ['npm i', 'npm', 'install'],
    ['npm install left', 'npm', 'add'],
    ['npm --prefix app ci', 'npm', 'frozen'],
    ['npm run ci', 'npm', 'other'],
    ['npm run build', 'npm', 'other'],
    ['npm update', 'npm', 'add'],
    ['npx left', 'npm', 'exec'],
    ['npm.cmd exec left', 'npm', 'exec'],
    ['pnpm install --frozen-lockfile', 'pnpm', 'frozen'],
    ['pnpm i', 'pnpm', 'install'],
    ['pnpm add left', 'pnpm', 'add'],
    ['pnpm dlx left', 'pnpm', 'exec'],
    ['yarn', 'yarn', 'install'],
    ['yarn --immutable', 'yarn', 'frozen'],
    ['yarn install --frozen-lockfile', 'yarn', 'frozen'],
    ['yarn --version', 'yarn', 'other'],
    ['yarn test', 'yarn', 'other'],
    ['corepack pnpm@10 install', 'pnpm', 'install'],
    ['bun ci', 'bun', 'frozen'],
    ['bun install left', 'bun', 'add'],
    ['bunx left', 'bun', 'exec'],
  ])('%s', (line, client, intent) => expect(commandOf(line.split(' '))).toEqual({ client, intent }));

  it('knows what is no package manager', () => {
    expect(commandOf(['make', 'install'])).toBeUndefined();
    expect(commandOf(['constructor'])).toBeUndefined();
    expect(commandOf([])).toBeUndefined();
  });
});

describe('namedWords', () => {
  it.each([
    ['pnpm', 'pnpm add left right@2', ['left', 'right@2'], {}],
    ['pnpm', 'pnpm -C app add --filter web left', ['left'], { folder: 'app' }],
    ['pnpm', 'pnpm --dir=app add -D left', ['left'], { folder: 'app' }],
    ['pnpm', 'pnpm add -g left', ['left'], { global: true }],
    ['pnpm', 'pnpm dlx --package left --package right run add x', ['run'], { packages: ['left', 'right'] }],
    ['pnpm', 'pnpx left add x', ['left'], {}],
    ['yarn', 'yarn workspace web add left', ['left'], {}],
    ['yarn', 'yarn global add left', ['left'], { global: true }],
    ['yarn', 'yarn --cwd app add left', ['left'], { folder: 'app' }],
    ['bun', 'bun add --cwd app left', ['left'], { folder: 'app' }],
    ['bun', 'bunx left@1 install', ['left@1'], {}],
  ] as const)('%s: %s', (client, line, named, more) => {
    const [program = '', ...words] = line.split(' ');
    expect(namedWords(client, words, program)).toEqual({ packages: [], folder: undefined, global: false, ...more, named });
  });

  it('finds the package behind create', () => {
    expect(['app', 'app@2', '@acme', '@acme/app', '@acme/app@1', './here'].map(createdBy)).toEqual([
      'create-app',
      'create-app@2',
      '@acme/create',
      '@acme/create-app',
      '@acme/create-app@1',
      './here',
    ]);
  });
});

describe('environmentFor', () => {
  const pointed = { url: 'http://127.0.0.1:1234/', scopes: ['@acme', '@Odd_One'] };

  it('sends each client to the proxy by the variables it listens to', () => {
    expect(environmentFor('npm', { ...pointed, replaceHost: 'registry.example' }, {})).toMatchObject({
      npm_config_registry: pointed.url,
      'npm_config_@acme:registry': pointed.url,
      npm_config_replace_registry_host: 'registry.example',
    });
    expect(environmentFor('npm', pointed, {})).toMatchObject({ npm_config_replace_registry_host: 'npmjs' });
    expect(environmentFor('pnpm', pointed, {})).toMatchObject({ pnpm_config_registry: pointed.url });
    expect(environmentFor('yarn', pointed, {})).toMatchObject({ YARN_NPM_REGISTRY_SERVER: pointed.url, YARN_UNSAFE_HTTP_WHITELIST: '127.0.0.1' });
    expect(environmentFor('bun', pointed, {})).toMatchObject({ BUN_CONFIG_REGISTRY: pointed.url });
  });

  it('keeps loopback out of a company’s HTTP proxy, and scopes apart that npm would mix up', () => {
    expect(environmentFor('npm', pointed, { NO_PROXY: 'intern.example' })).toMatchObject({ NO_PROXY: 'intern.example,127.0.0.1' });
    expect(Object.keys(environmentFor('npm', pointed, {}))).not.toContain('npm_config_@Odd_One:registry');
  });
});

describe('what no variable tells', () => {
  const scopes = ['@acme', '@Odd_One'];
  const pointed = (line: string) => pointedWords(commandOf(line.split(' ')), line.split(' '), scopes, 'http://127.0.0.1:1/').join(' ');

  it('is told pnpm by its own options, and nobody else', () => {
    expect(pointed('pnpm install --frozen-lockfile')).toBe('pnpm --config.@acme:registry=http://127.0.0.1:1/ install --frozen-lockfile');
    expect(pointed('corepack pnpm@11 i')).toBe('corepack pnpm@11 --config.@acme:registry=http://127.0.0.1:1/ i');
    for (const line of ['npm ci', 'yarn', 'bun install', 'pnpm run build', 'make']) expect(pointed(line)).toBe(line);
    expect(environmentFor('yarn', { url: 'http://127.0.0.1:1/', scopes }, {})).toMatchObject({ 'npm_config_@acme:registry': 'http://127.0.0.1:1/' });
  });
});

describe('runsScripts', () => {
  it.each([
    ['npm run setup', true],
    ['npm test', true],
    ['npm view left', false],
    ['npm ci', false],
    ['pnpm build', true],
    ['pnpm config get registry', false],
    ['yarn setup', true],
    ['yarn --version', false],
    ['corepack yarn setup', true],
    ['bun run setup', true],
  ])('%s: %s', (line, wanted) => {
    const words = line.split(' ');
    const command = commandOf(words);
    expect(command && runsScripts(command, words)).toBe(wanted);
  });
});
