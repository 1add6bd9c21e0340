import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from '@jest/globals';

const script = fileURLToPath(new URL('../../.ci/results.mjs', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'depward-results-'));
afterAll(() => rmSync(folder, { recursive: true }));

function results(what: string, content: unknown) {
  const file = join(folder, 'r.json');
  if (content === undefined) rmSync(file, { force: true });
  else writeFileSync(file, JSON.stringify(content));
  const { status, stdout } = spawnSync(process.execPath, [script, what, file], { encoding: 'utf8' });
  return { status, line: stdout.trim() };
}

describe('the closing line of .ci/run', () => {
  it.each([
    [{ numPassedTests: 3, numFailedTests: 0 }, 'Tests: 3 passed, 0 failed', 0],
    [{ numPassedTests: 3, numFailedTests: 1 }, 'Tests: 3 passed, 1 failed', 1],
    [{ numPassedTests: 3, numFailedTests: 0, numRuntimeErrorTestSuites: 2 }, 'Tests: 3 passed, 2 failed', 1],
    [{ numPassedTests: 0, numFailedTests: 0 }, 'Tests: 0 passed, 0 failed', 1],
    [undefined, 'Tests: 0 passed, 0 failed', 1],
  ])('%j', (content, line, status) => {
    expect(results('tests', content)).toEqual({ status, line });
  });

  it('tells a registry out of reach from a report that blocks', () => {
    expect(results('incomplete', { complete: false, action: 'warn', gaps: [{ reason: 'time-out' }] })).toEqual({
      status: 0,
      line: 'NOT COMPLETE: 1 times something could not be told, first: time-out',
    });
    expect(results('incomplete', { complete: false, action: 'block' }).status).toBe(1);
    expect(results('incomplete', undefined).status).toBe(1);
  });
});
