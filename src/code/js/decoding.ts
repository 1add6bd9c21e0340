/** What functions that decode, parse and join make of known values. */
import { base64Bytes } from '../text.ts';
import { hole, textOf, type Value } from './known.ts';

/** The text of character codes. */
export function fromCodes(items: readonly (Value | undefined)[]): Value | undefined {
  if (items.length === 0) return undefined;
  const codes = items.map((item) => (item?.is === 'number' ? item.number : undefined));
  if (codes.every((code) => code === undefined)) return undefined;
  return { is: 'text', text: codes.map((code) => (code === undefined ? hole : String.fromCharCode(code))).join(''), readAs: 'decoded' };
}

/** The number a text says. */
export function parsed(value: Value | undefined, radix: Value | undefined): Value | undefined {
  const text = textOf(value)?.text;
  if (text === undefined) return undefined;
  const number = radix?.is === 'number' ? Number.parseInt(text, radix.number) : Number(text);
  return Number.isNaN(number) ? undefined : { is: 'number', number };
}

/** Bytes behind a text in an encoding, or behind a list of numbers. */
export function decoded(value: Value | undefined, encoding: string): Value | undefined {
  if (value?.is === 'list') {
    const bytes = value.items.map((item) => (item?.is === 'number' ? item.number & 255 : undefined));
    return bytes.length > 0 && bytes.every((byte) => byte !== undefined) ? { is: 'bytes', bytes: Uint8Array.from(bytes) } : undefined;
  }
  if (value?.is !== 'text' || value.text.includes(hole)) return undefined;
  switch (encoding.toLowerCase()) {
    case 'base64':
    case 'base64url': {
      const bytes = base64Bytes(value.text);
      return bytes && { is: 'bytes', bytes };
    }
    case 'hex':
      return { is: 'bytes', bytes: Buffer.from(value.text, 'hex') };
    case 'utf8':
    case 'utf-8':
    case 'ascii':
    case 'latin1':
    case 'binary':
      return value;
    default:
      return undefined;
  }
}

/** A text without its percent signs. */
export function unescaped(value: Value | undefined): Value | undefined {
  if (value?.is !== 'text') return undefined;
  const text = value.text.replace(/%u([0-9a-fA-F]{4})|%([0-9a-fA-F]{2})/g, (_, wide: string | undefined, narrow: string | undefined) =>
    String.fromCharCode(Number.parseInt(wide ?? narrow ?? '0', 16)),
  );
  return { is: 'text', text, readAs: text === value.text ? value.readAs : 'decoded' };
}

/** Parts of a path put together. */
export function joined(parts: readonly (Value | undefined)[]): Value | undefined {
  const texts = parts.map((part) => textOf(part));
  if (texts.every((text) => text === undefined)) return undefined;
  const readAs = texts.some((text) => text?.readAs === 'decoded') ? 'decoded' : 'written';
  return {
    is: 'text',
    text: texts
      .map((text) => text?.text ?? hole)
      .join('/')
      .replace(/\/\.\//g, '/')
      .replace(/\/{2,}/g, '/'),
    readAs,
  };
}

/** The folder a path is in. */
export function folder(path: string | undefined): Value | undefined {
  if (path === undefined) return undefined;
  const at = path.lastIndexOf('/');
  return { is: 'text', text: at <= 0 ? '.' : path.slice(0, at), readAs: 'written' };
}
