/** Writes tarballs for tests, honest ones and ones that no honest tool writes. */
import { gzipSync } from 'node:zlib';

export interface Entry {
  readonly path: string;
  readonly body?: string | Uint8Array;
  readonly type?: string;
  readonly mode?: number;
  readonly link?: string;
  readonly prefix?: string;
  /** What the header says the size is, where that is a lie. */
  readonly size?: number;
  readonly breakChecksum?: boolean;
}

/** One entry: header block, body, padding. */
export function block(entry: Entry): Buffer {
  const body = Buffer.from(entry.body ?? '');
  const header = Buffer.alloc(512);
  header.write(entry.path, 0, 100, 'utf8');
  header.write(octal(entry.mode ?? 0o644, 7), 100);
  header.write(octal(entry.size ?? body.length, 11), 124);
  header.write(octal(499162500, 11), 136);
  header.write(entry.type ?? '0', 156);
  header.write(entry.link ?? '', 157);
  header.write('ustar\u000000', 257, 'latin1');
  header.write(entry.prefix ?? '', 345);
  header.write('        ', 148);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${octal(entry.breakChecksum ? sum + 1 : sum, 6)}\0 `, 148);
  return Buffer.concat([header, body, Buffer.alloc((512 - (body.length % 512)) % 512)]);
}

/** A pax header for the entry after it. */
export function pax(records: Readonly<Record<string, string>>, type = 'x'): Buffer {
  const lines = Object.entries(records).map(([key, value]) => {
    const rest = ` ${key}=${value}\n`;
    let length = Buffer.byteLength(rest) + 1;
    while (String(length).length + Buffer.byteLength(rest) !== length) length = String(length).length + Buffer.byteLength(rest);
    return `${length}${rest}`;
  });
  return block({ path: 'PaxHeader/x', type, body: lines.join('') });
}

export const endOfArchive = Buffer.alloc(1024);

/** A gzipped archive of blocks and entries. */
export function tarball(...parts: readonly (Buffer | Entry)[]): Buffer {
  return gzipSync(tar(...parts), { level: 6 });
}

/** The same, not compressed. */
export function tar(...parts: readonly (Buffer | Entry)[]): Buffer {
  return Buffer.concat([...parts.map((part) => (Buffer.isBuffer(part) ? part : block(part))), endOfArchive]);
}

/** An npm package of files by path; `package.json` is made of `manifest`. */
export function aPackage(manifest: Readonly<Record<string, unknown>>, files: Readonly<Record<string, string | Uint8Array>> = {}): Buffer {
  const all: Record<string, string | Uint8Array> = { 'package.json': JSON.stringify(manifest), ...files };
  return tarball(...Object.entries(all).map(([path, body]) => ({ path: `package/${path}`, body })));
}

function octal(value: number, digits: number): string {
  return value.toString(8).padStart(digits, '0');
}
