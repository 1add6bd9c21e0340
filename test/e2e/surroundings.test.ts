/** The command line in places a user did not prepare: a folder that is gone, output that cannot be written, terminals without a size. */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { cliPath } from '../helpers/run-cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'depward-around-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Through a shell, for what only a shell can do; `depward` is the built command line, `gone` a folder to be taken away. */
function shell(script: string) {
  const env = { ...process.env, HOME: folder, DEPWARD_CACHE: join(folder, 'cache'), npm_config_registry: 'http://127.0.0.1:9/' };
  const depward = `depward() { "${process.execPath}" "${cliPath}" "$@"; }\n`;
  const ran = spawnSync('bash', ['-c', depward + script], { cwd: folder, env, encoding: 'utf8', timeout: 60_000, maxBuffer: 4_000_000 });
  return { code: ran.status, stdout: ran.stdout, stderr: ran.stderr };
}

const oneLine = (message: string) => new RegExp(`^depward: [^\\n]*${message}[^\\n]*\\n(?: {9}[^\\n]+\\n)?$`);

describe('a working folder that is gone', () => {
  for (const command of ['check left-pad', 'check', 'gate', 'doctor', 'ls', 'init', 'rules']) {
    it(`is told by ${command}, in one line and not as a verdict`, () => {
      const ran = shell(`mkdir gone && cd gone && rmdir ../gone && depward ${command}`);
      expect(ran).toMatchObject({ code: 2, stdout: '' });
      expect(ran.stderr).toMatch(oneLine('is gone'));
    });
  }
});

describe('output that cannot be written', () => {
  (existsSync('/dev/full') ? it : it.skip)('is told, and is no verdict', () => {
    const ran = shell('depward rules > /dev/full');
    expect(ran.code).toBe(2);
    expect(ran.stderr).toMatch(oneLine('could not be written'));
  });

  it('because the reader has gone is not worth a word', () => {
    expect(shell('depward rules --json | true').stderr).toBe('');
  });
});

describe('a terminal without a size', () => {
  const script = spawnSync('script', ['--version']).status === 0;
  (script ? it : it.skip)('gets no progress line, which would never end there, and unbroken text', () => {
    const ran = shell('script -qec "stty cols 0 rows 0; node \'$CLI\' check left-pad" /dev/null'.replace('$CLI', cliPath));
    expect(ran.stdout.length).toBeLessThan(2000);
    expect(ran.stdout).toMatch(/depward: the registry could not be asked for left-pad/);
  });
});

describe('a dist folder without what depward needs', () => {
  it('is told, where it does not suffice', () => {
    const copy = join(folder, 'copy');
    cpSync(dirname(cliPath), join(copy, 'dist'), { recursive: true });
    cpSync(join(dirname(cliPath), '../data'), join(copy, 'data'), { recursive: true });
    const ran = shell(`mkdir -p bare && cd bare && "${process.execPath}" "${join(copy, 'dist/cli.js')}" check ./nowhere`);
    expect(ran).toMatchObject({ code: 2, stdout: '' });
    expect(ran.stderr).toMatch(/^depward: a package that depward needs is not installed: @npmcli\/arborist\n +Install depward with[^\n]*\n$/);
  });
});
