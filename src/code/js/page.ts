/** What is done to the page, its wallet and to functions everybody shares. */
import type { ESTree } from 'meriyah';
import { hostOf, isSecretVariable } from '../places.ts';
import type { Scope } from './bindings.ts';
import { hole, memberPath } from './known.ts';
import { readAddress } from './network.ts';
import { bare, isCall, isFunction, type Node } from './nodes.ts';
import type { Called, Notes } from './notes.ts';
import { readParts } from './run-code.ts';
import type { Seen } from './scan.ts';

export function readMember(notes: Notes, { node, scope }: Seen<ESTree.MemberExpression>): void {
  const path = notes.evaluator.path(node, scope);
  if (path === undefined || !path.startsWith('#')) return;
  const variable = /^#process\.env\.(\w+)$/.exec(path)?.[1];
  if (variable && isSecretVariable(variable)) notes.add('credential-env', variable, node);
  if (/^#(ethereum|solana|phantom|tronWeb|tronLink|BinanceChain|web3)(\.|$)/.test(path)) notes.add('wallet-hook', path.slice(1), node);
  if (path === '#document.cookie') notes.add('page-data', 'cookies', node);
  if (/^#Intl\.DateTimeFormat.*timeZone|^#process\.env\.(LANG|LC_ALL|TZ)$|^#navigator\.language/.test(path)) notes.add('gated', path.slice(1), node);
  if (/^#process\.env\.(CI|GITHUB_ACTIONS|GITLAB_CI|TRAVIS|CIRCLECI|JENKINS_URL)$/.test(path)) notes.add('gated', path.slice(1), node);
}

export function readAssignment(notes: Notes, { node, scope }: Seen<ESTree.AssignmentExpression>): void {
  const left = node.left;
  if (left.type !== 'MemberExpression' || node.operator !== '=') return;
  const key = notes.evaluator.key(left, scope);
  const base = notes.evaluator.path(left.object, scope);
  const path = base !== undefined && key !== undefined ? memberPath(base, key) : undefined;
  if (path !== undefined) replaced(notes, path, node);
  else if (base !== undefined && isFunction(bare(node.right)) && /^#(ethereum|solana|phantom|tronWeb|web3)$/.test(base))
    notes.add('wallet-hook', `replaces ${base.slice(1)}.${hole}`, node);
  if (key === 'src' && isScriptElement(notes, left.object, scope)) scriptSource(notes, node, scope);
  else if (key === 'src' || path === '#location.href' || path === '#location') readAddress(notes, node.right, node, scope);
  // A hook of modules that puts code before or behind theirs.
  if (key === 'source' && node.right.type === 'BinaryExpression') readParts(notes, notes.evaluator.text(node.right, scope), node);
  if ((key === 'textContent' || key === 'text' || key === 'innerHTML') && isScriptElement(notes, left.object, scope))
    notes.add('script-injection', 'text of a script element', node);
}

function replaced(notes: Notes, path: string, node: Node): void {
  if (
    /^#(fetch|XMLHttpRequest|XMLHttpRequest\.prototype\.(open|send)|WebSocket|navigator\.clipboard\.\w+|HTMLFormElement\.prototype\.submit)$/.test(
      path,
    )
  )
    notes.add('page-hook', path.slice(1), node);
  if (/^#(ethereum|solana|phantom|tronWeb|web3)\./.test(path)) notes.add('wallet-hook', `replaces ${path.slice(1)}`, node);
  if (
    /^(https?|net|fs|child_process)#(request|get|connect|readFile|readFileSync|exec|spawn)$|^#(Module|module)\.prototype\.require$|^module#(prototype\.require|_load)$|^module#_extensions|^#JSON\.(parse|stringify)$|^#(Storage\.prototype|localStorage|sessionStorage)\.setItem$|^(#crypto\.subtle|crypto#(webcrypto\.)?subtle)\.\w+$|^crypto#(create(Cipheriv|Decipheriv|Sign|PrivateKey|Hmac)|pbkdf2|scrypt|sign)(Sync)?$|^#(Buffer|buffer#Buffer)\.from$|^readline#createInterface$/.test(
      path,
    )
  )
    notes.add('page-hook', path, node);
}

export function readDefinition(notes: Notes, node: Called, scope: Scope): void {
  const [object, key] = node.arguments;
  if (!object || !key) return;
  const base = notes.evaluator.path(object, scope);
  const name = notes.evaluator.text(key, scope).text;
  if (base !== undefined && name !== hole) replaced(notes, memberPath(base, name), node);
}

function isScriptElement(notes: Notes, node: Node, scope: Scope): boolean {
  const value = notes.evaluator.value(node, scope);
  if (value?.is !== 'result' || value.of !== '#document.createElement' || !isCall(value.node)) return false;
  const [first] = value.node.arguments;
  return first !== undefined && notes.evaluator.text(first, value.scope).text.toLowerCase() === 'script';
}

function scriptSource(notes: Notes, node: ESTree.AssignmentExpression, scope: Scope): void {
  const { text, readAs } = notes.evaluator.text(node.right, scope);
  notes.add('script-injection', hostOf(text.startsWith('//') ? `https:${text}` : text) ?? text, node, readAs);
}
