import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { run } from '../../src/commands/ls.ts';
import { anIo } from '../helpers/an-io.ts';

const fixtures = join(import.meta.dirname, '../../fixtures/lockfiles');

async function ls(folder: string, options: Parameters<typeof run>[0] = {}): Promise<string> {
  const { io, out } = anIo({ cwd: folder });
  expect(await run(options, io)).toBe(0);
  return out();
}

describe('ls', () => {
  it('prints one JSON object a line', async () => {
    const rows = (await ls(join(fixtures, 'pnpm-v9/everything'), { format: 'jsonl' }))
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(rows).toHaveLength(10);
    expect(rows.find((row) => row.name === 'real')).toEqual({
      name: 'real',
      version: '2.0.0',
      alias: 'ali',
      source: 'registry',
      integrity: expect.stringMatching(/^sha512-/),
      dev: false,
      optional: false,
      peer: false,
      bundled: false,
      file: 'pnpm-lock.yaml',
      line: expect.any(Number),
      column: 3,
      path: ['real@2.0.0'],
    });
    expect(rows.find((row) => row.name === '@acme/deep')).toMatchObject({ dev: true, path: ['devy@3.0.0', '@acme/deep@1.1.0'] });
  });

  it('prints text with place and way in', async () => {
    const text = await ls(join(fixtures, 'yarn-classic'), { lockfile: 'everything/yarn.lock' });
    expect(text).toContain('@acme/deep@1.1.0 (dev)  everything/yarn.lock:5  via devy@3.0.0\n');
    expect(text.endsWith('9 packages, yarn-classic v1\n')).toBe(true);
    const lines = readFileSync(join(fixtures, 'yarn-classic/everything/yarn.lock'), 'utf8').split('\n');
    expect(lines[4]).toContain('@acme/deep');
  });

  it('names the lockfile above, which workspaces share', async () => {
    const root = join(fixtures, 'pnpm-v9/everything');
    const error = await ls(join(root, 'packages/none')).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      message: expect.stringMatching(/no lockfile in this folder/),
      hint: expect.stringContaining('--lockfile ../../pnpm-lock.yaml'),
    });
  });

  it('says so when there is no lockfile, or no such format', async () => {
    await expect(ls(fixtures)).rejects.toThrow(/no lockfile/);
    await expect(ls(fixtures, { lockfile: 'x/y.lock' })).rejects.toThrow(/no x\/y\.lock/);
    await expect(ls(fixtures, { format: 'sarif' })).rejects.toThrow(/no format/);
  });
});
