/** Plain values and what can be done with them: the few functions decoders are made of. */

export type PlainFunction = (...args: readonly Plain[]) => Plain;
/** A value of the machine: nothing of it reaches outside. */
export type Plain = string | number | boolean | null | undefined | RegExp | PlainFunction | Plain[];

/** How long results may be. */
export const boundsOf = { text: 200_000, list: 50_000 };

const globals = new Set(
  'parseInt parseFloat Number String atob unescape decodeURIComponent isNaN String.fromCharCode String.fromCodePoint Math.floor Math.ceil Math.round Math.abs Math.min Math.max Math.pow Array.from Buffer.from Object.freeze'.split(
    ' ',
  ),
);

/** True for functions of the language that are known here, as they are written. */
export function isPlainGlobal(name: string): boolean {
  return globals.has(name);
}

/** Only patterns without groups and nested repeats: nothing hostile may set the pace. */
export function isSafePattern(pattern: string): boolean {
  return /^(\\?[^\\()*+?{}|[\]]|\[[^\]\\]{1,20}\]|\.)((\{\d{1,3}(,\d{1,3})?\})|\+)?$/.test(pattern);
}

/** Binary operators, and unary ones as `unary -`; undefined for what is not known. */
export function operate(operator: string, a: Plain, b: Plain): Plain {
  const known = binary.get(operator);
  return known ? known(a as number, b as number) : undefined;
}

const binary: ReadonlyMap<string, (a: number, b: number) => Plain> = new Map<string, (a: number, b: number) => Plain>([
  ['+', (a, b) => a + b],
  ['-', (a, b) => a - b],
  ['*', (a, b) => a * b],
  ['/', (a, b) => a / b],
  ['%', (a, b) => a % b],
  ['**', (a, b) => a ** b],
  ['^', (a, b) => a ^ b],
  ['|', (a, b) => a | b],
  ['&', (a, b) => a & b],
  ['<<', (a, b) => a << b],
  ['>>', (a, b) => a >> b],
  ['>>>', (a, b) => a >>> b],
  ['<', (a, b) => a < b],
  ['>', (a, b) => a > b],
  ['<=', (a, b) => a <= b],
  ['>=', (a, b) => a >= b],
  ['===', (a, b) => a === b],
  ['!==', (a, b) => a !== b],
  // biome-ignore lint/suspicious/noDoubleEquals: what the script says
  ['==', (a, b) => a == b],
  // biome-ignore lint/suspicious/noDoubleEquals: what the script says
  ['!=', (a, b) => a != b],
  ['unary -', (a) => -a],
  ['unary +', (a) => +a],
  ['unary !', (a) => !a],
  ['unary ~', (a) => ~a],
]);

/** What a known function gives; undefined for any other. */
export function callPlain(object: Plain, key: string, args: readonly Plain[]): { readonly value: Plain } | undefined {
  if (object === undefined) return ofGlobal(key, args);
  if (typeof object === 'string') return ofText(object, key, args);
  if (Array.isArray(object)) return ofList(object, key, args);
  if (typeof object === 'number' && key === 'toString') return { value: object.toString(radixOf(args[0])) };
  if (typeof object === 'function' && (key === 'call' || key === 'apply')) {
    const list = key === 'apply' ? args[1] : args.slice(1);
    return Array.isArray(list) ? { value: object(...list) } : undefined;
  }
  return undefined;
}

function radixOf(value: Plain): number {
  return typeof value === 'number' && value >= 2 && value <= 36 ? value : 10;
}

function ofGlobal(name: string, args: readonly Plain[]): { readonly value: Plain } | undefined {
  const [a, b] = args;
  switch (name) {
    case 'parseInt':
      return { value: Number.parseInt(String(a), typeof b === 'number' ? b : undefined) };
    case 'parseFloat':
    case 'Number':
      return { value: Number(a) };
    case 'String':
      return { value: String(a) };
    case 'isNaN':
      return { value: Number.isNaN(Number(a)) };
    case 'atob':
      return { value: Buffer.from(String(a), 'base64').toString('latin1') };
    case 'unescape':
    case 'decodeURIComponent':
      return { value: String(a).replace(/%([0-9a-fA-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))) };
    case 'String.fromCharCode':
    case 'String.fromCodePoint':
      return { value: args.map((code) => String.fromCharCode(Number(code))).join('') };
    case 'Array.from':
      return typeof a === 'string' || Array.isArray(a) ? ofList([...a], 'map', [typeof b === 'function' ? b : (item: Plain) => item]) : undefined;
    case 'Buffer.from':
      return bytesFrom(a, b);
    case 'Object.freeze':
      return { value: a };
    default:
      return ofMath(name, args.map(Number));
  }
}

/** Lists that are the bytes of a Buffer: they become text in another way. */
const buffers = new WeakSet<Plain[]>();

function bytesOf(list: Plain[]): { readonly value: Plain[] } {
  buffers.add(list);
  return { value: list };
}

function bytesFrom(from: Plain, encoding: Plain): { readonly value: Plain[] } | undefined {
  if (Array.isArray(from)) return bytesOf(from.map((item) => Number(item) & 255));
  const named = encodingOf(encoding);
  if (typeof from !== 'string' || from.length > boundsOf.list || named === undefined) return undefined;
  return bytesOf([...Buffer.from(from, named)]);
}

function encodingOf(name: Plain): BufferEncoding | undefined {
  const plain = name === undefined ? 'utf8' : String(name).toLowerCase();
  return Buffer.isEncoding(plain) ? plain : undefined;
}

function ofMath(name: string, numbers: readonly number[]): { readonly value: number } | undefined {
  const [a = Number.NaN, b = Number.NaN] = numbers;
  switch (name) {
    case 'Math.floor':
      return { value: Math.floor(a) };
    case 'Math.ceil':
      return { value: Math.ceil(a) };
    case 'Math.round':
      return { value: Math.round(a) };
    case 'Math.abs':
      return { value: Math.abs(a) };
    case 'Math.pow':
      return { value: a ** b };
    case 'Math.min':
      return { value: Math.min(...numbers) };
    case 'Math.max':
      return { value: Math.max(...numbers) };
    default:
      return undefined;
  }
}

function ofText(text: string, key: string, args: readonly Plain[]): { readonly value: Plain } | undefined {
  const [a, b] = args;
  const at = typeof a === 'number' ? a : 0;
  const to = typeof b === 'number' ? b : undefined;
  switch (key) {
    case 'charCodeAt':
      return { value: text.charCodeAt(at) };
    case 'codePointAt':
      return { value: text.codePointAt(at) };
    case 'charAt':
      return { value: text.charAt(at) };
    case 'at':
      return { value: text.at(at) };
    case 'slice':
      return { value: text.slice(at, to) };
    case 'substring':
      return { value: text.substring(at, to) };
    case 'substr': {
      const start = at < 0 ? Math.max(0, text.length + at) : at;
      return { value: text.slice(start, to === undefined ? undefined : start + to) };
    }
    case 'split':
      return a instanceof RegExp ? undefined : { value: a === undefined ? [text] : text.split(String(a)) };
    case 'match':
      return a instanceof RegExp ? { value: text.match(a) as Plain[] | null } : undefined;
    case 'indexOf':
      return { value: text.indexOf(String(a)) };
    case 'includes':
      return { value: text.includes(String(a)) };
    case 'toLowerCase':
      return { value: text.toLowerCase() };
    case 'toUpperCase':
      return { value: text.toUpperCase() };
    case 'concat':
      return { value: text + args.map(String).join('') };
    case 'repeat':
      return at >= 0 && at * text.length <= boundsOf.text ? { value: text.repeat(at) } : undefined;
    case 'toString':
    case 'trim':
      return { value: key === 'trim' ? text.trim() : text };
    case 'replace':
    case 'replaceAll':
      return replaced(text, key, a, b);
    default:
      return undefined;
  }
}

function replaced(text: string, key: string, from: Plain, to: Plain): { readonly value: string } | undefined {
  const pattern = from instanceof RegExp ? from : typeof from === 'string' ? from : undefined;
  if (pattern === undefined || pattern === '' || (typeof to !== 'function' && typeof to !== 'string')) return undefined;
  const by = (...found: unknown[]): string => (typeof to === 'function' ? String(to(found[0] as string)) : to);
  return { value: key === 'replaceAll' && typeof pattern === 'string' ? text.split(pattern).join(by(pattern)) : text.replace(pattern, by) };
}

function ofList(list: Plain[], key: string, args: readonly Plain[]): { readonly value: Plain } | undefined {
  const [a, b] = args;
  switch (key) {
    case 'join':
      return { value: list.map((item) => (item === undefined || item === null ? '' : String(item))).join(a === undefined ? ',' : String(a)) };
    case 'reverse':
      return { value: list.reverse() };
    case 'push':
      return list.length < boundsOf.list ? { value: list.push(...args) } : undefined;
    case 'shift':
      return { value: list.shift() };
    case 'pop':
      return { value: list.pop() };
    case 'unshift':
      return list.length < boundsOf.list ? { value: list.unshift(...args) } : undefined;
    case 'slice':
      return { value: list.slice(typeof a === 'number' ? a : undefined, typeof b === 'number' ? b : undefined) };
    case 'concat':
      return { value: list.concat(...args) };
    case 'indexOf':
      return { value: list.indexOf(a) };
    case 'map': {
      if (typeof a !== 'function') return undefined;
      const mapped = list.map((item, at) => a(item, at));
      return buffers.has(list) ? bytesOf(mapped.map((item) => Number(item) & 255)) : { value: mapped };
    }
    case 'toString': {
      const encoding = encodingOf(a);
      if (!buffers.has(list)) return a === undefined ? { value: list.join() } : undefined;
      return encoding && { value: Buffer.from(list.map(Number)).toString(encoding) };
    }
    case 'forEach':
      if (typeof a !== 'function') return undefined;
      for (const [at, item] of list.entries()) a(item, at);
      return { value: undefined };
    case 'filter':
      return typeof a === 'function' ? { value: list.filter((item, at) => a(item, at)) } : undefined;
    case 'reduce':
      return typeof a === 'function' && args.length > 1 ? { value: list.reduce((sum: Plain, item, at) => a(sum, item, at), b) } : undefined;
    default:
      return undefined;
  }
}
