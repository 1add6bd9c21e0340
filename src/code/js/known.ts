/** What can be known of a value without running anything, and how such values read as text and as paths. */
import type { ESTree } from 'meriyah';
import type { ReadAs } from '../../model/contents.ts';
import type { Scope } from './bindings.ts';
import type { FunctionNode, Node } from './nodes.ts';

/** What is known of a value. Parts of a text that only running would tell are written as `…`. */
export type Value =
  | { readonly is: 'text'; readonly text: string; readonly readAs: ReadAs }
  | { readonly is: 'number'; readonly number: number }
  | { readonly is: 'bytes'; readonly bytes: Uint8Array }
  | { readonly is: 'list'; readonly items: readonly (Value | undefined)[] }
  /** A global (`#process.env`) or something of a module (`fs#readFileSync`). */
  | { readonly is: 'path'; readonly path: string }
  /** What calling a path gave. */
  | { readonly is: 'result'; readonly of: string; readonly node: Node; readonly scope: Scope }
  | { readonly is: 'function'; readonly node: FunctionNode; readonly scope: Scope }
  | { readonly is: 'object'; readonly node: ESTree.ObjectExpression; readonly scope: Scope };

export const hole = '…';

/** True when a literal writes plain letters as escapes: nobody does that by hand. */
export function isEscaped(value: string, raw: string | undefined): boolean {
  if (raw === undefined || raw.length < value.length * 2 || value.length < 4) return false;
  const escapes = raw.match(/\\x[2-7][0-9a-fA-F]|\\u00[2-7][0-9a-fA-F]|\\u\{0*[2-7][0-9a-fA-F]\}/g);
  return (escapes?.length ?? 0) * 2 >= value.length && /[a-zA-Z]{2}/.test(value);
}

export function textOf(value: Value | undefined): { readonly text: string; readonly readAs: ReadAs } | undefined {
  switch (value?.is) {
    case 'text':
      return value;
    case 'number':
      return { text: String(value.number), readAs: 'written' };
    case 'bytes':
      return { text: Buffer.from(value.bytes).toString('utf8'), readAs: 'decoded' };
    case 'path':
      return pathText(value.path);
    case 'result':
      return value.of === 'os#homedir'
        ? { text: '~', readAs: 'written' }
        : value.of === 'os#tmpdir'
          ? { text: '/tmp', readAs: 'written' }
          : undefined;
    default:
      return undefined;
  }
}

/** Environment variables that say where home is. */
function pathText(path: string): { readonly text: string; readonly readAs: ReadAs } | undefined {
  if (path === '#import.meta.url' || path === '#import.meta.filename') return { text: './…', readAs: 'written' };
  if (path === '#import.meta.dirname') return { text: '.', readAs: 'written' };
  const variable = /^#process\.env\.(HOME|USERPROFILE|HOMEPATH|APPDATA|LOCALAPPDATA)$/.exec(path)?.[1];
  if (variable === undefined) return undefined;
  return { text: variable.endsWith('APPDATA') ? '~/AppData' : '~', readAs: 'written' };
}

const globalObjects = new Set(['globalThis', 'global', 'window', 'self', 'top', 'frames', 'GLOBAL', 'root', 'this']);

export function globalPath(name: string): string {
  return `#${name}`;
}

/** A member of a module or global, with the many names of the global object and of default exports taken away. */
export function memberPath(base: string, key: string): string {
  if (base.startsWith('#') && globalObjects.has(base.slice(1))) return `#${key}`;
  if (base.endsWith('#')) return key === 'default' || key === 'promises' ? base : base + key;
  if (
    key === 'constructor' &&
    /^#(Function|Object|String|Array|Number|Function\.prototype|[A-Za-z]+\.constructor|(Array|String|Number)\.prototype\.\w+)$/.test(base)
  )
    return '#Function';
  return aliases.get(`${base}.${key}`) ?? `${base}.${key}`;
}

/** Other ways to the same function. */
const aliases: ReadonlyMap<string, string> = new Map([
  ['#module.require', '#require'],
  ['#require.main.require', '#require'],
  ['#process.mainModule.require', '#require'],
  ['#process.getBuiltinModule', '#require'],
  ['#module.constructor._load', '#require'],
  ['#module.constructor', 'module#'],
  ['#process.mainModule.constructor._load', '#require'],
  ['#require.cache', '#require.cache'],
]);
