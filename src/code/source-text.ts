/** The text of a file, decoded and cut into lines only when somebody asks. */
import { type LineStarts, lineStarts, placeAt } from './text.ts';

/** A class because it remembers what it decoded. */
export class SourceText {
  readonly file: string;
  readonly #bytes: Uint8Array;
  #text: string | undefined;
  #lines: LineStarts | undefined;

  constructor(file: string, bytes: Uint8Array) {
    this.file = file;
    this.#bytes = bytes;
  }

  get text(): string {
    this.#text ??= decode(this.#bytes);
    return this.#text;
  }

  /** Line and column of an offset, and the words around it. */
  place(offset: number): ReturnType<typeof placeAt> {
    this.#lines ??= lineStarts(this.text);
    return placeAt(this.text, Math.min(offset, this.text.length), this.#lines);
  }
}

export function decode(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}

/** A copy, so that a short text does not keep the file it was cut from in memory. */
export function own(text: string): string {
  return Buffer.from(text, 'utf8').toString('utf8');
}
