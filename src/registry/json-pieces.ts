/**
 * The same walk over a document that comes in pieces: a window moves over it, and only what is being read, and the object before
 * it, stand in memory. A step that meets the end of the window is taken again once more bytes are there.
 */
import { closeObject, openObject, Refusal } from './json-scan.ts';
import { type Built, type Compiled, compile, type Keys, type Made, type Shape, Walk, type Walked, type WalkFailure } from './json-walk.ts';

/** As `walkJson`, of named members at the top; places are not noted. What the pieces throw is thrown. */
export async function walkPieces(pieces: AsyncIterable<Buffer>, shape: Shape, made?: Made, least = 65_536): Promise<Walked | WalkFailure> {
  const compiled = compile(shape);
  if (compiled.kind !== 'keys') throw new TypeError('named members only');
  const walk = new PieceWalk(pieces, made, least);
  try {
    return { ok: true, value: await walk.read(compiled), places: walk.places };
  } catch (error) {
    if (error instanceof Refusal) return { ok: false, why: error.why };
    throw error;
  } finally {
    await walk.close();
  }
}

class PieceWalk extends Walk {
  private readonly pieces: AsyncIterator<Buffer>;
  /** How much the window holds at least. */
  private readonly least: number;
  private ended = false;

  constructor(pieces: AsyncIterable<Buffer>, made: Made | undefined, least: number) {
    super(Buffer.alloc(0), made);
    this.least = least;
    this.pieces = pieces[Symbol.asyncIterator]();
  }

  async close(): Promise<void> {
    await this.pieces.return?.();
  }

  async read(shape: Keys): Promise<unknown> {
    await this.step(() => this.space());
    if (this.bytes[this.at] !== openObject) throw new Refusal('syntax');
    const built: Built = { ...shape.template };
    this.enter();
    for (let more = await this.step(() => this.opening(closeObject)); more; more = await this.step(() => this.another(closeObject))) {
      const wanted = await this.step(() => this.key(shape));
      const alike = wanted && alikeMembers(wanted.shape);
      if (wanted && alike && this.bytes[this.at] === openObject) built[wanted.name] = await this.alike(alike);
      else if (wanted) built[wanted.name] = await this.step(() => this.take(wanted.shape));
      else await this.step(() => this.skip());
    }
    this.depth -= 1;
    await this.step(() => this.space());
    if (this.at !== this.end) throw new Refusal('syntax');
    return built;
  }

  private key(shape: Keys) {
    this.count();
    const start = this.at;
    this.passString();
    const wanted = this.wanted(shape, start, this.at);
    this.colon();
    return wanted;
  }

  private async alike(of: Compiled): Promise<Built> {
    this.enter();
    const built: Built = Object.create(null);
    let more = await this.step(() => this.opening(closeObject));
    while (more) {
      more = await this.step(() => {
        this.count();
        const name = this.string();
        this.colon();
        const value = this.take(of);
        const another = this.another(closeObject);
        built[name] = this.made ? this.made(name, value) : value;
        return another;
      });
    }
    this.depth -= 1;
    return built;
  }

  /** Takes a step, again and again until it did not touch the end of what is there. */
  private async step<T>(take: () => T): Promise<T> {
    for (;;) {
      const { at, depth, members } = this;
      try {
        const value = take();
        // What ends where the window ends may go on behind it.
        if (this.at < this.end || this.ended) return value;
      } catch (error) {
        if (this.ended || !(error instanceof Refusal) || error.why !== 'syntax') throw error;
      }
      this.at = at;
      this.depth = depth;
      this.members = members;
      await this.more();
    }
  }

  /** Moves the window on, and makes it twice as large as what must stay. */
  private async more(): Promise<void> {
    const from = Math.min(this.at, this.before.count > 0 ? (this.before.starts[0] as number) : this.at);
    const held = this.bytes.subarray(from);
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
    this.bytes = Buffer.concat(parts, length);
    this.end = length;
    this.at -= from;
    this.before.move(from);
  }
}

function alikeMembers(shape: Compiled): Compiled | undefined {
  return shape.kind === 'each' && shape.note === undefined && shape.of.kind === 'keys' && shape.of.alike ? shape.of : undefined;
}
