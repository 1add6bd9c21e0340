/** What is found in a package, without doubles and within limits. */
import type { Capability, Hiding, Reach } from '../model/contents.ts';
import type { HidingSign } from './hiding.ts';
import type { Spotted } from './js/notes.ts';
import { own, type SourceText } from './source-text.ts';

const mostPerFile = 40;
const mostCapabilities = 600;

/** A class because it gathers while files are read. */
export class Gathering {
  readonly capabilities: Capability[] = [];
  readonly hiding: Hiding[] = [];
  /** Where each capability stands, by its words; how many of a kind a file has, by kind and file. */
  readonly #seen = new Map<string, number>();

  /** `words` stand for the snippet where the place in the source shows less. */
  capability(found: Spotted, source: SourceText, reach: Reach, words?: string): void {
    const { file } = source;
    const key = `${found.kind} ${file}`;
    const exact = `${key} ${found.detail}`;
    const count = this.#seen.get(key) ?? 0;
    const held = this.#seen.get(exact);
    // The same once more, but without waiting for a call.
    if (held !== undefined && !found.waits) this.awake(held);
    if (held !== undefined || count >= mostPerFile || this.capabilities.length >= mostCapabilities) return;
    this.#seen.set(exact, this.capabilities.length);
    this.#seen.set(key, count + 1);
    const place = source.place(found.at);
    this.capabilities.push({
      kind: found.kind,
      detail: own(found.detail),
      file,
      line: place.line,
      column: place.column,
      snippet: own(words === undefined ? place.snippet : words.slice(0, 160)),
      reach,
      readAs: found.readAs,
      ...(found.waits && { waits: true }),
    });
  }

  /** What waited for a call runs after all, maybe by something else than what led to its file. */
  awake(at: number, reach?: Reach): void {
    const { waits, ...found } = this.capabilities[at] as Capability;
    if (waits) this.capabilities[at] = { ...found, reach: reach ?? found.reach };
  }

  hides(sign: HidingSign, source: SourceText, reach: Reach): void {
    const { file } = source;
    const { kind, detail, strength } = sign;
    if (this.hiding.length >= mostCapabilities || this.hiding.some((held) => held.file === file && held.kind === kind && held.detail === detail))
      return;
    const { line, snippet } = source.place(sign.at);
    this.hiding.push({ kind, detail: own(detail), file, line, snippet: own(kind === 'minified' ? '' : snippet), reach, strength });
  }

  /** A sign of the file as a whole. */
  sign(kind: Hiding['kind'], detail: string, file: string, reach: Reach, strength: number): void {
    this.hiding.push({ kind, detail, file, line: 1, snippet: '', reach, strength });
  }
}
