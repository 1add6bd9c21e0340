import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { exitCodeOf, targetsOf, writeReports } from '../../src/commands/output.ts';
import { cleanReport, fullReport } from '../helpers/a-report.ts';
import { anIo } from '../helpers/an-io.ts';

const folder = mkdtempSync(join(tmpdir(), 'depward-output-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('where reports go', () => {
  it.each([
    [[], [{ format: 'text' }]],
    [['json'], [{ format: 'json' }]],
    [['sarif=a=b.sarif'], [{ format: 'text' }, { format: 'sarif', file: 'a=b.sarif' }]],
    [
      ['json', 'text=a.txt'],
      [{ format: 'json' }, { format: 'text', file: 'a.txt' }],
    ],
  ])('%j', (values, targets) => {
    expect(targetsOf(values)).toEqual(targets);
  });

  it.each([
    [['jsn'], 'there is no format "jsn" here'],
    [['\u001b[31m'], 'there is no format "\\u{1b}[31m"'],
    [['json', 'text'], 'only one format can go to stdout'],
    [['json='], 'lacks the file name'],
  ])('%j is a slip', (values, message) => {
    expect(() => targetsOf(values)).toThrow(message);
  });

  it('writes files from where the user stands', async () => {
    const { io, out } = anIo({ cwd: folder });
    await writeReports(fullReport, { format: ['json=report.json', 'github'] }, io);
    expect(JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8'))).toEqual(fullReport);
    expect(out()).toContain('::error');
    await expect(writeReports(fullReport, { format: ['json=no/such/folder'] }, io)).rejects.toThrow('could not be written');
  });

  it.each([
    ['no/such/folder', 'there is no such folder'],
    ['.', 'it is a folder'],
    ['/dev/full', 'the disk is full'],
  ])('says why %s could not be written, after having written the others', async (file, why) => {
    const { io } = anIo({ cwd: folder });
    await expect(writeReports(fullReport, { format: [`json=${file}`, 'sarif=after.sarif'] }, io)).rejects.toThrow(why);
    expect(JSON.parse(readFileSync(join(folder, 'after.sarif'), 'utf8'))).toHaveProperty('runs');
    rmSync(join(folder, 'after.sarif'));
  });

  it('is coloured on a terminal only, and not against the user’s wish', async () => {
    const shown = async (more: Parameters<typeof anIo>[0], options = {}) => {
      const { io, out } = anIo(more);
      await writeReports(fullReport, options, io);
      return out().includes('\u001b');
    };
    expect(await shown({ stdoutIsTTY: true })).toBe(true);
    expect(await shown({ stdoutIsTTY: false })).toBe(false);
    expect(await shown({ stdoutIsTTY: true, env: { NO_COLOR: '1' } })).toBe(false);
    expect(await shown({ env: { FORCE_COLOR: '1' } })).toBe(true);
    expect(await shown({ env: { FORCE_COLOR: '1', NO_COLOR: '1' } })).toBe(false);
    expect(await shown({ stdoutIsTTY: true, env: { FORCE_COLOR: '0' } })).toBe(false);
    expect(await shown({ stdoutIsTTY: true }, { color: false })).toBe(false);
  });

  it('becomes an exit code', () => {
    expect(exitCodeOf(cleanReport)).toBe(0);
    expect(exitCodeOf(fullReport)).toBe(1);
    expect(exitCodeOf({ ...cleanReport, complete: false })).toBe(2);
  });
});
