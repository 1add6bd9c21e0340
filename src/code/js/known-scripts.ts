/**
 * Scripts read before in this process: most files of a release are those of the release before it, and many packages carry
 * the same files. Only short texts are held, each a copy of its own: a slice would keep its whole file in memory.
 */
import { own } from '../source-text.ts';
import type { FileFlow } from './hand-over.ts';
import { ownTexts } from './own-ref.ts';
import type { ScriptFacts } from './script.ts';

const mostScripts = 2000;
/** Scripts that tell more are read again. */
const mostItems = 150;
const longestText = 300;

/** What a script told, and how long its text is. */
export interface KnownScript {
  readonly facts: ScriptFacts;
  readonly length: number;
}

const known = new Map<string, KnownScript>();

/** What was told under this key before; the key says everything the answer depends on. */
export function knownScript(key: string): KnownScript | undefined {
  const held = known.get(key);
  if (held) {
    // Asked for last, forgotten last.
    known.delete(key);
    known.set(key, held);
  }
  return held;
}

/** Remembers what a script told; false where that is too much. */
export function rememberScript(key: string, script: KnownScript): boolean {
  const { spotted, hiding, requires, files } = script.facts;
  if (spotted.length + hiding.length + requires.length + files.length > mostItems) return false;
  const texts = [...requires, ...files, ...spotted.map(({ detail }) => detail), ...hiding.map(({ detail }) => detail)];
  if (texts.some((text) => text.length > longestText)) return false;
  const [oldest] = known.keys();
  if (oldest !== undefined && known.size >= mostScripts) known.delete(oldest);
  known.set(key, heldScript(script));
  return true;
}

/** What a script told, to be held longer than the script. */
export function heldScript({ facts, length }: KnownScript): KnownScript {
  return { facts: copied(facts), length };
}

/** The same of what goes between it and other files. */
export function heldFlow({ outgoing, sends, ...flow }: FileFlow): FileFlow {
  return {
    ...flow,
    outgoing: outgoing.map((one) => ({ ...one, of: one.of.map(ownTexts), to: own(one.to) })),
    ...(sends !== undefined && { sends: own(sends) }),
  };
}

function copied(facts: ScriptFacts): ScriptFacts {
  return {
    ...facts,
    ...(facts.flow && { flow: heldFlow(facts.flow) }),
    spotted: facts.spotted.map((found) => ({ ...found, detail: own(found.detail) })),
    hiding: facts.hiding.map((sign) => ({ ...sign, detail: own(sign.detail) })),
    requires: facts.requires.map(own),
    files: facts.files.map(own),
  };
}
