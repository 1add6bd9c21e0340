/**
 * Takes the few wanted values out of a JSON document without building the rest of it.
 * It checks the whole document as strictly as JSON.parse does, so that it never reads what JSON.parse would refuse;
 * what it builds is what JSON.parse would have built at those places (later duplicates win, `__proto__` is a key like any other).
 */

/**
 * Which parts to build: a whole value, an object's named members, or every member of an object or array.
 * `alike` says that members mostly repeat each other: what has the same bytes as before is then the same object as before.
 * `note` asks for the place of the value and, of an object whose members are all built, of those.
 */
export type Shape =
  | 'value'
  | { readonly keys: Readonly<Record<string, Shape>> }
  | { readonly each: Shape; readonly alike?: true; readonly note?: string }
  | { readonly note: string };

/** Where a value lies in the bytes. Of an object also its members: their names, and for each the offsets of key, value and end. */
export interface Place {
  readonly start: number;
  end: number;
  readonly names: string[];
  readonly members: number[];
  /** False when a name is written with escapes or bytes beyond ASCII. */
  plain: boolean;
}

export interface Walked {
  readonly ok: true;
  readonly value: unknown;
  /** What was noted, under the name it was to be noted under, in the order of the document. */
  readonly places: ReadonlyMap<string, readonly Place[]>;
}

/** `syntax`: not JSON; `depth` and `size`: more than anybody needs, whatever it is. */
export type WalkFailure = { readonly ok: false; readonly why: 'syntax' | 'depth' | 'size' };

/** Nothing npm publishes nests deeper than about ten. */
const maxDepth = 128;
/** Objects, arrays and members together; the largest public document has about half a million. */
const maxMembers = 8_000_000;

/** Builds the wanted parts of the document; members of other types than the shape expects are built as they are, as long as they are small. */
export function walkJson(bytes: Buffer, shape: Shape): Walked | WalkFailure {
  const walk = new Walk(bytes);
  try {
    const value = walk.document(compile(shape));
    return { ok: true, value, places: walk.places };
  } catch (error) {
    if (error instanceof Refusal) return { ok: false, why: error.why };
    throw error;
  }
}

class Refusal extends Error {
  readonly why: 'syntax' | 'depth' | 'size';
  constructor(why: 'syntax' | 'depth' | 'size') {
    super(why);
    this.why = why;
  }
}

type Compiled =
  | { readonly kind: 'value'; readonly note?: string }
  | { readonly kind: 'keys'; readonly byLength: readonly (readonly Wanted[] | undefined)[]; readonly alike: boolean }
  | { readonly kind: 'each'; readonly of: Compiled; readonly note?: string };

interface Wanted {
  readonly name: string;
  readonly bytes: Buffer;
  readonly shape: Compiled;
}

const compiled = new WeakMap<object, Compiled>();
const wholeValue: Compiled = { kind: 'value' };

function compile(shape: Shape): Compiled {
  if (shape === 'value') return wholeValue;
  const kept = compiled.get(shape);
  if (kept) return kept;
  const made = compiledAnew(shape);
  compiled.set(shape, made);
  return made;
}

function compiledAnew(shape: Exclude<Shape, 'value'>): Compiled {
  if ('keys' in shape) return keysOf(shape.keys);
  if (!('each' in shape)) return { kind: 'value', note: shape.note };
  return { kind: 'each', of: markAlike(compile(shape.each), shape.alike), ...(shape.note !== undefined && { note: shape.note }) };
}

function keysOf(keys: Readonly<Record<string, Shape>>): Compiled {
  return { kind: 'keys', byLength: byLength(keys), alike: false };
}

function markAlike(of: Compiled, alike: true | undefined): Compiled {
  return alike && of.kind === 'keys' ? { ...of, alike } : of;
}

/** A member of the last object of its kind: where its bytes are, and what was built of it. */
interface Member {
  readonly start: number;
  readonly colon: number;
  readonly stop: number;
  readonly name: string | undefined;
  readonly value: unknown;
}

function byLength(keys: Readonly<Record<string, Shape>>): Wanted[][] {
  const table: Wanted[][] = [];
  for (const [name, shape] of Object.entries(keys)) {
    const bytes = Buffer.from(name);
    table[bytes.length] = [...(table[bytes.length] ?? []), { name, bytes, shape: compile(shape) }];
  }
  return table;
}

const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const colon = 0x3a;
const openObject = 0x7b;
const closeObject = 0x7d;
const openArray = 0x5b;
const closeArray = 0x5d;

/** 1 for bytes that may stand in a string as they are. */
const plain = new Uint8Array(256).fill(1, 0x20);
plain[quote] = 0;
plain[backslash] = 0;

class Walk {
  private readonly bytes: Buffer;
  private readonly end: number;
  private at = 0;
  private depth = 0;
  private members = 0;
  /** Whether the string last passed has escapes or bytes beyond ASCII. */
  private escaped = false;
  /** The members of the last object of the kind that repeats. */
  private before: readonly Member[] = [];
  /** What each open bracket of a skipped value is: 1 object, 0 array. */
  private readonly open = new Uint8Array(maxDepth + 1);
  readonly places = new Map<string, Place[]>();

  constructor(bytes: Buffer) {
    this.bytes = bytes;
    this.end = bytes.length;
  }

  document(shape: Compiled): unknown {
    this.space();
    const value = this.take(shape);
    this.space();
    if (this.at !== this.end) throw new Refusal('syntax');
    return value;
  }

  private take(shape: Compiled): unknown {
    if (shape.kind === 'keys' || shape.note === undefined) return this.build(shape);
    const place: Place = { start: this.at, end: 0, names: [], members: [], plain: true };
    const value = shape.kind === 'each' && this.bytes[this.at] === openObject ? this.object(shape, place) : this.build(shape);
    place.end = this.at;
    const noted = this.places.get(shape.note);
    if (noted) noted.push(place);
    else this.places.set(shape.note, [place]);
    return value;
  }

  private build(shape: Compiled): unknown {
    const first = this.bytes[this.at];
    if (first === quote) return this.string();
    if (first === openObject) return this.object(shape);
    if (first === openArray) return this.array(shape);
    return this.scalar();
  }

  private object(shape: Compiled, place?: Place): unknown {
    if (shape.kind === 'keys' && shape.alike) return this.objectLikeBefore(shape);
    this.enter();
    // No prototype: `__proto__` becomes a member like any other, as it does in JSON.parse.
    const built: Record<string, unknown> = Object.create(null);
    let more = this.opening(closeObject);
    while (more) {
      this.count();
      const start = this.at;
      this.passString();
      const stop = this.at;
      const wanted = shape.kind === 'keys' ? this.wanted(shape, start, stop) : undefined;
      const name = shape.kind === 'keys' ? wanted?.name : this.text(start, stop);
      if (this.escaped && place) place.plain = false;
      this.colon();
      const valueAt = this.at;
      if (name === undefined) this.skip();
      else built[name] = this.take(wanted?.shape ?? (shape.kind === 'each' ? shape.of : wholeValue));
      if (place && name !== undefined) {
        place.names.push(name);
        place.members.push(start, valueAt, this.at);
      }
      more = this.another(closeObject);
    }
    this.depth -= 1;
    return built;
  }

  private objectLikeBefore(shape: Compiled & { kind: 'keys' }): unknown {
    this.enter();
    const built: Record<string, unknown> = Object.create(null);
    const before = this.before;
    const members: Member[] = [];
    let place = 0;
    let more = this.opening(closeObject);
    while (more) {
      this.count();
      const same = before[place];
      if (same !== undefined && this.repeats(same)) {
        if (same.name !== undefined) built[same.name] = same.value;
        this.at += same.stop - same.start;
        members.push(same);
        place += 1;
      } else {
        const member = this.member(shape);
        if (member.name !== undefined) built[member.name] = member.value;
        members.push(member);
        place = this.placeAfter(member, before, place);
      }
      more = this.another(closeObject);
    }
    this.before = members;
    this.depth -= 1;
    return built;
  }

  private member(shape: Compiled & { kind: 'keys' }): Member {
    const start = this.at;
    this.passString();
    const colon = this.at;
    const wanted = this.wanted(shape, start, colon);
    this.colon();
    let value: unknown;
    if (wanted) value = this.take(wanted.shape);
    else this.skip();
    return { start, colon, stop: this.at, name: wanted?.name, value };
  }

  /** Whether the same bytes follow here. Only values that end themselves count: `1` also begins `12`. */
  private repeats({ start, stop }: Member): boolean {
    const { bytes, at } = this;
    const last = bytes[stop - 1];
    if (last !== quote && last !== closeObject && last !== closeArray) return false;
    const end = at + stop - start;
    if (end > this.end || bytes[end - 1] !== last || bytes[at + 1] !== bytes[start + 1]) return false;
    return bytes.compare(bytes, start, stop, at, end) === 0;
  }

  /** Where the next member is expected among those of before: behind the one of the same name. */
  private placeAfter(member: Member, before: readonly Member[], expected: number): number {
    for (let step = 0; step < before.length; step += 1) {
      const place = (expected + step) % before.length;
      const { start, colon } = before[place] as Member;
      if (colon - start === member.colon - member.start && this.bytes.compare(this.bytes, start, colon, member.start, member.colon) === 0)
        return place + 1;
      // Objects are alike or they are not; looking far would cost more than it saves.
      if (step >= 8) break;
    }
    return expected;
  }

  private array(shape: Compiled): unknown[] {
    this.enter();
    const built: unknown[] = [];
    const of = shape.kind === 'each' ? shape.of : wholeValue;
    let more = this.opening(closeArray);
    while (more) {
      this.count();
      built.push(this.take(of));
      more = this.another(closeArray);
    }
    this.depth -= 1;
    return built;
  }

  private wanted(shape: Compiled & { kind: 'keys' }, start: number, stop: number): Wanted | undefined {
    if (this.escaped) {
      const name = this.text(start, stop);
      return shape.byLength.flat().find((candidate) => candidate?.name === name);
    }
    const candidates = shape.byLength[stop - start - 2];
    if (!candidates) return undefined;
    for (const candidate of candidates) if (this.matches(candidate.bytes, start + 1)) return candidate;
    return undefined;
  }

  private matches(name: Buffer, from: number): boolean {
    const { bytes } = this;
    for (let index = 0; index < name.length; index += 1) if (bytes[from + index] !== name[index]) return false;
    return true;
  }

  private string(): string {
    const start = this.at;
    this.passString();
    return this.text(start, this.at);
  }

  /** The string between two quotes; `escaped` must still be that of this string. */
  private text(start: number, stop: number): string {
    if (!this.escaped) return this.bytes.toString('latin1', start + 1, stop - 1);
    return String(JSON.parse(this.bytes.toString('utf8', start, stop)));
  }

  private passString(): void {
    const { bytes } = this;
    let at = this.at;
    if (bytes[at] !== quote) throw new Refusal('syntax');
    let high = 0;
    let escaped = false;
    for (;;) {
      // Beyond the end there is no byte, and no byte is not plain.
      let byte = bytes[++at] as number;
      while (plain[byte] === 1) {
        high |= byte;
        byte = bytes[++at] as number;
      }
      if (byte === quote) break;
      if (byte !== backslash) throw new Refusal('syntax');
      escaped = true;
      at = this.afterEscape(at) - 1;
    }
    this.escaped = escaped || high >= 0x80;
    this.at = at + 1;
  }

  private afterEscape(at: number): number {
    const { bytes } = this;
    switch (bytes[at + 1]) {
      case 0x22: // "
      case 0x5c: // \
      case 0x2f: // /
      case 0x62: // b
      case 0x66: // f
      case 0x6e: // n
      case 0x72: // r
      case 0x74: // t
        return at + 2;
      case 0x75: // u
        for (let digit = at + 2; digit < at + 6; digit += 1) if (!isHex(bytes[digit])) throw new Refusal('syntax');
        return at + 6;
      default:
        throw new Refusal('syntax');
    }
  }

  private scalar(): unknown {
    const start = this.at;
    this.passScalar();
    return JSON.parse(this.bytes.toString('latin1', start, this.at));
  }

  private passScalar(): void {
    const first = this.bytes[this.at];
    if (first === 0x74) this.word('true');
    else if (first === 0x66) this.word('false');
    else if (first === 0x6e) this.word('null');
    else this.number();
  }

  private word(word: string): void {
    for (let index = 0; index < word.length; index += 1) if (this.bytes[this.at + index] !== word.charCodeAt(index)) throw new Refusal('syntax');
    this.at += word.length;
  }

  private number(): void {
    const { bytes } = this;
    if (bytes[this.at] === 0x2d) this.at += 1;
    if (bytes[this.at] === 0x30) this.at += 1;
    else this.digits();
    if (bytes[this.at] === 0x2e) {
      this.at += 1;
      this.digits();
    }
    if (bytes[this.at] === 0x65 || bytes[this.at] === 0x45) {
      this.at += 1;
      if (bytes[this.at] === 0x2b || bytes[this.at] === 0x2d) this.at += 1;
      this.digits();
    }
  }

  private digits(): void {
    const from = this.at;
    while (isDigit(this.bytes[this.at])) this.at += 1;
    if (this.at === from) throw new Refusal('syntax');
  }

  /** Passes a value without building it, without recursion: nesting is the attacker's to choose. */
  private skip(): void {
    const { bytes, open } = this;
    const floor = this.depth;
    for (;;) {
      const first = bytes[this.at];
      if (first === quote) this.passString();
      else if (first === openObject || first === openArray) {
        this.enter();
        const isObject = first === openObject;
        open[this.depth] = isObject ? 1 : 0;
        if (this.opening(isObject ? closeObject : closeArray)) {
          this.count();
          if (isObject) this.skipKey();
          continue;
        }
        this.depth -= 1;
      } else this.passScalar();
      for (;;) {
        if (this.depth === floor) return;
        const isObject = open[this.depth] === 1;
        if (this.another(isObject ? closeObject : closeArray)) {
          this.count();
          if (isObject) this.skipKey();
          break;
        }
        this.depth -= 1;
      }
    }
  }

  private skipKey(): void {
    this.passString();
    this.colon();
  }

  private enter(): void {
    this.depth += 1;
    if (this.depth > maxDepth) throw new Refusal('depth');
  }

  private count(): void {
    this.members += 1;
    if (this.members > maxMembers) throw new Refusal('size');
  }

  /** After an opening bracket: true when a member follows. */
  private opening(close: number): boolean {
    this.at += 1;
    this.space();
    if (this.bytes[this.at] !== close) return true;
    this.at += 1;
    return false;
  }

  /** After a member: true when another follows. */
  private another(close: number): boolean {
    this.space();
    const next = this.bytes[this.at];
    this.at += 1;
    if (next === close) return false;
    if (next !== comma) throw new Refusal('syntax');
    this.space();
    return true;
  }

  private colon(): void {
    this.space();
    if (this.bytes[this.at] !== colon) throw new Refusal('syntax');
    this.at += 1;
    this.space();
  }

  private space(): void {
    const { bytes } = this;
    // Registries send no white space: one look is enough most of the time.
    if ((bytes[this.at] as number) > 0x20) return;
    for (;;) {
      const next = bytes[this.at];
      if (next !== 0x20 && next !== 0x0a && next !== 0x0d && next !== 0x09) return;
      this.at += 1;
    }
  }
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39;
}

function isHex(byte: number | undefined): boolean {
  return isDigit(byte) || (byte !== undefined && ((byte >= 0x41 && byte <= 0x46) || (byte >= 0x61 && byte <= 0x66)));
}
