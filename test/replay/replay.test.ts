/** The runner end to end, through the built command line: one attack, judged at the minute it came out. */
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from '@jest/globals';

const root = fileURLToPath(new URL('../..', import.meta.url));

it('blocks rc 2021 at publication without the age rule, and writes the table between the markers only', async () => {
  if (!existsSync(join(root, 'dist/cli.js'))) throw new Error('run npm run build first');
  const folder = mkdtempSync(join(tmpdir(), 'depward-replay-test-'));
  const [json, readme] = [join(folder, 'out.json'), join(folder, 'README.md')];
  writeFileSync(readme, 'before\n<!-- replay: written by npm run replay, do not edit -->\nstale words\n<!-- replay end -->\nafter\n');
  await replay('--only', 'rc-2021', '--json', json, '--readme', readme);
  const { incidents } = JSON.parse(readFileSync(json, 'utf8'));
  expect(incidents).toMatchObject([
    { id: 'rc-2021', verdict: 'blocked', baselines: { ageHold: 'stopped', scriptsDenied: 'stopped', trustDowngrade: 'missed' } },
  ]);
  const written = readFileSync(readme, 'utf8');
  expect(written).toMatch(/^before\n<!--[\s\S]*\| rc-2021 \| \*\*blocked\*\* \|[\s\S]*<!-- replay end -->\nafter\n$/);
  expect(written).not.toContain('stale words');
}, 120_000);

function replay(...words: string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [join(root, 'test/replay/replay.mjs'), ...words], { cwd: root }, (error) => (error ? reject(error) : resolve()));
  });
}
