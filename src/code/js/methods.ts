/** What methods of texts, lists, bytes and functions give back. */
import { fromCodes } from './decoding.ts';
import type { Evaluating } from './evaluating.ts';
import { hole, textOf, type Value } from './known.ts';
import type { Node } from './nodes.ts';

/** `call` and `apply` of a function of the file. */
export function functionMethod(
  evaluator: Evaluating,
  object: Value & { is: 'function' },
  key: string,
  args: readonly (Value | undefined)[],
): Value | undefined {
  if (key === 'call') return evaluator.inline(object.node, object.scope, args.slice(1));
  const list = args[1];
  return key === 'apply' && list?.is === 'list' ? evaluator.inline(object.node, object.scope, list.items) : undefined;
}

/** A method of bytes. */
export function bytesMethod(bytes: Uint8Array, key: string, args: readonly (Value | undefined)[]): Value | undefined {
  if (key !== 'toString') return undefined;
  const encoding = textOf(args[0])?.text ?? 'utf8';
  const text = Buffer.from(bytes).toString(
    encoding === 'latin1' || encoding === 'binary' || encoding === 'ascii'
      ? 'latin1'
      : encoding === 'hex'
        ? 'hex'
        : encoding === 'base64'
          ? 'base64'
          : encoding === 'utf16le'
            ? 'utf16le'
            : 'utf8',
  );
  return { is: 'text', text, readAs: 'decoded' };
}

/** A method of a list. */
export function listMethod(
  evaluator: Evaluating,
  items: readonly (Value | undefined)[],
  key: string,
  args: readonly (Value | undefined)[],
): Value | undefined {
  const [first] = args;
  switch (key) {
    case 'join': {
      const texts = items.map((item) => textOf(item)?.text);
      if (texts.length === 0 || texts.every((text) => text === undefined)) return undefined;
      const readAs = items.some((item) => item?.is === 'text' && item.readAs === 'decoded') ? 'decoded' : 'assembled';
      return { is: 'text', text: texts.map((text) => text ?? hole).join(textOf(first)?.text ?? ','), readAs };
    }
    case 'reverse':
      return { is: 'list', items: [...items].reverse() };
    case 'concat':
      return { is: 'list', items: [...items, ...args.flatMap((arg) => (arg?.is === 'list' ? arg.items : [arg]))] };
    case 'slice':
      return { is: 'list', items: items.slice(numberOf(first), numberOf(args[1])) };
    case 'at':
      return items.at(numberOf(first) ?? 0);
    case 'map':
      if (first?.is === 'path' && first.path === '#require') return { is: 'list', items: items.map((item) => evaluator.module(item)) };
      if (first?.is === 'path' && first.path === '#String.fromCharCode') return { is: 'list', items: items.map((item) => fromCodes([item])) };
      return first?.is === 'function' && items.length <= 20_000
        ? { is: 'list', items: items.map((item, at) => evaluator.inline(first.node, first.scope, [item, { is: 'number', number: at }])) }
        : undefined;
    default:
      return undefined;
  }
}

function numberOf(value: Value | undefined): number | undefined {
  return value?.is === 'number' ? value.number : undefined;
}

/** A method of a text. */
export function textMethod(
  text: string,
  wasDecoded: boolean,
  key: string,
  args: readonly (Value | undefined)[],
  first: Node | undefined,
): Value | undefined {
  const a = numberOf(args[0]);
  const b = numberOf(args[1]);
  const made = (result: string): Value => ({ is: 'text', text: result, readAs: wasDecoded ? 'decoded' : 'assembled' });
  switch (key) {
    case 'toString':
    case 'valueOf':
    case 'trim':
    case 'normalize':
      return { is: 'text', text: key === 'trim' ? text.trim() : text, readAs: wasDecoded ? 'decoded' : 'written' };
    case 'concat':
      return made(text + args.map((arg) => textOf(arg)?.text ?? hole).join(''));
    case 'toLowerCase':
      return made(text.toLowerCase());
    case 'toUpperCase':
      return made(text.toUpperCase());
    case 'charAt':
      return made(text.charAt(a ?? 0));
    case 'charCodeAt':
    case 'codePointAt':
      return { is: 'number', number: text.charCodeAt(a ?? 0) };
    case 'slice':
      return made(text.slice(a, b));
    case 'substring':
      return made(text.substring(a ?? 0, b));
    case 'substr':
      return made(a !== undefined && a < 0 ? text.slice(a).slice(0, b) : text.slice(a ?? 0, b === undefined ? undefined : (a ?? 0) + b));
    case 'repeat':
      return made(text.repeat(Math.min(Math.max(0, a ?? 0), 1000)).slice(0, 100_000));
    case 'split': {
      const separator = textOf(args[0])?.text;
      const parts = separator === undefined ? [text] : text.split(separator);
      return { is: 'list', items: parts.slice(0, 50_000).map((part) => ({ is: 'text', text: part, readAs: 'assembled' })) };
    }
    case 'replace':
    case 'replaceAll':
      return replaced(text, key, args, first, made);
    default:
      return undefined;
  }
}

function replaced(
  text: string,
  key: string,
  args: readonly (Value | undefined)[],
  first: Node | undefined,
  made: (text: string) => Value,
): Value | undefined {
  const from = args[0]?.is === 'text' ? args[0].text : undefined;
  const to = args[1]?.is === 'text' ? args[1].text : undefined;
  if (to === undefined) return undefined;
  const pattern = first?.type === 'Literal' && 'regex' in first ? first.regex : undefined;
  // Only patterns without groups and nested repeats: nothing hostile may set the pace.
  if (pattern && /^(\\?[^\\()*+?{}|[\]]|\[[^\]\\]{1,20}\])\+?$/.test(pattern.pattern))
    return made(text.replace(new RegExp(pattern.pattern, pattern.flags.includes('g') ? 'g' : ''), () => to));
  if (from === undefined || from === '') return undefined;
  return made(key === 'replace' ? text.replace(from, () => to) : text.split(from).join(to));
}
