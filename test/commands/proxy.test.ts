import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { Io } from '../../src/commands/io.ts';
import { run } from '../../src/commands/proxy.ts';
import { DepwardError } from '../../src/model/errors.ts';
import { aPackage } from '../helpers/a-tarball.ts';
import { type FixtureRegistry, publish, startFixtureRegistry } from '../helpers/fixture-registry.ts';

let registry: FixtureRegistry | undefined;
const stops: AbortController[] = [];
function aStop(): AbortController {
  const stop = new AbortController();
  stops.push(stop);
  return stop;
}
afterEach(async () => {
  for (const stop of stops.splice(0)) stop.abort();
  await registry?.close();
  registry = undefined;
});

function anIo(stop: AbortController): Io & { readonly seen: { out: string; err: string }; readonly said: PassThrough } {
  const seen = { out: '', err: '' };
  const said = new PassThrough();
  return {
    seen,
    said,
    stdout: (text) => {
      seen.out += text;
    },
    stderr: (text) => {
      seen.err += text;
      said.write(text);
    },
    stdin: process.stdin,
    stdoutIsTTY: false,
    stderrIsTTY: false,
    columns: undefined,
    env: { ...process.env, npm_config_userconfig: '/dev/null' },
    cwd: '/',
    now: Date.now,
    signal: stop.signal,
  };
}

describe('depward proxy', () => {
  it('withholds by the real rules and policy, logs, and stops when told', async () => {
    const hour = 3_600_000;
    registry = await startFixtureRegistry({
      packuments: [
        publish('left', [
          { version: '1.0.0', at: '2020-01-01T00:00:00Z' },
          { version: '1.0.1', at: new Date(Date.now() - hour).toISOString() },
        ]),
      ],
    });
    const stop = aStop();
    const io = anIo(stop);
    const done = run({ listen: '0', upstream: registry.url, audit: '-' }, io);
    await once(io.said, 'data');
    const url = /at (http:\S+) by/.exec(io.seen.err)?.[1] ?? '';
    const document = (await (await fetch(`${url}left`)).json()) as { versions: object; 'dist-tags': object };
    expect(Object.keys(document.versions)).toEqual(['1.0.0']);
    expect(document['dist-tags']).toEqual({ latest: '1.0.0' });
    const refused = await fetch(`${url}left/-/left-1.0.1.tgz`);
    expect(refused.status).toBe(403);
    const { error, depward } = (await refused.json()) as { error: string; depward: { allowedFrom: string } };
    expect(error).toContain('release-age: published 1 hour ago');
    expect(Date.parse(depward.allowedFrom) - Date.now()).toBeGreaterThan(2 * 24 * hour);
    stop.abort();
    expect(await done).toBe(0);
    const lines = io.seen.out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines).toMatchObject([
      { asked: 'packument', subject: 'left', verdict: 'filtered', withheld: ['1.0.1'] },
      { asked: 'tarball', subject: 'left@1.0.1', verdict: 'withheld', rules: ['release-age'], status: 403 },
    ]);
    await expect(fetch(url)).rejects.toThrow();
  });

  it('reads what is in a tarball before it lets it through, and keeps to what it found', async () => {
    const honest = aPackage({ name: 'fxodd', version: '1.0.0' }, { 'index.js': '' });
    const odd = aPackage({ name: 'fxodd', version: '1.1.0', scripts: { postinstall: 'node steal.js' } }, { 'index.js': '', 'steal.js': '' });
    const dist = (bytes: Buffer) => ({ dist: { integrity: `sha512-${createHash('sha512').update(bytes).digest('base64')}` } });
    registry = await startFixtureRegistry({
      packuments: [
        publish('fxodd', [
          { version: '1.0.0', at: '2020-01-01T00:00:00Z', more: dist(honest) },
          // The document says nothing of the script.
          { version: '1.1.0', at: '2021-01-01T00:00:00Z', more: dist(odd) },
        ]),
      ],
    });
    registry.addTarball('fxodd', '1.0.0', honest);
    registry.addTarball('fxodd', '1.1.0', odd);
    const stop = aStop();
    const io = anIo(stop);
    const done = run({ listen: '0', upstream: registry.url }, io);
    await once(io.said, 'data');
    const url = /at (http:\S+) by/.exec(io.seen.err)?.[1] ?? '';
    const versions = async () => Object.keys(((await (await fetch(`${url}fxodd`)).json()) as { versions: object }).versions);
    expect(await versions()).toEqual(['1.0.0', '1.1.0']);
    expect((await fetch(`${url}fxodd/-/fxodd-1.0.0.tgz`)).status).toBe(200);
    const refused = await fetch(`${url}fxodd/-/fxodd-1.1.0.tgz`);
    expect(`${refused.status} ${await refused.text()}`).toMatch(/^403 .*manifest-confusion/);
    expect(await versions()).toEqual(['1.0.0']);
    stop.abort();
    expect(await done).toBe(0);
  });

  it('holds signatures against npm’s own keys before it lets a tarball through', async () => {
    const npm = 'SHA256:DhQ8wR5APBvFHLF/+Tc+AYvPOdTpcIDqOhxsBHRwC7U';
    const bytes = aPackage({ name: 'fxforged', version: '1.0.0' }, { 'index.js': '' });
    const integrity = `sha512-${createHash('sha512').update(bytes).digest('base64')}`;
    const sig = Buffer.from('3006020101020101', 'hex').toString('base64');
    registry = await startFixtureRegistry({
      packuments: [
        publish('fxforged', [{ version: '1.0.0', at: '2020-01-01T00:00:00Z', more: { dist: { integrity, signatures: [{ keyid: npm, sig }] } } }]),
      ],
    });
    registry.addTarball('fxforged', '1.0.0', bytes);
    const stop = aStop();
    const io = anIo(stop);
    const done = run({ listen: '0', upstream: registry.url }, io);
    await once(io.said, 'data');
    const url = /at (http:\S+) by/.exec(io.seen.err)?.[1] ?? '';
    const refused = await fetch(`${url}fxforged/-/fxforged-1.0.0.tgz`);
    expect(`${refused.status} ${await refused.text()}`).toMatch(/^403 .*registry-signature-false/);
    expect(registry.count('/-/npm/v1/keys')).toBe(0);
    stop.abort();
    expect(await done).toBe(0);
  });

  it('as of a moment serves nothing that came later, by the rules as they would have spoken then', async () => {
    registry = await startFixtureRegistry({
      packuments: [
        publish(
          'old',
          [
            { version: '1.0.0', at: '2020-01-01T00:00:00Z' },
            { version: '1.0.1', at: '2021-01-01T00:00:00Z', more: { deprecated: 'bad' } },
            { version: '1.0.2', at: '2021-01-05T00:00:00Z' },
            { version: '2.0.0', at: '2022-01-01T00:00:00Z' },
          ],
          { maintainers: [{ name: 'later' }], readme: 'of today' },
        ),
        publish('unborn', [{ version: '1.0.0', at: '2023-01-01T00:00:00Z' }]),
        { name: 'timeless', versions: { '1.0.0': { name: 'timeless', version: '1.0.0' } } },
      ],
    });
    const stop = aStop();
    const io = anIo(stop);
    const done = run({ listen: '0', upstream: registry.url, asOf: '2021-01-06T00:00:00Z' }, io);
    await once(io.said, 'data');
    const url = /at (http:\S+) by/.exec(io.seen.err)?.[1] ?? '';
    expect(io.seen.err).toContain('as of 2021-01-06T00:00:00Z');
    for (const accept of ['application/json', 'application/vnd.npm.install-v1+json']) {
      const document = (await (await fetch(`${url}old`, { headers: { accept } })).json()) as Record<string, Record<string, unknown>>;
      expect(Object.keys(document['versions'] ?? {})).toEqual(['1.0.0', '1.0.1']);
      expect(document['dist-tags']).toEqual({ latest: '1.0.1' });
      expect(JSON.stringify(document)).not.toMatch(/2022|2\.0\.0|deprecated|later|of today/);
    }
    const why = async (subject: string) => (await fetch(`${url}-/depward/why/${subject}`, { headers: { accept: 'text/plain' } })).text();
    expect(await why('old@1.0.2')).toMatch(/withheld\n {2}x release-age: published 1 day ago/);
    expect(await why('old@2.0.0')).toMatch(/not listed/);
    expect((await fetch(`${url}old/-/old-2.0.0.tgz`)).status).toBe(404);
    expect([(await fetch(`${url}unborn`)).status, (await fetch(`${url}timeless`)).status]).toEqual([404, 502]);
    stop.abort();
    expect(await done).toBe(0);
  });

  it.each([
    [{ asOf: 'yesterday' }, '--as-of is not a time'],
    [{ asOf: '2999-01-01T00:00:00Z' }, '--as-of lies in the future'],
    [{ listen: 'nowhere' }, '--listen is not HOST:PORT'],
    [{ upstream: 'ftp://registry.example/' }, '--upstream is not an http or https URL'],
    [{ upstream: 'https://me:secret@registry.example/' }, '--upstream holds credentials'],
    [{ scope: ['acme=https://registry.example/'] }, '--scope is not of the form'],
    [{ credentialsTo: '@acme' }, '--credentials-to names no upstream'],
    [{ pass: ['everything'] }, '--pass is one of ping'],
    [{ fresh: '-1' }, '--fresh is a whole number'],
  ])('says what is wrong with %j', async (options, message) => {
    const error = await run({ upstream: 'http://127.0.0.1:9/', ...options }, anIo(new AbortController())).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(DepwardError);
    expect((error as DepwardError).message).toContain(message);
    expect((error as DepwardError).message).not.toContain('secret');
  });

  it.each([
    ['http://127.0.0.1:4873/', {}],
    ['http://localhost:4873', { listen: '0.0.0.0:4873' }],
    ['https://npm.acme.example/', { listen: '127.0.0.1:0', publicUrl: 'https://npm.acme.example' }],
  ])('does not stand in front of itself (%s)', async (upstream, options) => {
    await expect(run({ ...options, upstream }, anIo(aStop()))).rejects.toThrow(/the registry behind the proxy is the proxy itself/);
  });

  it('does not start without the audit log it is asked for', async () => {
    const options = { listen: '127.0.0.1:0', upstream: 'http://127.0.0.1:9/', audit: '/no/such/folder/audit.log' };
    await expect(run(options, anIo(aStop()))).rejects.toThrow(/the audit log \/no\/such\/folder\/audit\.log cannot be written \(ENOENT\)/);
  });

  it('says that clients elsewhere cannot reach every address at once', async () => {
    const stop = aStop();
    const io = anIo(stop);
    const running = run({ listen: '0.0.0.0:0', upstream: 'http://127.0.0.1:9/' }, io);
    while (!io.seen.err.includes('anybody who reaches it')) await once(io.said, 'data');
    expect(io.seen.err).toContain('give the address they use with --public-url URL');
    stop.abort();
    expect(await running).toBe(0);
  });
});
