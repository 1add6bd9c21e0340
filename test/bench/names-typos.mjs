/** Typos from a seed: the same in every run. */

/** mulberry32. */
export function random(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** A name with so many random omissions, insertions, substitutions or swaps. */
export function typo(name, edits, next) {
  let text = name;
  for (let edit = 0; edit < edits; edit++) {
    const at = Math.floor(next() * text.length);
    const letter = String.fromCharCode(97 + Math.floor(next() * 26));
    const kind = Math.floor(next() * 4);
    if (kind === 0) text = text.slice(0, at) + text.slice(at + 1);
    else if (kind === 1) text = text.slice(0, at) + letter + text.slice(at);
    else if (kind === 2) text = text.slice(0, at) + letter + text.slice(at + 1);
    else text = text.slice(0, at) + (text[at + 1] ?? '') + text[at] + text.slice(at + 2);
  }
  return text;
}
