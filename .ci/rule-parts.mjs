/**
 * A rule's file holds its check, its doc page and its worked examples. Where packages are judged only the check is needed, where rules are
 * spoken of only the page, and the tests alone show it the examples: the build takes the file apart.
 */
import { readFileSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { transformSync } from 'esbuild';
import { parseModule } from 'meriyah';
import { root } from './freshness.mjs';

const folders = ['rules', 'repository-rules'].map((name) => `${root}/src/${name}`);
/** Those who ask for pages; all others judge. */
const speakers = ['rule-book', 'rule-pages'].map((name) => `${root}/src/${name}.ts`);
/** What judging asks of `meta`: what `JudgingMeta` in model/rule.ts names. */
const judgingMeta = new Set(['id', 'family', 'severity']);

/** Imports of rules lead to the part that the importing file needs. */
export const ruleParts = {
  name: 'rule parts',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^\..*\.ts$/ }, ({ path, importer, resolveDir, pluginData }) => {
      const target = resolve(resolveDir, path);
      if (!folders.includes(dirname(target))) return undefined;
      return speakers.includes(importer) || pluginData?.pages ? { path: target, suffix: '?pages' } : undefined;
    });
    onLoad({ filter: /[/\\](?:repository-)?rules[/\\][a-z-]+\.ts$/ }, ({ path, suffix }) => {
      if (!folders.includes(dirname(path))) return undefined;
      const pages = suffix === '?pages';
      const { code } = transformSync(readFileSync(path, 'utf8'), { loader: 'ts', target: 'es2022' });
      const contents = basename(path) === 'index.ts' ? code : partOf(code, pages, path);
      return { contents, loader: 'js', resolveDir: dirname(path), pluginData: { pages } };
    });
  },
};

function partOf(code, pages, path) {
  const exported = parse(code).body.find(({ type }) => type === 'ExportDefaultDeclaration')?.declaration;
  if (!/^define(?:Repository)?Rule$/.test(exported?.callee?.name ?? '')) return code;
  const members = exported.arguments[0].properties;
  const member = (name) => members.find((each) => each.key?.name === name);
  const examples = member('examples');
  const meta = member('meta');
  if (!examples || meta?.value.type !== 'ObjectExpression') throw new Error(`${path}: the parts of this rule cannot be told apart`);
  const dropped = pages ? [member('check'), member('reads')].filter(Boolean) : meta.value.properties.filter(({ key }) => !judgingMeta.has(key.name));
  const cuts = [...dropped.map(({ start, end }) => ({ start, end: pastComma(code, end) })), { ...rangeOf(examples), by: 'examples: []' }];
  return withoutUnused(cut(code, cuts));
}

const rangeOf = ({ start, end }) => ({ start, end });
const parse = (code) => parseModule(code, { ranges: true, next: true });
const pastComma = (code, end) => end + (/^\s*,/.exec(code.slice(end))?.[0].length ?? 0);

function cut(code, cuts) {
  let left = code;
  for (const { start, end, by = '' } of [...cuts].sort((a, b) => b.start - a.start)) left = left.slice(0, start) + by + left.slice(end);
  return left;
}

/** Constants made by calls would stay: the bundler cannot know that rules and what they are made of do nothing but return. */
function withoutUnused(code) {
  const { body } = parse(code);
  const used = countNames(body);
  const unused = body.filter(({ type, declarations }) => type === 'VariableDeclaration' && declarations.every(({ id }) => used.get(id.name) === 1));
  const rest = body.filter(
    ({ type, id }) => type === 'FunctionDeclaration' && used.get(id.name) === countNames([{ id, body: nodeNamed(body, id) }]).get(id.name),
  );
  const cuts = [...unused, ...rest].map(rangeOf);
  return cuts.length === 0 ? code : withoutUnused(cut(code, cuts));
}

const nodeNamed = (body, { name }) => {
  const { params, body: inside } = body.find((each) => each.type === 'FunctionDeclaration' && each.id.name === name);
  return [params, inside];
};

function countNames(node, counts = new Map()) {
  if (Array.isArray(node)) for (const each of node) countNames(each, counts);
  else if (node !== null && typeof node === 'object') {
    if (node.type === 'Identifier') counts.set(node.name, (counts.get(node.name) ?? 0) + 1);
    for (const [key, value] of Object.entries(node)) if (key !== 'type') countNames(value, counts);
  }
  return counts;
}
