/** What a script requires and imports. */
import type { ReadAs } from '../../model/contents.ts';
import { hostOf } from '../places.ts';
import { fromBase64 } from '../text.ts';
import { isNetworkModule } from './apis.ts';
import type { Scope } from './bindings.ts';
import { hole } from './known.ts';
import { isTelling } from './literals.ts';
import { bare, isCall, type Node } from './nodes.ts';
import type { Called, Notes } from './notes.ts';

export function readRequireCall(notes: Notes, node: Called, scope: Scope): void {
  const [first] = node.arguments;
  if (first && first.type !== 'SpreadElement') readRequire(notes, first, scope, node);
}

export function readRequire(notes: Notes, specifier: Node, scope: Scope, at: Node): void {
  const { text, readAs } = notes.evaluator.text(specifier, scope);
  const plain = bare(specifier);
  if (/^blob:/.test(text)) {
    notes.inner.push({ code: text.slice(5), at: at.start ?? 0, readAs });
    return;
  }
  if (/^data:/.test(text)) notes.inner.push({ code: dataText(text), at: at.start ?? 0, readAs: 'decoded' });
  if (text.includes(hole) && notes.tagsOf([specifier], scope).has('network')) notes.add('remote-code', 'imports what a host sent', at);
  if (/^data:.*…/s.test(text)) readHeld(notes, specifier, scope, at);
  if (/^https?:/.test(text)) notes.add('remote-code', `imports ${hostOf(text) ?? text}`, at);
  notes.requires.push(text);
  for (const key of notes.fileKeys(specifier, scope)) notes.started.add(key);
  if (!text.includes(hole)) {
    readModule(notes, text, at.start ?? 0, readAs);
    // Nobody encodes the name of a module but to hide it.
    if (readAs === 'decoded' || (readAs !== 'written' && isTelling(text))) notes.disguise(text, at);
  } else if (isCall(plain) && text === hole && !isResolved(notes, plain, scope))
    notes.disguised.push({ detail: 'module named by a call', at: at.start ?? 0, computed: true });
}

/** A module out of an address that is put together of what no script holds: it may import whatever it likes. */
function readHeld(notes: Notes, specifier: Node, scope: Scope, at: Node): void {
  const tags = notes.tagsOf([specifier], scope);
  if (tags.has('innocent-file')) notes.add('decode-execute', 'import of a file that is no script', at, 'decoded');
  else if (tags.has('wasm')) notes.add('decode-execute', 'import of what a WebAssembly module holds', at, 'decoded');
}

/** `require(require.resolve(x))`, `require(path.join(…))` are ordinary. */
function isResolved(notes: Notes, call: Called, scope: Scope): boolean {
  const path = notes.calleePath(call, scope);
  if (path !== undefined) return !/^#(atob|unescape|Buffer|String)/.test(path);
  const [first] = call.arguments;
  // A local function of a number or an encoded text is what string tables look like.
  return !(first?.type === 'Literal' && call.callee.type === 'Identifier');
}

export function readModule(notes: Notes, name: string, at: number, readAs: ReadAs): void {
  const plain = name.replace(/^node:/, '').split('/')[0] ?? '';
  if (isNetworkModule(plain)) notes.spotted.push({ kind: 'network', detail: `module ${plain}`, at, readAs });
  if (plain === 'child_process' || plain === 'cross-spawn' || plain === 'execa' || plain === 'shelljs')
    notes.spotted.push({ kind: 'process', detail: `module ${plain}`, at, readAs });
  if (plain === 'vm') notes.spotted.push({ kind: 'dynamic-code', detail: 'module vm', at, readAs });
  if (/\.node$/.test(name)) notes.spotted.push({ kind: 'native-load', detail: name, at, readAs });
}

/** What a `data:` address holds. */
export function dataText(url: string): string {
  const comma = url.indexOf(',');
  const body = url.slice(comma + 1);
  return /;base64/i.test(url.slice(0, comma))
    ? (fromBase64(body) ?? '')
    : body.replace(/%([0-9a-fA-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
