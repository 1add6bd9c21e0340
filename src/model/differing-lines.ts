/** Two states of a long text of which most lines stay as they are. */

/** Lines shown around what differs. */
const around = 5;
/** How far apart lines are looked for that are the same again, and how many places may differ. */
const farthest = 64;
const mostPlaces = 500;

/** Of both texts the lines that the other does not have in that place, with some lines around them; undefined where they differ too much. */
export function differingLines(before: string, now: string): readonly [before: string, now: string] | undefined {
  const places = differencesOf(before, now);
  return places && [shown(before, places, 0), shown(now, places, 2)];
}

/** From where to where: in the one text, in the other. All are beginnings of lines, or ends of texts. */
type Place = readonly [from: number, to: number, fromOfOther: number, toOfOther: number];

function differencesOf(before: string, now: string): readonly Place[] | undefined {
  const places: Place[] = [];
  let [at, to] = [0, 0];
  for (;;) {
    const common = commonLength(before, at, now, to);
    [at, to] = [at + common, to + common];
    if (at === before.length && to === now.length) return places;
    const intoLine = at - lineStart(before, at);
    const [from, fromOfOther] = [at - intoLine, to - intoLine];
    const again = sameAgain(before, from, now, fromOfOther);
    if (!again || places.length === mostPlaces) return undefined;
    [at, to] = again;
    places.push([from, at, fromOfOther, to]);
  }
}

/** How many characters are the same from there on. */
export function commonLength(
  a: string,
  from: number,
  b: string,
  fromOfOther: number,
  most = Math.min(a.length - from, b.length - fromOfOther),
): number {
  let [length, step, grows] = [0, 256, true];
  while (length < most && step > 0) {
    const size = Math.min(step, most - length);
    const isSame = a.slice(from + length, from + length + size) === b.slice(fromOfOther + length, fromOfOther + length + size);
    if (isSame) length += size;
    else grows = false;
    step = isSame && grows ? step * 4 : size >> 1;
  }
  return length;
}

/** The nearest place from which two lines are the same in both. */
function sameAgain(a: string, from: number, b: string, fromOfOther: number): readonly [number, number] | undefined {
  const [old, fresh] = [linesFrom(a, from), linesFrom(b, fromOfOther)];
  for (let apart = 1; apart <= farthest; apart++) {
    for (let skip = Math.min(apart, old.length - 1); skip >= 0 && apart - skip < fresh.length; skip--) {
      const passed = apart - skip;
      if (isSameFrom(old, skip, fresh, passed)) return [(old[skip] as Line).at, (fresh[passed] as Line).at];
    }
  }
  return undefined;
}

function isSameFrom(old: readonly Line[], skip: number, fresh: readonly Line[], passed: number): boolean {
  return old[skip]?.text === fresh[passed]?.text && old[skip + 1]?.text === fresh[passed + 1]?.text;
}

interface Line {
  readonly at: number;
  readonly text: string;
}

/** The next lines, and an empty one where the text ends. */
function linesFrom(text: string, from: number): readonly Line[] {
  const lines: Line[] = [];
  let at = from;
  while (lines.length <= farthest + 1 && at < text.length) {
    const end = lineEnd(text, at);
    lines.push({ at, text: text.slice(at, end) });
    at = end;
  }
  if (at === text.length) lines.push({ at, text: '' });
  return lines;
}

function shown(text: string, places: readonly Place[], side: 0 | 2): string {
  let shown = '';
  for (const place of places) shown += `${text.slice(linesBefore(text, place[side]), linesBehind(text, place[side + 1] as number))}${gap}`;
  return shown;
}

/** Nothing that stands on two sides of it belongs together. */
const gap = '\n'.repeat(around + 1);

function linesBefore(text: string, from: number): number {
  let at = from;
  for (let count = 0; count < around && at > 0; count++) at = lineStart(text, at - 1);
  return at;
}

function linesBehind(text: string, from: number): number {
  let at = from;
  for (let count = 0; count < around && at < text.length; count++) at = lineEnd(text, at);
  return at;
}

/** Where the line begins that an offset stands in. */
function lineStart(text: string, at: number): number {
  return at === 0 ? 0 : text.lastIndexOf('\n', at - 1) + 1;
}

/** Where the next line begins. */
function lineEnd(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end + 1;
}
