import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { makeFolder } from '../../src/registry/make-folder.ts';
import { cliPath } from '../helpers/run-cli.ts';

const base = mkdtempSync(join(tmpdir(), 'depward-folder-'));
afterAll(() => rmSync(base, { recursive: true, force: true }));

describe('a folder', () => {
  it('is made with those above it, and may be there', () => {
    const path = join(base, 'a/b/c');
    makeFolder(path);
    makeFolder(path);
    expect(statSync(path).mode & 0o777).toBe(0o700);
  });

  it('is refused where a file is in the way', () => {
    writeFileSync(join(base, 'file'), '');
    expect(() => makeFolder(join(base, 'file'))).toThrow(/EEXIST/);
    expect(() => makeFolder(join(base, 'file/below'))).toThrow(/ENOTDIR/);
  });

  (existsSync('/proc/self/fd') ? it : it.skip)('is given up on where nothing can be made', () => {
    expect(() => makeFolder('/proc/none/x')).toThrow(/ENOENT/);
    const env = { PATH: process.env.PATH ?? '', HOME: base, DEPWARD_CACHE: '/proc/none/x', npm_config_registry: 'http://127.0.0.1:9/' };
    const { status, stderr } = spawnSync(process.execPath, [cliPath, 'check', 'left'], { cwd: base, env, encoding: 'utf8', timeout: 60_000 });
    expect(status).toBe(2);
    expect(stderr).toContain('refuses connections');
  });
});
