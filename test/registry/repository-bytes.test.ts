import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type RepositoryRequest, repositoryBytes } from '../../src/registry/repository-bytes.ts';
import { readTarballFrom } from '../../src/registry/tarball.ts';
import { type GitHost, startGitHost } from '../helpers/a-git-host.ts';

let host: GitHost;
let folder: string;
const environment = { ...process.env };
beforeAll(async () => {
  host = await startGitHost();
});
afterAll(() => host.close());
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'depward-surroundings-'));
  // What is made and removed on the way shows here.
  process.env['TMPDIR'] = folder;
});
afterEach(() => {
  process.env = { ...environment };
  rmSync(folder, { recursive: true, force: true });
});

const usual = { npm: {}, whole: new AbortController().signal, inside: true, limitBytes: 2 ** 24 };

async function filesAt(commit: string, more: Partial<RepositoryRequest> = {}, url = `${host.url}/tool.git`) {
  const { archive } = await readTarballFrom(repositoryBytes(url, { ...usual, commit, ...more }), []);
  return archive.files.map(({ path, bytes }) => [path, Buffer.from(bytes).toString()]);
}

describe('the files of a commit', () => {
  it('are read whole, whatever the repository says of its archives', async () => {
    const commit = host.commit('tool', { '.gitattributes': 'x.js export-ignore\ny.js export-subst', 'x.js': '1', 'y.js': '$Format:%s$' });
    host.commit('tool', { 'later.js': '2' });
    expect(await filesAt(commit)).toEqual(
      expect.arrayContaining([
        ['x.js', '1'],
        ['y.js', '$Format:%s$'],
      ]),
    );
    expect(readdirSync(folder)).toEqual([]);
  });

  it('are those of one folder where that is the package', async () => {
    const commit = host.commit('tool', { 'package.json': '{}', 'packages/a/package.json': '{"name":"a"}' });
    expect(await filesAt(commit, { folder: 'packages/a' })).toEqual([['package.json', '{"name":"a"}']]);
    await expect(filesAt(commit, { folder: 'packages/b' })).rejects.toMatchObject({ code: 'input' });
    await expect(filesAt(commit, { folder: '../a' })).rejects.toMatchObject({ code: 'not-found' });
  });

  it('that are not there are not to be had', async () => {
    await expect(filesAt('1'.repeat(40))).rejects.toMatchObject({ code: 'not-found' });
    await expect(filesAt('--upload-pack=touch x')).rejects.toMatchObject({ code: 'not-found' });
    await expect(filesAt('1'.repeat(40), {}, 'file:///tmp/x')).rejects.toMatchObject({ code: 'not-found' });
  });

  it('are not fetched from inside the network for a registry outside of it', async () => {
    const commit = host.commit('tool', { 'x.js': '1' });
    const before = host.asked.length;
    await expect(filesAt(commit, { inside: false })).rejects.toMatchObject({ code: 'not-found' });
    await expect(filesAt(commit, { inside: false }, `${host.url.replace('127.0.0.1', 'localhost')}/tool.git`)).rejects.toThrow(/cannot be/);
    expect(host.asked.length).toBe(before);
  });

  it('end where they are more than is allowed, or do not come', async () => {
    const commit = host.commit('tool', { 'x.js': Array.from({ length: 20_000 }, Math.random).join() });
    await expect(filesAt(commit, { limitBytes: 10_000 })).rejects.toMatchObject({ code: 'limit' });
    const sockets = new Set<Socket>();
    const silent = createServer((socket) => void sockets.add(socket.on('error', () => undefined)));
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const there = `http://127.0.0.1:${(silent.address() as AddressInfo).port}/tool.git`;
    await expect(filesAt(commit, { milliseconds: 500 }, there)).rejects.toMatchObject({ code: 'network', message: expect.stringMatching(/in time/) });
    for (const socket of sockets) socket.destroy();
    silent.close();
  });

  it('are fetched without what the configuration of anybody names', async () => {
    const commit = host.commit('tool', { 'x.js': '1' });
    const marker = join(folder, 'ran');
    writeFileSync(
      join(folder, '.gitconfig'),
      `[credential]\n\thelper = "!touch ${marker}"\n[core]\n\tfsmonitor = "touch ${marker}"\n[url "file:///none"]\n\tinsteadOf = ${host.url}\n`,
    );
    process.env['HOME'] = folder;
    process.env['GIT_DIR'] = folder;
    process.env['http_proxy'] = 'http://127.0.0.1:9/';
    expect(await filesAt(commit)).toContainEqual(['x.js', '1']);
    expect(existsSync(marker)).toBe(false);
  });
});
