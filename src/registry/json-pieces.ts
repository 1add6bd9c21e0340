/**
 * The same walk over a document that comes in pieces: a window moves over it, and only what is being read, and the object before
 * it, stand in memory. A step that meets the end of the window is taken again once more bytes are there.
 */
import { behindEnd, closeObject, notJson, openObject, Refusal } from './json-scan.ts';
import { type Built, type Compiled, compile, type Keys, type Shape } from './json-shape.ts';
import { type Made, Walk, type Walked, type WalkFailure } from './json-walk.ts';
import { inOne } from './own-pages.ts';

/** As `walkJson`, of named members at the top; places are not noted. What the pieces throw is thrown. */
export async function walkPieces(pieces: AsyncIterable<Buffer>, shape: Shape, made?: Made, least = 65_536): Promise<Walked | WalkFailure> {
  const compiled = compile(shape);
  if (compiled.kind !== 'keys') throw new TypeError('named members only');
  const walk = new PieceWalk(pieces, made, least);
  try {
    return { ok: true, value: await walk.read(compiled), places: new Map() };
  } catch (error) {
    if (error instanceof Refusal) return { ok: false, why: error.why };
    throw error;
  } finally {
    await walk.close();
  }
}

/** Has a walk instead of being one: what serves two kinds of objects is slower for both. */
class PieceWalk {
  private readonly walk: Walk;
  private readonly made: Made | undefined;
  private readonly pieces: AsyncIterator<Buffer>;
  /** How much the window holds at least. */
  private readonly least: number;
  private ended = false;
  private readonly marked = { at: 0, depth: 0, members: 0 };

  constructor(pieces: AsyncIterable<Buffer>, made: Made | undefined, least: number) {
    this.walk = new Walk(Buffer.alloc(behindEnd));
    this.walk.end = 0;
    this.made = made;
    this.least = least;
    this.pieces = pieces[Symbol.asyncIterator]();
  }

  async close(): Promise<void> {
    await this.pieces.return?.();
  }

  async read(shape: Keys): Promise<unknown> {
    await this.step(() => this.walk.space());
    if (this.walk.bytes[this.walk.at] !== openObject) throw notJson;
    const built: Built = { ...shape.template };
    this.walk.enter();
    for (let more = await this.step(() => this.walk.opening(closeObject)); more; more = await this.step(() => this.walk.another(closeObject))) {
      const wanted = await this.step(() => this.key(shape));
      const alike = wanted && alikeMembers(wanted.shape);
      if (wanted && alike && this.walk.bytes[this.walk.at] === openObject) built[wanted.name] = await this.alike(alike);
      else if (wanted) built[wanted.name] = await this.step(() => this.walk.take(wanted.shape));
      else await this.step(() => this.walk.skip());
    }
    this.walk.depth -= 1;
    await this.step(() => this.walk.space());
    if (this.walk.at !== this.walk.end) throw notJson;
    return built;
  }

  private key(shape: Keys) {
    this.walk.count();
    const start = this.walk.at;
    this.walk.passString();
    const wanted = this.walk.wanted(shape, start, this.walk.at);
    this.walk.colon();
    return wanted;
  }

  private async alike(of: Compiled): Promise<Built> {
    this.walk.enter();
    const built: Built = Object.create(null);
    let more = await this.step(() => this.walk.opening(closeObject));
    while (more) more = await this.step(() => this.members(of, built));
    this.walk.depth -= 1;
    return built;
  }

  /** Takes members as far as they are there; false, for there is no other, when it comes to an end. */
  private members(of: Compiled, built: Built): false {
    const { walk } = this;
    for (;;) {
      walk.count();
      const name = walk.string();
      walk.colon();
      const value = walk.take(of);
      const another = walk.another(closeObject);
      this.insist();
      built[name] = this.made ? this.made(name, value) : value;
      if (!another) return false;
      this.mark();
    }
  }

  /** Takes a step, again and again until it did not touch the end of what is there. */
  private async step<T>(take: () => T): Promise<T> {
    this.mark();
    for (;;) {
      try {
        const value = take();
        this.insist();
        return value;
      } catch (error) {
        if (this.ended || !(error instanceof Refusal) || error.why !== 'syntax') throw error;
      }
      Object.assign(this.walk, this.marked);
      await this.more();
      this.mark();
    }
  }

  /** From here on it is taken again. */
  private mark(): void {
    const { walk, marked } = this;
    marked.at = walk.at;
    marked.depth = walk.depth;
    marked.members = walk.members;
  }

  /** What ends where the window ends may go on behind it. */
  private insist(): void {
    if (this.walk.at >= this.walk.end && !this.ended) throw notJson;
  }

  /** Moves the window on, and makes it twice as large as what must stay. */
  private async more(): Promise<void> {
    const from = this.walk.before.first(this.walk.at);
    const held = this.walk.bytes.subarray(from, this.walk.end);
    const parts = [held];
    let length = held.length;
    while (!this.ended && length < Math.max(2 * held.length, this.least)) {
      const { value, done } = await this.pieces.next();
      if (done) this.ended = true;
      else {
        parts.push(value);
        length += value.length;
      }
    }
    this.walk.bytes = inOne(parts, length + behindEnd);
    this.walk.end = length;
    this.walk.at -= from;
    this.walk.before.move(from);
  }
}

function alikeMembers(shape: Compiled): Compiled | undefined {
  return shape.kind === 'each' && shape.note === undefined && shape.of.kind === 'keys' && shape.of.alike ? shape.of : undefined;
}
