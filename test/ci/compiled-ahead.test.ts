/** What the build compiled ahead is a shorter way to what the sources say, and never another; needs `dist/`, which `npm test` builds first. */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const root = fileURLToPath(new URL('../..', import.meta.url));
const list = join(root, 'dist', 'compiled.json');
const isOfThisNode = existsSync(list) && JSON.parse(readFileSync(list, 'utf8')).v8 === process.versions.v8;

(isOfThisNode ? describe : describe.skip)('code compiled ahead', () => {
  const folder = mkdtempSync(join(tmpdir(), 'depward-ahead-test-'));
  const dist = join(folder, 'dist');

  beforeAll(() => {
    cpSync(join(root, 'dist'), dist, { recursive: true });
    for (const name of ['data', 'package.json', 'node_modules']) symlinkSync(join(root, name), join(folder, name));
    mkdirSync(join(folder, 'empty'));
    // Says of each file that is run with compiled code whether V8 took it.
    writeFileSync(
      join(folder, 'watch.cjs'),
      `const vm = require('node:vm');
      vm.Script = class extends vm.Script {
        constructor(source, options) {
          super(source, options);
          if (options.cachedData) process.stdout.write((this.cachedDataRejected ? 'refused' : 'taken') + '\\n');
        }
      };`,
    );
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const ask = () => {
    const args = ['--require', join(folder, 'watch.cjs'), join(dist, 'cli.js'), 'check'];
    const env = { PATH: process.env['PATH'], HOME: folder, DEPWARD_CACHE: join(folder, 'cache'), NO_COLOR: '1' };
    const { stdout, stderr, status } = spawnSync(process.execPath, args, { cwd: join(folder, 'empty'), env, encoding: 'utf8' });
    return { parts: stdout.split('\n').filter((line) => line !== ''), said: stderr.split('\n')[0], status };
  };
  const usual = { said: 'depward: there is no lockfile in this folder', status: 2 };

  it('is taken by the Node that built it', () => {
    const { parts, ...answer } = ask();
    expect(answer).toEqual(usual);
    expect(parts.length).toBeGreaterThan(0);
    expect(parts).not.toContain('refused');
  });

  it('is left alone where a source is another, even of the same length', () => {
    const file = join(dist, 'check.js');
    const source = readFileSync(file, 'utf8');
    writeFileSync(file, source.replace('no lockfile in this folder', 'no lockfile in that folder'));
    const { said } = ask();
    writeFileSync(file, source);
    expect(said).toBe('depward: there is no lockfile in that folder');
  });

  it.each([
    ['of another V8', 'compiled.json', (text: string) => text.replace(process.versions.v8, '1.0')],
    ['damaged', 'compiled.json', (text: string) => text.slice(0, 40)],
    ['cut short', 'compiled.bin', () => ''],
    ['something else', 'compiled.bin', (text: string) => 'x'.repeat(text.length)],
  ])('is done without where it is %s', (_, name, altered) => {
    const file = join(dist, name);
    const kept = readFileSync(file);
    writeFileSync(file, altered(kept.toString('latin1')), 'latin1');
    const { parts, ...answer } = ask();
    writeFileSync(file, kept);
    expect(answer).toEqual(usual);
    expect(parts).not.toContain('taken');
  });
});
