/** What is found in a package, without doubles and within limits. */
import type { Capability, Hiding, Reach } from '../model/contents.ts';
import type { HidingSign } from './hiding.ts';
import type { Spotted } from './js/notes.ts';
import { own, type SourceText } from './source-text.ts';

const mostPerFile = 40;
/** Where more is found in a package each file tells only its first few of a kind: much that is common must not hide what comes after it. */
const mostInFull = 600;
const few = 8;
const most = 20_000;

/** A class because it gathers while files are read. */
export class Gathering {
  readonly capabilities: Capability[] = [];
  readonly hiding: Hiding[] = [];
  /** Files that run and of which something found is not told. */
  readonly untold = new Set<string>();
  /** Where each capability stands, by its words; how many of a kind a file has, by kind and file. */
  readonly #seen = new Map<string, number>();

  /** `words` stand for the snippet where the place in the source shows less. */
  capability(found: Spotted, source: SourceText, reach: Reach, words?: string): void {
    const { file } = source;
    const exact = `${found.kind} ${file.length} ${file} ${found.detail}`;
    const held = this.#seen.get(exact);
    // The same once more, but without waiting for a call.
    if (held !== undefined && !found.waits) this.awake(held);
    if (held !== undefined || !this.#hasRoom(found.waits ? `waiting ${found.kind}` : found.kind, file, reach, this.capabilities.length)) return;
    // A copy, as all that is held here: a slice would keep its whole file in memory.
    this.#seen.set(own(exact), this.capabilities.length);
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

  #hasRoom(kind: string, file: string, reach: Reach, held: number): boolean {
    if (held >= most && reach !== 'shipped') this.untold.add(file);
    const key = `of ${kind} ${file}`;
    const count = this.#seen.get(key) ?? 0;
    if (held >= most || count >= (held < mostInFull ? mostPerFile : few)) return false;
    this.#seen.set(key, count + 1);
    return true;
  }

  /** What waited for a call runs after all, maybe by something else than what led to its file. */
  awake(at: number, reach?: Reach): void {
    const { waits, ...found } = this.capabilities[at] as Capability;
    if (waits) this.capabilities[at] = { ...found, reach: reach ?? found.reach };
  }

  hides(sign: HidingSign, source: SourceText, reach: Reach): void {
    const { file } = source;
    const { kind, detail, strength } = sign;
    const exact = `hides ${kind} ${file.length} ${file} ${detail}`;
    if (this.#seen.has(exact) || !this.#hasRoom(`hides ${kind}`, file, reach, this.hiding.length)) return;
    this.#seen.set(own(exact), this.hiding.length);
    const { line, snippet } = source.place(sign.at);
    this.hiding.push({ kind, detail: own(detail), file, line, snippet: own(kind === 'minified' ? '' : snippet), reach, strength });
  }

  /** A sign of the file as a whole. */
  sign(kind: Hiding['kind'], detail: string, file: string, reach: Reach, strength: number): void {
    this.hiding.push({ kind, detail, file, line: 1, snippet: '', reach, strength });
  }
}
