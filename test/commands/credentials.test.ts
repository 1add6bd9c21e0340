import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mintedCredentials } from '../../src/commands/credentials.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'depward-credentials-'));
  mkdirSync(join(root, 'project', '.git'), { recursive: true });
  mkdirSync(join(root, 'home'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const url = 'https://registry.example/npm/';

function aCommand(text: string, folder = 'home'): string {
  const file = join(root, folder, 'mint');
  writeFileSync(file, `#!/bin/sh\n${text}\n`);
  chmodSync(file, 0o755);
  return file;
}

function aFile(auth: unknown, folder = 'home'): string {
  const file = join(root, folder, 'user.json');
  writeFileSync(file, JSON.stringify({ auth }));
  return file;
}

function open(file: string, now: () => number = Date.now) {
  return mintedCredentials({ env: { ...process.env, DEPWARD_USER_CONFIG: file }, cwd: join(root, 'project'), now });
}

describe('credentials on demand', () => {
  it('come from a command without a shell, are kept until their time is over, and are asked for once', async () => {
    const program = aCommand(`echo x >> ${join(root, 'calls')}; printf '%s' "token-$1"`);
    let now = 1_000_000;
    const mint = open(aFile({ [url]: { command: [program, '$(id)'], ttl: 60 } }), () => now)(url);
    expect(await Promise.all([mint?.(), mint?.()])).toEqual(['Bearer token-$(id)', 'Bearer token-$(id)']);
    await mint?.();
    const calls = () => readFileSync(join(root, 'calls'), 'utf8').length / 2;
    expect(calls()).toBe(1);
    now += 61_000;
    await mint?.();
    expect(calls()).toBe(2);
    now -= 3_600_000;
    await mint?.();
    expect(calls()).toBe(3);
  });

  it('are for the registry named and no other', () => {
    const open1 = open(aFile({ [url]: { command: [aCommand('echo t')] } }));
    expect(open1('https://registry.example/other/')).toBeUndefined();
    expect(open1('https://registry.example.evil.example/npm/')).toBeUndefined();
    expect(open1(url)).toBeDefined();
  });

  it('that fail are an error without what was printed, and are tried again', async () => {
    const program = aCommand(`[ -e ${join(root, 'ok')} ] && echo fine || { echo secret; exit 1; }`);
    const mint = open(aFile({ [url]: { command: [program] } }))(url);
    const error = await mint?.().catch((thrown: unknown) => String(thrown));
    expect(error).toContain('failed or printed no token');
    expect(error).not.toContain('secret');
    writeFileSync(join(root, 'ok'), '');
    expect(await mint?.()).toBe('Bearer fine');
  });

  it('are refused when the checked repository names them, by a link too', () => {
    expect(() => open(aFile({}, 'project'))).toThrow('comes from the checked repository');
    symlinkSync(join(root, 'project', 'user.json'), join(root, 'home', 'linked.json'));
    expect(() => open(join(root, 'home', 'linked.json'))).toThrow('comes from the checked repository');
    expect(() => open(aFile({ [url]: { command: [aCommand('echo t', 'project')] } }))).toThrow('comes from the checked repository');
    expect(existsSync(join(root, 'calls'))).toBe(false);
  });

  it.each([
    [{ [url]: { command: 'vault read' } }, 'a list of words'],
    [{ [url]: { command: ['vault'] } }, 'absolute path'],
    [{ [url]: { command: ['/bin/echo'], ttl: -1 } }, 'number of seconds'],
    [{ 'registry.example': { command: ['/bin/echo'] } }, 'not a registry'],
  ])('say what is wrong with %j', (auth, message) => expect(() => open(aFile(auth))).toThrow(message));
});
