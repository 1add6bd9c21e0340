/**
 * CommonJS of our ES modules: it starts without the loader of ES modules, which takes longer than all that the bin does. Where
 * packages are imported on demand, they are required on demand.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { build, transform } from 'esbuild';

const here = 'depwardHere';
const imported = 'depwardImport';
const lines = {
  [here]: `const ${here} = require('node:url').pathToFileURL(__filename).href;`,
  // Where this stands esbuild does not look: it would make a `require` of it.
  [imported]: `const ${imported} = (name) => import(name);`,
};
const asCommonJs = {
  format: 'cjs',
  supported: { 'dynamic-import': false },
  define: { 'import.meta.url': here },
};

/** Packages that are ESM alone are imported in truth. */
const esmAlone = {
  name: 'packages that are ESM alone',
  setup: ({ onLoad }) =>
    onLoad({ filter: /[/\\]commands[/\\]progress\.ts$/ }, ({ path }) => ({
      contents: readFileSync(path, 'utf8').replace("import('ora')", `${imported}('ora')`),
      loader: 'ts',
    })),
};

/** Builds files that stand alone. */
export async function buildAlone({ define, plugins, ...options }) {
  const { outputFiles } = await build({
    ...options,
    ...asCommonJs,
    define: { ...define, ...asCommonJs.define },
    plugins: [esmAlone, ...plugins],
    write: false,
  });
  for (const { path, text } of outputFiles) write(path, text);
}

/** Builds files with parts in common. */
export async function buildSplit({ plugins, minifySyntax, minifyWhitespace, ...options }) {
  // Only ES modules can be split: each of them is turned over by itself.
  const { outputFiles } = await build({ ...options, plugins: [esmAlone, ...plugins], splitting: true, format: 'esm', write: false });
  for (const { path, text } of outputFiles) {
    const { code } = await transform(text, {
      ...asCommonJs,
      platform: 'node',
      target: options.target,
      sourcefile: `${path}.mjs`,
      legalComments: 'none',
      minifySyntax,
      minifyWhitespace,
    });
    write(path, code);
  }
}

function write(path, converted) {
  // What Node does when an ES module imports CommonJS (`1`) is for packages; our own files say what their default is.
  const code = inAscii(converted).replace(/(__toESM\(require\("\.\/[^"]+\.js"\)), ?1\)/g, '$1)');
  const [start, shebang = ''] = /^(#!.*\n)?(?:"use strict";\n?)?/.exec(code);
  const settled = settledExports(code);
  const needed = Object.entries(lines).flatMap(([name, line]) => (code.includes(name) ? `${line}\n` : []));
  // ES modules are strict without saying so.
  writeFileSync(path, `${shebang}"use strict";\n${needed.join('')}${code.slice(start.length)}${settled}`, { mode: shebang === '' ? 0o644 : 0o755 });
}

/**
 * esbuild leaves patterns as they are: for one letter in one of them the whole file would be held in twice the memory, and read more slowly.
 */
function inAscii(code) {
  if (code.includes('String.raw')) return code;
  return code.replace(/[^\0-\x7f]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/**
 * What a file exports, as plain values once it has run: through esbuild's two getters each call from another file costs several times as
 * much, and is never inlined. Files that are still being read (in circles) see the getters. No export of ours changes later.
 */
function settledExports(code) {
  const [, name, list] = /^__export\((\w+), \{\n([^}]*)\n\}\);\nmodule\.exports = __toCommonJS\(\1\);$/m.exec(code) ?? [];
  if (name === undefined || code.includes('__esm(')) return '';
  const values = list.replace(/^ {2}(\w+|"[^"]+"): \(\) => ([\w$]+)(,?)$/gm, '  $1: $2$3');
  if (values.includes('=>')) return '';
  return `module.exports = {\n  __esModule: true,\n${values}\n};\n`;
}
