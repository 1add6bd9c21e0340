/**
 * Where the parts of a packument lie in its bytes, found without building a tree. Anything that is not plainly the JSON a
 * registry writes (escaped or repeated keys, foreign bytes, odd types) is doubt: then there is no layout, and the caller parses.
 */

/** A member of a JSON object: `key` decoded, spans as byte offsets, `start` at the key's quote, `end` after the value. */
export interface Member {
  readonly key: string;
  readonly start: number;
  readonly valueStart: number;
  readonly end: number;
  /** Members of the value, where it was looked into. */
  readonly inner?: readonly Member[];
}

export interface PackumentLayout {
  /** Members of `versions`, and the span of that object. */
  readonly versions: readonly Member[];
  readonly versionsStart: number;
  readonly versionsEnd: number;
  readonly time: Member | undefined;
  readonly distTags: Member | undefined;
}

class Doubt extends Error {}

const quote = 34;
const comma = 44;
const colon = 58;
const openBracket = 91;
const backslash = 92;
const closeBracket = 93;
const openBrace = 123;
const closeBrace = 125;

/** What a byte outside strings may be: 0 nothing, 1 white space or part of a number or word, 2 opens, 3 closes, 4 quote, 5 separator. */
const classOf = new Uint8Array(256);
for (const byte of Buffer.from(' \t\r\n+-.0123456789eEtruefalsn')) classOf[byte] = 1;
classOf[openBrace] = classOf[openBracket] = 2;
classOf[closeBrace] = classOf[closeBracket] = 3;
classOf[quote] = 4;
classOf[comma] = classOf[colon] = 5;

const maxDepth = 64;
const nesting = new Uint8Array(maxDepth);

/** The layout of a packument, or undefined on any doubt. */
export function layoutOf(bytes: Buffer): PackumentLayout | undefined {
  try {
    return packumentLayout(bytes);
  } catch (error) {
    if (error instanceof Doubt) return undefined;
    throw error;
  }
}

/** The string at `dist.tarball` of a version, as a span with its quotes; undefined when there is none or it is no string. */
export function tarballOf(bytes: Buffer, version: Member): { readonly valueStart: number; readonly end: number } | undefined {
  const dist = memberNamed(bytes, version.valueStart, distKey);
  if (dist < 0 || bytes[dist] !== openBrace) return undefined;
  const tarball = memberNamed(bytes, dist, tarballKey);
  return tarball >= 0 && bytes[tarball] === quote ? { valueStart: tarball, end: stringEnd(bytes, tarball) } : undefined;
}

/** True when the error is doubt about the bytes and not a mistake of ours. */
export function isDoubt(error: unknown): boolean {
  return error instanceof Doubt;
}

function packumentLayout(bytes: Buffer): PackumentLayout | undefined {
  const top = membersOf(bytes, skipSpace(bytes, 0), 'versions');
  if (skipSpace(bytes, top.end) !== bytes.length) throw new Doubt();
  const versions = only(top.members, 'versions');
  if (!versions?.inner) return undefined;
  if (new Set(versions.inner.map((member) => member.key)).size !== versions.inner.length) throw new Doubt();
  return {
    versions: versions.inner,
    versionsStart: versions.valueStart,
    versionsEnd: versions.end,
    time: objectIn(bytes, only(top.members, 'time')),
    distTags: objectIn(bytes, only(top.members, 'dist-tags')),
  };
}

function objectIn(bytes: Buffer, member: Member | undefined): Member | undefined {
  if (member && bytes[member.valueStart] !== openBrace) throw new Doubt();
  return member;
}

function only(members: readonly Member[], key: string): Member | undefined {
  const found = members.filter((member) => member.key === key);
  if (found.length > 1) throw new Doubt();
  return found[0];
}

/** The members of the object that opens at `at`, and its end. Of their values only that of `into` is looked into. */
function membersOf(bytes: Buffer, at: number, into?: string): { readonly members: Member[]; readonly end: number } {
  if (bytes[at] !== openBrace) throw new Doubt();
  const members: Member[] = [];
  let i = skipSpace(bytes, at + 1);
  if (bytes[i] === closeBrace) return { members, end: i + 1 };
  for (;;) {
    const start = i;
    const keyEnd = plainStringEnd(bytes, i);
    i = skipSpace(bytes, keyEnd);
    if (bytes[i] !== colon) throw new Doubt();
    const valueStart = skipSpace(bytes, i + 1);
    const key = bytes.toString('latin1', start + 1, keyEnd - 1);
    const inner = key === into && bytes[valueStart] === openBrace ? membersOf(bytes, valueStart) : undefined;
    const end = inner?.end ?? valueEnd(bytes, valueStart);
    members.push({ key, start, valueStart, end, ...(inner && { inner: inner.members }) });
    i = skipSpace(bytes, end);
    if (bytes[i] === closeBrace) return { members, end: i + 1 };
    if (bytes[i] !== comma) throw new Doubt();
    i = skipSpace(bytes, i + 1);
  }
}

const distKey = Buffer.from('"dist"');
const tarballKey = Buffer.from('"tarball"');

/** Where the value of a member starts, or -1; the last of several, as parsers take it. Allocates nothing: this runs for every version. */
function memberNamed(bytes: Buffer, at: number, key: Buffer): number {
  let found = -1;
  let i = skipSpace(bytes, at + 1);
  if (bytes[i] === closeBrace) return found;
  for (;;) {
    const keyStart = i;
    const keyEnd = plainStringEnd(bytes, i);
    i = skipSpace(bytes, keyEnd);
    if (bytes[i] !== colon) throw new Doubt();
    i = skipSpace(bytes, i + 1);
    if (keyEnd - keyStart === key.length && sameBytes(bytes, keyStart, key)) found = i;
    i = skipSpace(bytes, valueEnd(bytes, i));
    if (bytes[i] === closeBrace) return found;
    if (bytes[i] !== comma) throw new Doubt();
    i = skipSpace(bytes, i + 1);
  }
}

function sameBytes(bytes: Buffer, at: number, wanted: Buffer): boolean {
  for (let k = 0; k < wanted.length; k++) if (bytes[at + k] !== wanted[k]) return false;
  return true;
}

/** End of a string that is plain ASCII without escapes, as every key we look for is. */
function plainStringEnd(bytes: Buffer, at: number): number {
  if (bytes[at] !== quote) throw new Doubt();
  const { length } = bytes;
  for (let i = at + 1; i < length; i++) {
    const byte = bytes[i] as number;
    if (byte === quote) return i + 1;
    if (byte === backslash || byte < 32 || byte > 126) throw new Doubt();
  }
  throw new Doubt();
}

function valueEnd(bytes: Buffer, at: number): number {
  const kind = classOf[bytes[at] as number];
  if (kind === 4) return stringEnd(bytes, at);
  if (kind === 2) return nestedEnd(bytes, at);
  let i = at;
  while (classOf[bytes[i] as number] === 1 && !isSpace(bytes[i] as number)) i++;
  if (i === at || i >= bytes.length) throw new Doubt();
  return i;
}

// Strings are skipped in place: this loop sees every byte of the document, and a call for each string would double its time.
function nestedEnd(bytes: Buffer, at: number): number {
  const { length } = bytes;
  let depth = 0;
  let i = at;
  while (i < length) {
    const byte = bytes[i++] as number;
    const kind = classOf[byte];
    if (kind === 4) {
      for (;;) {
        const inside = bytes[i++];
        if (inside === quote) break;
        if (inside === backslash) i++;
        else if (inside === undefined) throw new Doubt();
      }
    } else if (kind === 2) {
      if (depth === maxDepth) throw new Doubt();
      nesting[depth++] = byte;
    } else if (kind === 3) {
      // The bytes that close are two above those that open: `[`91 `]`93, `{`123 `}`125.
      if (nesting[--depth] !== byte - 2) throw new Doubt();
      if (depth === 0) return i;
    } else if (kind === 0) throw new Doubt();
  }
  throw new Doubt();
}

function stringEnd(bytes: Buffer, at: number): number {
  const { length } = bytes;
  let i = at + 1;
  while (i < length) {
    const byte = bytes[i];
    if (byte === quote) return i + 1;
    i += byte === backslash ? 2 : 1;
  }
  throw new Doubt();
}

function skipSpace(bytes: Buffer, at: number): number {
  let i = at;
  while (i < bytes.length && isSpace(bytes[i] as number)) i++;
  return i;
}

function isSpace(byte: number): boolean {
  return byte === 32 || byte === 10 || byte === 13 || byte === 9;
}
