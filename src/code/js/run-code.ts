/** Text that is run as code. */
import type { ReadAs } from '../../model/contents.ts';
import { looksLikeCode } from '../text.ts';
import { lookup, type Scope } from './bindings.ts';
import { doingsOf } from './doings.ts';
import { hole, textOf } from './known.ts';
import { isTelling } from './literals.ts';
import { isFunction, type Node } from './nodes.ts';
import type { Called, Notes } from './notes.ts';
import { originOf } from './origin.ts';
import { ownOf } from './own-ref.ts';
import { readModule } from './requires.ts';

/** Text run as code: constant text is looked into, anything else is judged by where it comes from. */
export function readCode(notes: Notes, path: string, node: Called, scope: Scope): void {
  const source = path.endsWith('Function') ? node.arguments.at(-1) : node.arguments[0];
  if (!source || source.type === 'SpreadElement' || isFunction(source)) return;
  const name = path.replace(/^#/, '').replace('#', '.');
  const told = textOf(notes.evaluator.value(source, scope));
  if (told && !told.text.includes(hole)) {
    if (/^\s*(return\s+)?(this|globalThis|require|import\((\w+|'[^']*')\))\s*;?\s*$/.test(told.text)) {
      notes.add('dynamic-code', `${name} of ${told.text.trim()}`, node);
      return;
    }
    const code = path.endsWith('Function') ? withRequire(notes, node, told.text, scope) : told.text;
    notes.inner.push({ code, at: node.start ?? 0, readAs: told.readAs });
    notes.add(told.readAs === 'decoded' ? 'decode-execute' : 'dynamic-code', `${name} of ${told.readAs} text`, node, told.readAs);
    return;
  }
  if (told) readParts(notes, told, node);
  const tags = originOf(notes.evaluator, source, scope);
  if (tags.has('request')) notes.add('remote-code', `${name} of what a request brings`, node);
  else if (tags.has('network')) notes.add('remote-code', `${name} of what a host sent`, node);
  else if (tags.has('innocent-file')) notes.add('decode-execute', `${name} of a file that is no script`, node, 'decoded');
  else if (ownOf(tags).some(({ file }) => /\.json$/i.test(file))) notes.add('decode-execute', `${name} of a text in a data file`, node, 'decoded');
  else if (tags.has('wasm')) readFromWasm(notes, name, node, scope);
  else if (tags.has('decoded')) notes.add('decode-execute', `${name} of decoded text`, node);
  else notes.add('dynamic-code', tags.has('file') ? `${name} of a file` : name, node);
}

/** What binds WebAssembly to scripts makes functions of its texts, too; it hands them no modules. */
function readFromWasm(notes: Notes, name: string, node: Called, scope: Scope): void {
  const detail = `${name} of what a WebAssembly module holds`;
  if (givesModules(notes, node, scope)) notes.add('decode-execute', detail, node, 'decoded');
  else notes.add(name.endsWith('Function') ? 'dynamic-code' : 'decode-execute', detail, node);
}

/** `Function('require', text)`, and what is made called with `require`. */
function givesModules(notes: Notes, node: Called, scope: Scope): boolean {
  const named = node.arguments
    .slice(0, -1)
    .some((argument) => /\b(require|module|process)\b/.test(notes.evaluator.text(argument as Node, scope).text));
  return (
    named ||
    notes.scan.calls.some(
      ({ node: call, scope: from }) =>
        call.type !== 'ImportExpression' &&
        call.callee === node &&
        call.arguments.some((argument) => /^#(require|process|module)$/.test(notes.evaluator.path(argument as Node, from) ?? '')),
    )
  );
}

/** Code that is written down, beside some that is not. */
export function readParts(notes: Notes, { text, readAs }: { readonly text: string; readonly readAs: ReadAs }, node: Node): void {
  const code = text.replaceAll(hole, '0');
  if (code.length > 30 && looksLikeCode(code)) notes.inner.push({ code, at: node.start ?? 0, readAs: readAs === 'decoded' ? 'decoded' : 'written' });
}

/** A parameter that is asked for modules is `require` under another name. */
function withRequire(notes: Notes, node: Called, code: string, scope: Scope): string {
  const names = node.arguments.slice(0, -1).flatMap((argument) => notes.evaluator.text(argument as Node, scope).text.split(/\s*,\s*/));
  const asked = names.filter((name) => /^[\w$]{1,40}$/.test(name) && name !== 'require' && asks(code, name));
  return asked.length === 0 ? code : `var ${asked.map((name) => `${name} = require`).join(', ')};\n${code}`;
}

function asks(code: string, name: string): boolean {
  for (const [, called, module] of code.slice(0, 100_000).matchAll(/([\w$]{1,40})\s*\(\s*['"`]([\w:/]{2,30})['"`]\s*\)/g))
    if (called === name && isTelling(module ?? '')) return true;
  return false;
}

export function readTimer(notes: Notes, node: Called, scope: Scope): void {
  const [first] = node.arguments;
  if (first && (first.type === 'Literal' || first.type === 'BinaryExpression' || first.type === 'TemplateLiteral')) {
    const told = textOf(notes.evaluator.value(first, scope));
    if (told && told.text.length > 8) readCode(notes, '#eval', node, scope);
  } else if (first?.type === 'Identifier' && isText(first.name, scope) && originOf(notes.evaluator, first, scope).has('decoded'))
    readCode(notes, '#eval', node, scope);
}

/** A name that began as a text and never was given a function. */
function isText(name: string, scope: Scope): boolean {
  const given = (lookup(scope, name)?.sources ?? []).map(({ node }) => node);
  return given.some((node) => node?.type === 'Literal' && typeof node.value === 'string') && !given.some((node) => node && isFunction(node));
}

/** `['fs', 'os'].map(require)` */
function readRequires(notes: Notes, node: Called, scope: Scope): void {
  const list = node.callee.type === 'MemberExpression' ? notes.evaluator.value(node.callee.object, scope) : undefined;
  for (const item of list?.is === 'list' ? list.items : []) {
    const told = textOf(item);
    if (!told) continue;
    notes.requires.push(told.text);
    readModule(notes, told.text, node.start ?? 0, told.readAs);
  }
}

/** `fetch(u).then(eval)`: what runs code is itself handed over. */
export function readHandOver(notes: Notes, node: Called, scope: Scope): void {
  for (const argument of node.arguments) {
    if (argument.type !== 'Identifier' && argument.type !== 'MemberExpression') continue;
    const path = notes.evaluator.path(argument, scope);
    if (path === '#require') readRequires(notes, node, scope);
    if (path === undefined || !doingsOf(path).runsCode) continue;
    const tags = originOf(notes.evaluator, node.callee, scope);
    notes.add(
      tags.has('network') ? 'remote-code' : tags.has('decoded') ? 'decode-execute' : 'dynamic-code',
      `${path.replace(/^#/, '')} handed to a call`,
      node,
    );
  }
}
