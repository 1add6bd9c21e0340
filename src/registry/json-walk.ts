/**
 * Takes the few wanted values out of a JSON document without building the rest of it.
 * It checks the whole document as strictly as JSON.parse does, so that it never reads what JSON.parse would refuse;
 * what it builds is what JSON.parse would have built at those places (later duplicates win, `__proto__` is a key like any other).
 */
import { Members } from './json-members.ts';
import { Part } from './json-part.ts';
import { closeArray, closeObject, colon, comma, isDigit, notJson, openArray, openObject, quote, Refusal, Scanner } from './json-scan.ts';
import { type Built, type Compiled, compile, type Keys, Parts, type Shape, type Wanted, wholeValue } from './json-shape.ts';

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

export type WalkFailure = { readonly ok: false; readonly why: Refusal['why'] };

/** What becomes of a member of the objects whose members are alike, at once: what it was made of need not be held. */
export type Made = (name: string, value: unknown) => unknown;

/** Builds the wanted parts of the document; members of other types than the shape expects are built as they are, as long as they are small. */
export function walkJson(bytes: Buffer, shape: Shape, made?: Made): Walked | WalkFailure {
  const walk = new Walk(bytes, made);
  try {
    const value = walk.document(compile(shape));
    return { ok: true, value, places: walk.places };
  } catch (error) {
    if (error instanceof Refusal) return { ok: false, why: error.why };
    throw error;
  }
}

/** The walk over a whole document; `before` and what is protected serve the walk over one that comes in pieces. */
export class Walk extends Scanner {
  readonly before = new Members();
  readonly made: Made | undefined;
  readonly places = new Map<string, Place[]>();

  constructor(bytes: Buffer, made?: Made) {
    super(bytes);
    this.made = made;
  }

  document(shape: Compiled): unknown {
    this.space();
    const value = this.take(shape);
    // Looking past the last byte, even once, makes every look slow.
    if (this.at < this.end) this.space();
    if (this.at !== this.end) throw notJson;
    return value;
  }

  take(shape: Compiled): unknown {
    return shape.kind === 'keys' || shape.note === undefined ? this.build(shape) : this.noted(shape, shape.note);
  }

  private noted(shape: Exclude<Compiled, Keys>, note: string): unknown {
    const place: Place = { start: this.at, end: 0, names: [], members: [], plain: true };
    const value = this.build(shape, place);
    place.end = this.at;
    const noted = this.places.get(note);
    if (noted) noted.push(place);
    else this.places.set(note, [place]);
    return value;
  }

  private build(shape: Compiled, place?: Place): unknown {
    if (shape.kind === 'part') return this.part();
    const first = this.bytes[this.at];
    if (first === quote) return this.string();
    if (first !== openObject && first !== openArray) return this.scalar();
    if (shape.kind === 'value') return this.whole();
    if (first === openArray) return this.array(shape);
    return shape.kind === 'keys' ? this.named(shape) : this.each(shape.of, place);
  }

  /** Checked first, so that limits hold; then built by the one who is quickest at it. */
  private whole(): unknown {
    const start = this.at;
    this.ascii = true;
    this.skip();
    return JSON.parse(this.bytes.toString(this.ascii ? 'latin1' : 'utf8', start, this.at));
  }

  private part(): Part {
    const start = this.at;
    this.ascii = true;
    this.skip();
    return new Part(this.bytes.toString(this.ascii ? 'latin1' : 'utf8', start, this.at));
  }

  private each(of: Compiled, place: Place | undefined): Built {
    this.enter();
    // No prototype: `__proto__` becomes a member like any other, as it does in JSON.parse.
    const built: Built = Object.create(null);
    let more = this.opening(closeObject);
    while (more) {
      this.count();
      const start = this.at;
      const name = this.string();
      if (this.escaped && place) place.plain = false;
      this.colon();
      const valueAt = this.at;
      const value = this.take(of);
      built[name] = this.made !== undefined && of.kind === 'keys' && of.alike ? this.made(name, value) : value;
      if (place) {
        place.names.push(name);
        place.members.push(start, valueAt, this.at);
      }
      more = this.another(closeObject);
    }
    this.depth -= 1;
    return built;
  }

  private named(shape: Keys): Built | Parts {
    if (shape.alike) return this.namedLikeBefore(shape);
    this.enter();
    const built: Built = { ...shape.template };
    let more = this.opening(closeObject);
    while (more) {
      this.count();
      const start = this.at;
      this.passString();
      const wanted = this.wanted(shape, start, this.at);
      this.colon();
      if (wanted) built[wanted.key] = this.take(wanted.shape);
      else this.skip();
      more = this.another(closeObject);
    }
    this.depth -= 1;
    return built;
  }

  private namedLikeBefore(shape: Keys): Built | Parts {
    this.enter();
    const { before } = this;
    let place = 0;
    let more = this.opening(closeObject);
    while (more) {
      const end = place < before.count ? this.repeatedUntil(before, place) : place;
      if (end > place) {
        this.count(end - place);
        this.at = before.again(place, end, this.at);
        place = end;
      } else place = this.member(shape, before, place);
      more = this.another(closeObject);
    }
    before.close(place);
    this.depth -= 1;
    return shape.slots > 0 ? new Parts(before.slots(shape.slots)) : before.members({ ...shape.template });
  }

  /** A member that is not as before; where the next one is expected. */
  private member(shape: Keys, before: Members, expected: number): number {
    this.count();
    const start = this.at;
    const colonAt = expected < before.count ? this.keyUntil(before, expected) : start;
    if (colonAt > start) {
      this.at = colonAt + 1;
      this.space();
      const wanted = before.wanted[expected];
      const value = wanted ? this.take(wanted.shape) : this.skip();
      before.set(expected, start, colonAt, this.at, wanted, value);
      return expected + 1;
    }
    this.passString();
    const keyEnd = this.at;
    const wanted = this.wanted(shape, start, keyEnd);
    this.colon();
    const value = wanted ? this.take(wanted.shape) : this.skip();
    before.makeRoom(expected, this.placeOf(before, expected, start, keyEnd));
    before.set(expected, start, keyEnd, this.at, wanted, value);
    return expected + 1;
  }

  /** Where the key of that member ends here, its colon right behind it; where it begins, when it does not stand here. */
  private keyUntil({ starts, colons }: Members, place: number): number {
    const { bytes, at: here } = this;
    const start = starts[place] as number;
    const colonAt = colons[place] as number;
    const shift = here - start;
    if (colonAt + shift >= this.end) return here;
    // Keys are short: comparing them here costs less than handing them over.
    for (let at = colonAt; at >= start; at -= 1) if (bytes[at] !== bytes[at + shift]) return here;
    return bytes[colonAt] === colon ? colonAt + shift : here;
  }

  /** How far members of before stand here again; `place` itself when not even the one there does. */
  private repeatedUntil(before: Members, place: number): number {
    const start = before.starts[place] as number;
    for (let end = before.runUntil(place); end > place; end = place + ((end - place) >> 1)) {
      if (this.repeats(start, before.stops[end - 1] as number)) return end;
    }
    return place;
  }

  /** Whether the same bytes follow here, and end there: `1` also begins `12`. */
  private repeats(start: number, stop: number): boolean {
    const { bytes, at } = this;
    const end = at + stop - start;
    if (end >= this.end) return false;
    const next = bytes[end];
    if (next !== comma && next !== closeObject) return false;
    // Three looks spare most comparisons in vain.
    const middle = (stop - start) >> 1;
    if (bytes[end - 2] !== bytes[stop - 2] || bytes[at + middle] !== bytes[start + middle] || bytes[at + 1] !== bytes[start + 1]) return false;
    return bytes.compare(bytes, start, stop, at, end) === 0;
  }

  /** Where a member of that name stood, from the expected place on; undefined when there is none. */
  private placeOf({ starts, colons, count }: Members, expected: number, start: number, keyEnd: number): number | undefined {
    const { bytes } = this;
    // Objects are alike or they are not; looking far would cost more than it saves.
    for (let place = expected; place < Math.min(count, expected + 8); place += 1) {
      const from = starts[place] as number;
      const to = colons[place] as number;
      if (to - from === keyEnd - start && bytes.compare(bytes, from, to, start, keyEnd) === 0) return place;
    }
    return undefined;
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

  wanted(shape: Keys, start: number, stop: number): Wanted | undefined {
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

  string(): string {
    const start = this.at;
    this.passString();
    return this.text(start, this.at);
  }

  /** The string between two quotes; `escaped` must still be that of this string. */
  private text(start: number, stop: number): string {
    if (!this.escaped) return this.bytes.toString('latin1', start + 1, stop - 1);
    return String(JSON.parse(this.bytes.toString('utf8', start, stop)));
  }

  private scalar(): unknown {
    const start = this.at;
    this.passScalar();
    const length = this.at - start;
    if (length < 10 && isDigit(this.bytes[start])) return this.integer(start) ?? JSON.parse(this.bytes.toString('latin1', start, this.at));
    return JSON.parse(this.bytes.toString('latin1', start, this.at));
  }

  private integer(start: number): number | undefined {
    let value = 0;
    for (let at = start; at < this.at; at += 1) {
      const byte = this.bytes[at];
      if (!isDigit(byte)) return undefined;
      value = value * 10 + (byte as number) - 0x30;
    }
    return value;
  }
}
