/**
 * Builds dist/: our own code, two parsers, and parts of npm's packages, bundled (every other dependency stays an import), and type
 * declarations. The command line is CommonJS, which starts without the loader of ES modules; what others import is ESM.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, resolve } from 'node:path';
import { build } from 'esbuild';
import { buildAlone, buildSplit } from './common-js.mjs';
import { root, sourceDigest } from './freshness.mjs';
import { publicRegistries } from './public-registries.mjs';
import { ruleParts } from './rule-parts.mjs';
import { buildWithin, fromWithin } from './within/index.mjs';

rmSync(`${root}/dist`, { recursive: true, force: true });
const common = {
  absWorkingDir: root,
  outdir: 'dist',
  bundle: true,
  packages: 'external',
  platform: 'node',
  target: 'node20.17',
  format: 'esm',
  legalComments: 'none',
  logLevel: 'warning',
};
/**
 * Parsers that come within the build: as packages they are dozens of files to find and compile in every run that needs them. The one of
 * YAML stays a file of its own, loaded when there is YAML to read; the one of JSON with comments goes where it is used.
 */
const yaml = 'yaml.cjs';
common.define = {
  'globalThis.depwardYaml': JSON.stringify(`./${yaml}`),
  'globalThis.depwardNpmTree': '"./npm-tree.cjs"',
  depwardPublicRegistries: JSON.stringify(publicRegistries.join(' ')),
};
const inside = {
  name: 'parsers within',
  setup: ({ onResolve }) => {
    onResolve({ filter: /^jsonc-parser$/ }, () => ({ path: `${root}/node_modules/jsonc-parser/lib/esm/main.js` }));
    onResolve({ filter: /^fastest-levenshtein$/ }, () => ({ path: `${root}/node_modules/fastest-levenshtein/esm/mod.js` }));
  },
};
/** What a configuration may say of each rule, and what reports say of it, is data: no rule is loaded to read one or to tell of one. */
const data = { 'rule-settings': 'settableRules', 'rule-pages': 'rulePages' };
const rulesAreData = {
  name: 'what is said of rules is data',
  setup: ({ onResolve }) =>
    onResolve({ filter: /\/rule-(?:settings|pages)\.ts$/ }, ({ kind, path }) =>
      kind === 'dynamic-import' ? { path: `./${basename(path, '.ts')}.js`, external: true } : undefined,
    ),
};
common.plugins = [inside, rulesAreData, fromWithin, ruleParts];
// The sources are ESM by the project's package.json; what is built says for itself what it is.
mkdirSync(`${root}/dist`);
writeFileSync(`${root}/dist/package.json`, '{ "type": "commonjs" }\n');
await build({
  ...common,
  stdin: { contents: "export { LineCounter, isAlias, isMap, isScalar, isSeq, parseAllDocuments } from 'yaml';", resolveDir: root },
  outdir: undefined,
  outfile: `dist/${yaml}`,
  packages: 'bundle',
  // Not `node`: the package's build for Node is made of files that cannot be told apart by what is used of them.
  platform: 'neutral',
  format: 'cjs',
  minifySyntax: true,
  minifyWhitespace: true,
});
const npmLicences = await buildWithin(common);
const licences = [
  ['yaml', 'LICENSE'],
  ['jsonc-parser', 'LICENSE.md'],
  ['fastest-levenshtein', 'LICENSE.md'],
].map(([name, file]) => {
  const { version } = JSON.parse(readFileSync(`${root}/node_modules/${name}/package.json`, 'utf8'));
  return `## ${name} ${version}\n\n${readFileSync(`${root}/node_modules/${name}/${file}`, 'utf8').trim()}\n`;
});
writeFileSync(
  `${root}/THIRD-PARTY-NOTICES.md`,
  `# Third-party notices\n\nThe files in dist/ contain parts of these packages.\n\n${[...licences, ...npmLicences].join('\n')}`,
);
/** What the commands that start fast load on demand: files of the large build, under names that stay. */
const onDemand = Object.fromEntries(
  [
    'main',
    'rule-book',
    'judge-files',
    'repository-rules/index',
    'rules/index',
    'resolve/lockfile-changes',
    'resolve/spec',
    'resolve/wanted-spec',
    'policy/parse',
    'evidence/read-tarball',
    'registry/stranger-bytes',
    'registry/git-way-out',
    'repository/fix',
    'repository/write',
    ...['affected', 'session'].map((name) => `commands/${name}`),
    ...['sarif', 'markdown', 'github', 'gitlab', 'junit'].map((name) => `reporters/${name}`),
  ].map((path) => [`${root}/src/${path}.ts`, path.replaceAll('/', '-')]),
);
const named = Object.entries(onDemand).map(([path, name]) => ({ in: path, out: name }));
const whole = ['index', 'verdaccio', 'bun', 'pnpm'].map((name) => ({ in: `src/${name}.ts`, out: name }));
await build({ ...common, entryPoints: whole, splitting: true, outExtension: { '.js': '.mjs' } });
await buildSplit({ ...common, entryPoints: named });
for (const [name, value] of Object.entries(data)) {
  await buildAlone({ ...common, entryPoints: [`src/${name}.ts`] });
  const file = `${root}/dist/${name}.js`;
  const text = JSON.stringify(JSON.stringify(createRequire(import.meta.url)(file)[value]));
  writeFileSync(file, `exports.__esModule = true;\nexports.${value} = JSON.parse(${text});\n`);
}
// The thread that reads large tarballs stands alone.
await buildAlone({ ...common, minifySyntax: true, minifyWhitespace: true, entryPoints: [{ in: 'src/evidence/read-worker.ts', out: 'read-worker' }] });
// The bin, the check, the gate and the doctor are one file each, which lead to the others only when they have to: every file that is opened and every
// kilobyte that is read before the first answer is waited for in every run.
const started = Object.fromEntries([
  ...['check', 'gate', 'gate-judging', 'gate-files', 'doctor', 'doctor-lockfiles'].map((name) => [`${root}/src/commands/${name}.ts`, name]),
  [`${root}/src/resolve/lockfiles/others.ts`, 'other-lockfiles'],
]);
/** Modules of Node that are slow to load, in a form that loads them when the first of their functions is called. */
const slow = {
  child_process: ['execFile', 'spawn', 'spawnSync'],
  crypto: ['createHash', 'createHmac', 'createPublicKey', 'hash', 'randomBytes', 'verify'],
  'fs/promises': ['mkdir', 'mkdtemp', 'readFile', 'readdir', 'rm', 'writeFile'],
};
const later = {
  name: 'slow modules when they are used',
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: /^node:(?:child_process|crypto|fs\/promises)$/ }, ({ path, kind }) =>
      kind === 'dynamic-import' ? undefined : { path: path.slice('node:'.length), namespace: 'later' },
    );
    onLoad({ filter: /^/, namespace: 'later' }, ({ path }) => ({
      contents: slow[path]
        .map((name) => `export const ${name} = (...given) => process.getBuiltinModule('node:${path}').${name}(...given);`)
        .join('\n'),
    }));
  },
};
await buildAlone({
  ...common,
  minifySyntax: true,
  minifyWhitespace: true,
  entryPoints: [{ in: 'src/cli.ts', out: 'cli' }, ...Object.entries(started).map(([path, name]) => ({ in: path, out: name }))],
  plugins: [
    inside,
    rulesAreData,
    fromWithin,
    ruleParts,
    later,
    {
      name: 'the rest is another build',
      setup: ({ onResolve }) =>
        onResolve({ filter: /^\./ }, ({ kind, path, resolveDir }) => {
          const name = kind === 'dynamic-import' ? { ...onDemand, ...started }[resolve(resolveDir, path)] : undefined;
          return name === undefined ? undefined : { path: `./${name}.js`, external: true };
        }),
    },
  ],
});
const types = spawnSync(process.execPath, [`${root}/node_modules/typescript/bin/tsc`, '--emitDeclarationOnly'], { cwd: root, stdio: 'inherit' });
if (types.status !== 0) process.exit(types.status ?? 1);
writeFileSync(`${root}/dist/.built-from`, sourceDigest());
