import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { run, type WaiveOptions } from '../../src/commands/waive.ts';
import { anIo } from '../helpers/an-io.ts';

const integrity = `sha512-${'A'.repeat(86)}==`;
const given: WaiveOptions = { owner: 'ann', reason: 'our fork', expires: '2027-01-31' };

let folder: string;
let config: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'depward-waive-'));
  config = join(folder, 'depward.config.json');
});
afterEach(() => rmSync(folder, { recursive: true }));

const waive = (rule: string, subject: string, options: WaiveOptions = given) => run(rule, subject, options, anIo({ cwd: folder }).io);

function lockfile(...entries: readonly (readonly [key: string, entry: object])[]) {
  const packages = { '': { name: 'app' }, ...Object.fromEntries(entries.map(([key, entry]) => [`node_modules/${key}`, entry])) };
  writeFileSync(join(folder, 'package-lock.json'), JSON.stringify({ name: 'app', lockfileVersion: 3, packages }));
}

describe('waive', () => {
  it('adds a waiver and keeps comments and indentation', async () => {
    writeFileSync(config, '{\n    // ours\n    "extends": "strict",\n    "rules": {}\n}\n');
    await waive('typosquat', 'left@1.0.0', { ...given, integrity });
    expect(readFileSync(config, 'utf8')).toBe(`{
    // ours
    "extends": "strict",
    "rules": {},
    "waivers": [
        {
            "rule": "typosquat",
            "package": "left@1.0.0",
            "integrity": "${integrity}",
            "owner": "ann",
            "reason": "our fork",
            "expires": "2027-01-31"
        }
    ]
}
`);
    await waive('typosquat', '.npmrc');
    expect(JSON.parse(readFileSync(config, 'utf8').replace('// ours', '')).waivers[1]).toEqual({ rule: 'typosquat', file: '.npmrc', ...given });
    expect(readdirSync(folder)).toEqual(['depward.config.json']);
  });

  it('takes a package without its exact version for no file', async () => {
    for (const subject of ['left', '@acme/left', 'left@latest', '@acme/left@^1']) {
      await expect(waive('typosquat', subject)).rejects.toThrow(`${subject} is neither name@version nor a file here`);
    }
    writeFileSync(join(folder, 'Dockerfile'), '');
    await waive('npmrc-in-image', 'Dockerfile');
    await waive('lockfile-missing', 'app/package-lock.json');
    expect(JSON.parse(readFileSync(config, 'utf8')).waivers).toMatchObject([{ file: 'Dockerfile' }, { file: 'app/package-lock.json' }]);
  });

  it('binds to what the lockfile records', async () => {
    lockfile(['left', { version: '1.0.0', integrity }], ['a/node_modules/left', { version: '1.0.0', integrity }]);
    await waive('release-age', 'left@1.0.0');
    expect(JSON.parse(readFileSync(config, 'utf8'))).toMatchObject({ extends: 'recommended', waivers: [{ integrity }] });
  });

  it('takes no integrity for what has none', async () => {
    lockfile(['forked', { version: '1.0.0', resolved: 'git+ssh://git@git.example/a/forked.git#0123456789012345678901234567890123456789' }]);
    await waive('remote-source', 'forked@1.0.0');
    expect(JSON.parse(readFileSync(config, 'utf8')).waivers[0]).not.toHaveProperty('integrity');
  });

  it.each<[string, string, WaiveOptions, string]>([
    ['typosqat', 'a@1.0.0', { ...given, integrity }, 'there is no rule "typosqat"'],
    ['typosquat', 'a@1.0.0', { ...given, owner: ' ', integrity }, 'needs --owner'],
    ['typosquat', 'a@1.0.0', { owner: 'jo' }, 'needs --reason and --expires'],
    ['typosquat', 'a@1.0.0', { owner: 'a', expires: '2027-01-01', integrity }, 'needs --reason'],
    ['typosquat', 'a@1.0.0', { ...given, expires: 'soon', integrity }, '--expires is not a date'],
    ['typosquat', 'a@1.0.0', { ...given, expires: 'soon 2027', integrity }, '--expires is not a date: "soon 2027"'],
    ['typosquat', 'a@1.0.0', { ...given, expires: '2027-02-30', integrity }, '--expires is not a date'],
    ['typosquat', 'a@1.0.0', { ...given, expires: '2020-01-01', integrity }, 'in the past'],
    ['typosquat', 'a@1.0.0', { ...given, expires: '2099-01-01', integrity }, 'more than 366 days ahead'],
    ['typosquat', 'a@1.0.0', given, 'which artefact of a@1.0.0? there is no lockfile'],
    ['typosquat', 'a@1.0.0', { ...given, integrity: 'md5-x' }, '"integrity" must be'],
    ['typosquat', 'a@1', { ...given, integrity }, '"package" must be an exact'],
  ])('%s %s %j: %s', async (rule, subject, options, message) => {
    await expect(waive(rule, subject, options)).rejects.toThrow(message);
    expect(existsSync(config)).toBe(false);
  });

  it('does not guess between two artefacts of one version, and not twice', async () => {
    lockfile(['left', { version: '1.0.0', integrity }], ['a/node_modules/left', { version: '1.0.0', integrity: integrity.replace('A', 'B') }]);
    await expect(waive('release-age', 'left@1.0.0')).rejects.toThrow('several integrities');
    await waive('release-age', 'left@1.0.0', { ...given, integrity });
    await expect(waive('release-age', 'left@1.0.0', { ...given, integrity })).rejects.toThrow('holds this waiver already, until 2027-01-31');
  });
});
