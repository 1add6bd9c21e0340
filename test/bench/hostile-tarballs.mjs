/** Tarballs at the limits of what is read, each made to take as much memory as it can: names and how to make them. */
import { randomBytes } from 'node:crypto';
import { createGzip } from 'node:zlib';
import { load } from './load.mjs';

const { block, pax, endOfArchive } = await load('test/helpers/a-tarball.ts');
const megabyte = 2 ** 20;
/** The largest script that is parsed. */
const largest = 5 * megabyte - 64;

export const hostileTarballs = {
  'ordinary code, minified': () => ofScripts(repeated('a=[b.c(d=>e+f),{g:h`i`}];')),
  'three such scripts': () => ofScripts(...[1, 2, 3].map((at) => `${at};${repeated('a=[b.c(d=>e+f),{g:h`i`}];').slice(0, largest - 8)}`)),
  'one sum': () => ofScripts(`x=1${repeated('+1')}`),
  'one chain of members': () => ofScripts(`x=a${repeated('.b')}`),
  'one chain of calls': () => ofScripts(`x=a${repeated('()')}`),
  'deeply nested lists': () => ofScripts(`x=${'['.repeat(largest / 2 - 8)}${']'.repeat(largest / 2 - 8)}`),
  'nested functions': () => ofScripts(`${'function a(){'.repeat(2000)}${'}'.repeat(2000)}${repeated('(()=>{})();')}`),
  'tiny functions': () => ofScripts(repeated((at) => `function a${at.toString(36)}(){}`)),
  'a table of strings': () => ofScripts(`var a=[${repeated((at) => `"${at.toString(36)}",`)}]`),
  'a table of numbers': () => ofScripts(`var a=[${repeated('1,')}]`),
  'a table of holes': () => ofScripts(`var a=[${repeated(',')}]`),
  properties: () => ofScripts(`var a={${repeated((at) => `k${at.toString(36)}:1,`)}}`),
  names: () => ofScripts(`var ${repeated((at) => `k${at.toString(36)},`)}z`),
  'calls that may tell': () => ofScripts(repeated((at) => `fetch("http://h${at}.example/");`)),
  'strings put together': () => ofScripts(repeated((at) => `s${at}="a"+"b"+x${at};`)),
  'one pattern': () => ofScripts(`x=/${repeated('(a|b)*')}/`),
  'one template': () => ofScripts(`x=\`${repeated(['$', '{a}'].join(''))}\``),
  'one line of blanks': () => ofScripts(`${' '.repeat(largest - 8)}x()`),
  'encoded text': () => ofScripts(`x="${repeated('QUJDRA')}"`),
  'not a script': () => ofScripts(`((((${repeated('child_process "http://x.example" eval(')}`),
  'a large package.json': () =>
    packed({ 'package.json': `{"name":"hostile","version":"1.0.0","x":{${repeated((at) => `"k${at}":{},`, 11 * megabyte)}"z":1}}` }),
  'the largest package.json that is read': () =>
    packed({ 'package.json': `{"name":"hostile","version":"1.0.0","x":[${'[],'.repeat(2 ** 21 / 3 - 40)}1]}` }),
  'package.json in every folder': () =>
    packed(
      manifest,
      times(28, (at) => ({ path: `package/${at}/package.json`, body: `{"main":"x","x":[${'[],'.repeat(2 ** 20 / 3 - 40)}1]}` })),
    ),
  'a shell script of empty lines': () =>
    packed({
      'package.json': '{"name":"hostile","version":"1.0.0","scripts":{"postinstall":"sh x.sh"}}',
      'x.sh': `${'\n'.repeat(11 * megabyte)}curl x`,
    }),
  'a script of empty lines': () => ofScripts(`${'\n'.repeat(largest - 80)}require("child_process").exec("x")`),
  'a script of tokens': () => ofScripts(`${'\n'.repeat(11 * megabyte)}require("child_process").exec("x"`),
  'all that is kept': () => ofScripts(...Array.from({ length: 7 }, (_, at) => `x${at}=1;/*${'a'.repeat(4 * megabyte)}*/`)),
  'small files': () =>
    packed(
      manifest,
      times(99_000, (at) => ({ path: `package/${at}.js`, body: `require("./${at + 1}")` })),
    ),
  'small files by their names': () =>
    packed(
      manifest,
      times(99_000, (at) => ({ path: `package/d${at}/e${at}/f${at}/g.json`, body: '{}' })),
    ),
  'long names': () =>
    packed(
      manifest,
      times(99_000, (at) => [pax({ path: `package/${longName(at)}` }), { path: 'x', body: '1' }]),
    ),
  zeros: () =>
    packed(
      manifest,
      times(1000, (at) => ({ path: `package/${at}.bin`, body: zeros })),
    ),
  'one file of zeros': () => packed(manifest, [{ path: 'package/a.js', body: zeros, size: 1000 * megabyte }, ...times(999, () => zeros)]),
};

/** What a tree of many large packages has: bundles of code as they are published, programs, and small packages between them. */
export const largeTree = Array.from({ length: 24 }, (_, at) => {
  if (at % 3 === 0) return () => ofScripts(bundle(at, 3.5 * megabyte), bundle(at + 100, 3 * megabyte));
  if (at % 3 === 1) return () => packed(manifest, [...times(30, () => ({ path: `package/${at}.node`, body: randomBytes(megabyte) }))]);
  return () => ofScripts(...times(20, (file) => bundle(1000 * at + file, 20_000)));
});

const manifest = { 'package.json': '{"name":"hostile","version":"1.0.0","main":"0.js"}' };
const zeros = Buffer.alloc(megabyte);

/** Code with text that is not ASCII in it, no two functions alike. */
function bundle(seed, most) {
  const code = (at) =>
    `var m${at}=(e,t)=>{const{a:n${at},b:r}=t["k${at}"]??{};for(const i of e.list)if(i.type==="…${(at * seed).toString(36)}")n${at}.push({key:i.key+r,of:()=>m${at >> 1}?.(i,t)});return n${at}};\n`;
  return repeated(code, Math.floor(most));
}

function longName(at) {
  return `${at}/${`${'n'.repeat(250)}/`.repeat(15)}x.js`;
}

function repeated(piece, most = largest - 64) {
  const of = typeof piece === 'string' ? () => piece : piece;
  const parts = [];
  for (let at = 0, length = 0; ; at++) {
    const next = of(at);
    length += next.length;
    if (length > most) return parts.join('');
    parts.push(next);
  }
}

function ofScripts(...scripts) {
  const files = Object.fromEntries(scripts.map((text, at) => [`${at}.js`, text]));
  const main = scripts.map((_, at) => `require("./${at}.js");`).join('');
  return packed({ 'package.json': '{"name":"hostile","version":"1.0.0","main":"index.js"}', 'index.js': main, ...files });
}

function* times(count, make) {
  for (let at = 0; at < count; at++) yield make(at);
}

/** Packs files, then entries and raw bytes as they come: some are more than fits into memory. */
async function packed(files, entries = []) {
  const gzip = createGzip({ level: 1 });
  const pieces = [];
  gzip.on('data', (piece) => pieces.push(piece));
  const ended = new Promise((resolve, reject) => gzip.on('end', resolve).on('error', reject));
  const write = (bytes) => gzip.write(bytes) || new Promise((resolve) => gzip.once('drain', resolve));
  for (const [path, body] of Object.entries(files)) await write(block({ path: `package/${path}`, body }));
  for (const entry of entries) for (const one of [entry].flat()) await write(Buffer.isBuffer(one) ? one : block(one));
  gzip.end(endOfArchive);
  await ended;
  return Buffer.concat(pieces);
}
