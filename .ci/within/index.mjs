/**
 * Parts of npm's packages that come within the build, one file each: as packages they are hundreds of files to find and compile in every
 * run that needs them. The packages stay dependencies, for all that is left out here.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { build } from 'esbuild';
import { root } from '../freshness.mjs';
import { withPlaces } from './with-places.mjs';
import { withSteps } from './with-steps.mjs';

const here = `${root}/.ci/within`;
const { resolve } = createRequire(`${root}/package.json`);

/** What of npm's packages our own code asks for, and in which file it comes. */
const files = {
  semver: ['semver'],
  'npm-specs': ['npm-package-arg', 'npm-pick-manifest', 'ssri'],
  'npm-auth': ['npm-registry-fetch/lib/auth.js'],
  'npm-config': ['@npmcli/config', '@npmcli/config/lib/definitions/index.js'],
  // The parser of JavaScript: as a package it brings the loader of ES modules into the thread that reads tarballs.
  meriyah: ['meriyah'],
  'typescript-parser': ['@babel/parser'],
};
/** Loaded when the first of its functions is called. */
const late = new Set(['@babel/parser']);
const fileOf = new Map(Object.entries(files).flatMap(([file, names]) => names.map((name) => [name, file])));
/** Each is run when somebody asks for it. */
const exporting = (names) =>
  names.map((name) => `Object.defineProperty(exports, ${JSON.stringify(name)}, { get: () => require(${JSON.stringify(name)}) });`).join('\n');

/** Imports of those packages lead to these files. */
export const fromWithin = {
  name: 'from within',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /./ }, ({ path }) => (fileOf.has(path) ? { path, namespace: 'within' } : undefined));
    onResolve({ filter: /\.cjs$/, namespace: 'within' }, ({ path }) => ({ path, external: true }));
    onLoad({ filter: /./, namespace: 'within' }, ({ path }) => {
      const named = Object.keys(createRequire(`${root}/package.json`)(path)).filter((name) => /^[a-z]\w*$/i.test(name) && name !== 'default');
      const lines = [
        "import { createRequire } from 'node:module';",
        ...named
          .filter(() => late.has(path))
          .map(
            (name) =>
              `export const ${name} = (...given) => createRequire(import.meta.url)('./${fileOf.get(path)}.cjs')[${JSON.stringify(path)}].${name}(...given);`,
          ),
      ];
      if (late.has(path)) return { contents: lines.join('\n'), resolveDir: root };
      lines.push(
        `const whole = createRequire(import.meta.url)('./${fileOf.get(path)}.cjs')[${JSON.stringify(path)}];`,
        `export const { ${named.join(', ')} } = whole;`,
        'export default whole;',
      );
      return { contents: lines.join('\n'), resolveDir: root };
    });
  },
};

/** What npm's packages require of semver piece by piece. */
const partsOfSemver = new Map([
  ...['clean', 'satisfies', 'valid'].map((name) => [`semver/functions/${name}`, name]),
  ['semver/ranges/valid', 'validRange'],
]);

/** What several of these files need comes in one of them, and is required from there. */
const elsewhere = (...homes) => ({
  name: 'elsewhere',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^[a-z-]+$/ }, ({ path }) => (homes.includes(fileOf.get(path)) ? { path, namespace: 'elsewhere' } : undefined));
    onResolve({ filter: /^semver\// }, ({ path }) => (partsOfSemver.has(path) ? { path, namespace: 'part of semver' } : undefined));
    onResolve({ filter: /^\.\/(?:npm-specs|semver)\.cjs$/ }, ({ path }) => ({ path, external: true }));
    onLoad({ filter: /./, namespace: 'elsewhere' }, ({ path }) => ({
      contents: `module.exports = require('./${fileOf.get(path)}.cjs')['${path}'];`,
    }));
    onLoad({ filter: /./, namespace: 'part of semver' }, ({ path }) => ({
      contents: `module.exports = require('./semver.cjs').semver.${partsOfSemver.get(path)};`,
    }));
  },
});
const shared = elsewhere('semver', 'npm-specs');

/** What the settings of a project within another need: required where it is used, and not even read before that. */
const seldom = {
  name: 'seldom',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^@npmcli\/(?:package-json|map-workspaces)$/ }, ({ path }) => ({ path, namespace: 'seldom' }));
    onResolve({ filter: /npm-workspaces\.cjs$/ }, ({ path }) => ({ path, external: true }));
    onLoad({ filter: /./, namespace: 'seldom' }, ({ path }) => ({ contents: `module.exports = require('./npm-workspaces.cjs')['${path}'];` }));
  },
};

/** Of a request with credentials for a scope the name is taken apart. */
const specsWhenAsked = {
  name: 'specs when asked',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^npm-package-arg$/ }, ({ path }) => ({ path, namespace: 'asked' }));
    onResolve({ filter: /npm-specs\.cjs$/ }, ({ path }) => ({ path, external: true }));
    onLoad({ filter: /./, namespace: 'asked' }, ({ path }) => ({
      contents: `module.exports = (...given) => require('./npm-specs.cjs')['${path}'](...given);`,
    }));
  },
};

/** A range of versions is no address, which is costly to find out for each of thousands. */
const rangesAreNoAddress = {
  name: 'ranges are no address',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^hosted-git-info$/ }, ({ importer }) => (importer === 'git-info' ? undefined : { path: 'git-info', namespace: 'git-info' }));
    onLoad({ filter: /./, namespace: 'git-info' }, () => ({
      resolveDir: root,
      contents: `const Hosted = require(${JSON.stringify(resolve('hosted-git-info'))});
        const whole = Hosted.fromUrl;
        Hosted.fromUrl = (url, options) => (typeof url === 'string' && /^[\\w.^~<>=|*+ -]*$/.test(url) ? undefined : whole.call(Hosted, url, options));
        module.exports = Hosted;`,
    }));
  },
};

/** Where a node of a syntax tree begins and ends is held in the node. */
const roomForPlaces = {
  name: 'room for places',
  setup({ onLoad }) {
    onLoad({ filter: /\bmeriyah\.cjs$/ }, ({ path }) => ({ contents: withPlaces(readFileSync(path, 'utf8')) }));
  },
};

/** How often a parser that tries one reading after another may go on to a next token. */
const limitedSteps = {
  name: 'limited steps',
  setup({ onLoad }) {
    onLoad({ filter: /@babel[\\/]parser[\\/]lib[\\/]index\.js$/ }, ({ path }) => ({ contents: withSteps(readFileSync(path, 'utf8')) }));
  },
};

/** Node complains of `url.parse` outside node_modules, where this then is; the way a setting is read stays npm's own. */
const addressesUnremarked = {
  name: 'addresses unremarked',
  setup({ onLoad }) {
    onLoad({ filter: /\bnopt[\\/]lib[\\/]type-defs\.js$/ }, ({ path }) => {
      const parts = readFileSync(path, 'utf8').split('url.parse(String(val))');
      if (parts.length !== 2) throw new Error(`${path} reads addresses in another way now`);
      const unremarked = `(parse => {
        const { noDeprecation } = process;
        process.noDeprecation = true;
        try { return parse(String(val)); } finally { process.noDeprecation = noDeprecation; }
      })(url.parse)`;
      return { contents: parts.join(unremarked) };
    });
  },
};

/** Of the tree builder: computing trees, without writing, unpacking, running or asking anything. */
const treeOnly = {
  name: 'trees only',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^pacote$/ }, () => ({ path: `${here}/pacote.cjs` }));
    onResolve({ filter: /^npm-registry-fetch$/ }, () => ({ path: `${here}/registry-fetch.cjs` }));
    const unused =
      /^(?:cacache|bin-links|@npmcli\/(?:run-script|metavuln-calculator|query|installed-package-contents|node-gyp))$|\/(?:audit-report|query-selector-all)\.js$/;
    onResolve({ filter: unused }, ({ path }) => ({ path, namespace: 'unused' }));
    onResolve({ filter: /\/(?:rebuild|reify|isolated-reifier)\.js$/ }, ({ path }) => ({ path, namespace: 'mixin' }));
    onLoad({ filter: /./, namespace: 'unused' }, () => ({ contents: 'module.exports = class {};' }));
    onLoad({ filter: /./, namespace: 'mixin' }, () => ({ contents: 'module.exports = (base) => base;' }));
  },
};

/** Builds them into dist/; the licences of all packages with a part in it. */
export async function buildWithin(common) {
  const outputs = [];
  for (const [name, contents, plugins] of [
    ['semver', exporting(files.semver), []],
    ['npm-specs', exporting(files['npm-specs']), [elsewhere('semver'), rangesAreNoAddress]],
    ['npm-auth', exporting(files['npm-auth']), [specsWhenAsked]],
    ['npm-config', exporting(files['npm-config']), [seldom, shared, addressesUnremarked]],
    ['npm-workspaces', exporting(['@npmcli/package-json', '@npmcli/map-workspaces']), [shared]],
    ['meriyah', exporting(files.meriyah), [roomForPlaces]],
    ['typescript-parser', exporting(files['typescript-parser']), [limitedSteps]],
    ['npm-tree', "module.exports = require('@npmcli/arborist/lib/arborist/index.js');", [treeOnly, shared, rangesAreNoAddress]],
  ]) {
    const { metafile } = await build({
      ...common,
      plugins,
      stdin: { contents, resolveDir: root },
      outdir: undefined,
      outfile: `dist/${name}.cjs`,
      packages: 'bundle',
      format: 'cjs',
      minifySyntax: true,
      minifyWhitespace: true,
      metafile: true,
    });
    outputs.push(...Object.values(metafile.outputs));
  }
  const used = outputs.flatMap(({ inputs }) => Object.entries(inputs).filter(([, { bytesInOutput }]) => bytesInOutput > 0));
  const folders = used.flatMap(([path]) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? []);
  return [...new Set(folders)].sort().map(licenceOf);
}

function licenceOf(folder) {
  const manifest = JSON.parse(readFileSync(`${root}/${folder}/package.json`, 'utf8'));
  const file = readdirSync(`${root}/${folder}`).find((name) => /^licen[cs]e/i.test(name));
  const text = file ? readFileSync(`${root}/${folder}/${file}`, 'utf8').trim() : manifest.license;
  return `## ${manifest.name} ${manifest.version}\n\n${text}\n`;
}
