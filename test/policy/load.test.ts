import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { findConfig, loadPolicy } from '../../src/policy/load.ts';

const rules = async () => [];
let top: string;
beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), 'depward-policy-'));
});
afterEach(() => rmSync(top, { recursive: true, force: true }));

function put(file: string, text: string | Uint8Array): string {
  mkdirSync(join(top, file, '..'), { recursive: true });
  writeFileSync(join(top, file), text);
  return join(top, file);
}

describe('the configuration of a project', () => {
  it('is the nearest one up to the repository root', () => {
    mkdirSync(join(top, 'repo/.git'), { recursive: true });
    mkdirSync(join(top, 'repo/packages/a'), { recursive: true });
    put('depward.config.json', '{}');
    expect(findConfig(join(top, 'repo/packages/a'))).toBeUndefined();
    const atRoot = put('repo/depward.config.json', '{}');
    expect(findConfig(join(top, 'repo/packages/a'))).toBe(atRoot);
    const nearer = put('repo/packages/depward.config.json', '{}');
    expect(findConfig(join(top, 'repo/packages/a'))).toBe(nearer);
  });

  it('is not looked for above a folder outside any repository', () => {
    put('depward.config.json', '{}');
    mkdirSync(join(top, 'a'));
    expect(findConfig(join(top, 'a'))).toBeUndefined();
    expect(findConfig(top)).toBe(join(top, 'depward.config.json'));
  });

  it('is recommended where there is none', async () => {
    expect((await loadPolicy({ folder: top, rules })).origin).toBe('recommended');
  });

  it('is named in mistakes by its path from the project', async () => {
    mkdirSync(join(top, 'repo/.git'), { recursive: true });
    mkdirSync(join(top, 'repo/a'));
    put('repo/depward.config.json', '\ufeff{"x": 1}');
    await expect(loadPolicy({ folder: join(top, 'repo/a'), rules })).rejects.toThrow('../depward.config.json:1:2: unknown key "x"');
  });

  it('can be named, and must then exist', async () => {
    put('other.json', '{"onFailed": "block"}');
    expect(await loadPolicy({ folder: top, config: 'other.json', rules })).toMatchObject({ onFailed: 'block', origin: 'other.json' });
    await expect(loadPolicy({ folder: top, config: 'none.json', rules })).rejects.toThrow('there is no configuration file');
  });

  it('is not followed out of the repository, read from a folder, or guessed from bytes', async () => {
    const secret = put('secret/key', '{"onFailed": "block"}');
    symlinkSync(secret, join(top, 'depward.config.json'));
    await expect(loadPolicy({ folder: top, rules })).rejects.toThrow('is not a regular file');
    expect((await loadPolicy({ folder: top, config: 'depward.config.json', rules })).onFailed).toBe('block');
    await expect(loadPolicy({ folder: top, config: 'secret', rules })).rejects.toThrow('is not a regular file');
    put('bytes.json', Uint8Array.of(0x7b, 0xff, 0x7d));
    await expect(loadPolicy({ folder: top, config: 'bytes.json', rules })).rejects.toThrow('UTF-8');
  });
});
