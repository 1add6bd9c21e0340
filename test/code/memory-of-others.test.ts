import { describe, expect, it } from '@jest/globals';
import { gradesOf } from '../helpers/an-update.ts';

const plain = 'exports.level = 1;';
const grade = async (after: string, before = plain) => (await gradesOf({ 'index.js': before }, { 'index.js': after })).import.grade;

describe('the memory of another process', () => {
  it.each([
    ['a template', `require('fs').openSync(\`/proc/\${process.ppid}/mem\`, 'r');`],
    [
      'joined',
      "const fs = require('node:fs'), path = require('path'); for (const id of fs.readdirSync('/proc')) fs.openSync(path.join('/proc', id, 'mem'));",
    ],
    ['added up, by a stream', "const fs = require('fs'); let at = '/proc/' + process.env.WORKER; fs.createReadStream(at + '/mem', { start: 4096 });"],
    ['a thread of it', `require('fs').promises.open(\`/proc/\${process.ppid}/task/\${process.ppid}/mem\`);`],
  ])('read by importing convicts by itself: %s', async (_, source) => {
    expect(await grade(`${plain}\n${source}`)).toBe('convicts');
  });

  it('convicts beside other places the release before named', async () => {
    const reader = "const fs = require('fs'); exports.rc = fs.readFileSync(require('os').homedir() + '/.npmrc');";
    expect(await grade(`${reader} fs.openSync(\`/proc/\${process.ppid}/mem\`)`, reader)).toBe('convicts');
  });

  it('convicts on install, by a script of another language too', async () => {
    const scripts = { scripts: { postinstall: 'python3 dump.py' } };
    const dump = `import sys\nwith open(f"/proc/{sys.argv[1]}/mem", "rb") as memory: print(memory.read(9))`;
    expect((await gradesOf({ 'index.js': plain }, { 'index.js': plain, 'dump.py': dump }, scripts)).install.grade).toBe('convicts');
    const shell = { scripts: { postinstall: 'sh run.sh' } };
    const lines = { 'index.js': plain, 'run.sh': 'dd if=/proc/$PPID/mem of=out bs=1M' };
    expect((await gradesOf({ ...lines, 'run.sh': 'echo done' }, lines, shell)).install.grade).toBe('convicts');
  });

  it('read by a function somebody calls is told', async () => {
    expect(await grade('exports.dump = (pid) => require("fs").openSync("/proc/" + pid + "/mem");')).toBe('suspicious');
  });

  it.each([
    ['figures of a process', `exports.rss = (pid) => require('fs').readFileSync(\`/proc/\${pid}/statm\`, 'utf8');`],
    ['the memory of the machine', "exports.all = require('fs').readFileSync('/proc/meminfo', 'utf8');"],
    ['its own', "const fs = require('fs'); fs.openSync('/proc/self/mem');"],
    ['only named', "exports.forbidden = ['/proc/1/mem', '/proc/*/mem'];"],
  ])('is not %s', async (_, source) => {
    expect(['none', 'weak']).toContain(await grade(source));
  });
});
