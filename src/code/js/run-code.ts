/** Text that is run as code. */
import type { Scope } from './bindings.ts';
import { doingsOf } from './doings.ts';
import { hole, textOf } from './known.ts';
import { isFunction } from './nodes.ts';
import type { Called, Notes } from './notes.ts';
import { originOf } from './origin.ts';

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
    notes.inner.push({ code: told.text, at: node.start ?? 0, readAs: told.readAs });
    notes.add(told.readAs === 'decoded' ? 'decode-execute' : 'dynamic-code', `${name} of ${told.readAs} text`, node, told.readAs);
    return;
  }
  const tags = originOf(notes.evaluator, source, scope);
  if (tags.has('network')) notes.add('remote-code', `${name} of what a host sent`, node);
  else if (tags.has('decoded')) notes.add('decode-execute', `${name} of decoded text`, node);
  else notes.add('dynamic-code', tags.has('file') ? `${name} of a file` : name, node);
}

export function readTimer(notes: Notes, node: Called, scope: Scope): void {
  const [first] = node.arguments;
  if (first && (first.type === 'Literal' || first.type === 'BinaryExpression' || first.type === 'TemplateLiteral')) {
    const told = textOf(notes.evaluator.value(first, scope));
    if (told && told.text.length > 8) readCode(notes, '#eval', node, scope);
  }
}

/** `fetch(u).then(eval)`: what runs code is itself handed over. */
export function readHandOver(notes: Notes, node: Called, scope: Scope): void {
  for (const argument of node.arguments) {
    if (argument.type !== 'Identifier' && argument.type !== 'MemberExpression') continue;
    const path = notes.evaluator.path(argument, scope);
    if (path === undefined || !doingsOf(path).runsCode) continue;
    const tags = originOf(notes.evaluator, node.callee, scope);
    notes.add(
      tags.has('network') ? 'remote-code' : tags.has('decoded') ? 'decode-execute' : 'dynamic-code',
      `${path.replace(/^#/, '')} handed to a call`,
      node,
    );
  }
}
