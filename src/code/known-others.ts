/** Scripts of other languages read before in this process: build scripts are the same from release to release, and in many packages. */
import type { OtherFacts } from './other-scripts.ts';
import { own } from './source-text.ts';

const mostScripts = 500;
/** Scripts that tell more are read again. */
const mostItems = 100;
const longestText = 300;

const known = new Map<string, OtherFacts>();

/** What a script told, read now unless one of this key was read before; the key says everything the answer depends on. */
export function otherFacts(key: string, read: () => OtherFacts): OtherFacts {
  const held = known.get(key);
  const facts = held ?? read();
  if (!held && isShort(facts)) {
    const [oldest] = known.keys();
    if (oldest !== undefined && known.size >= mostScripts) known.delete(oldest);
    known.set(key, copied(facts));
  }
  return facts;
}

function isShort({ spotted, files, inline }: OtherFacts): boolean {
  const texts = [...spotted.map(({ detail }) => detail), ...files, ...inline.map(({ code }) => code)];
  return texts.length <= mostItems && texts.every((text) => text.length <= longestText);
}

/** Texts of its own: a slice would keep its whole file in memory. */
function copied({ spotted, files, inline }: OtherFacts): OtherFacts {
  return {
    spotted: spotted.map((found) => ({ ...found, detail: own(found.detail) })),
    files: files.map(own),
    inline: inline.map(({ language, code }) => ({ language, code: own(code) })),
  };
}
