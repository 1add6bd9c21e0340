import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { openRegistry } from '../../src/registry/client.ts';
import { recall, signerOf } from '../../src/registry/remembered.ts';

const untouched = { ...process.env };
let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'depward-remembered-'));
  delete process.env.npm_config_user_agent;
  process.env.DEPWARD_CACHE = folder;
});
afterEach(() => {
  process.env = untouched;
  rmSync(folder, { recursive: true, force: true });
});

it('remembers the configuration although npm’s reader writes into the environment of the process', async () => {
  const asNextTime = { cwd: folder, env: { ...process.env } };
  const registry = await openRegistry({ cwd: folder, env: process.env, now: () => 0, signal: new AbortController().signal });
  registry.close();
  expect(process.env.npm_config_user_agent).toBeDefined();
  expect(recall(folder, signerOf(folder), asNextTime)).toBeDefined();
});
