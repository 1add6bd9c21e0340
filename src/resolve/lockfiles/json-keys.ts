/** Finds where the keys of a valid JSON text are written, in any layout, without recursion. */

/** Called for every key; `path` holds the keys of the objects around it, outermost first. Reused: copy what you keep. */
export type KeyVisitor = (path: readonly string[], key: string, offset: number) => void;

const quote = 34;
const backslash = 92;
const colon = 58;
const openBrace = 123;
const closeBrace = 125;
const openBracket = 91;
const closeBracket = 93;

/** Visits the keys of objects nested at most `deepest` objects deep; arrays count as a level with the key of the array. */
export function visitKeys(text: string, deepest: number, visit: KeyVisitor): void {
  const path: string[] = [];
  let depth = 0;
  let key = '';
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === quote) {
      const end = endOfString(text, at);
      if (depth <= deepest && nextIsColon(text, end)) {
        key = keyAt(text, at, end);
        path.length = depth - 1;
        visit(path, key, at);
      }
      at = end - 1;
    } else if (code === openBrace || code === openBracket) {
      if (depth > 0 && depth <= deepest) path[depth - 1] = key;
      depth++;
    } else if (code === closeBrace || code === closeBracket) depth--;
  }
}

/** Offset just behind the closing quote of the string that opens at `start`. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let slashes = 0;
    while (text.charCodeAt(end - 1 - slashes) === backslash) slashes++;
    if (slashes % 2 === 0) return end + 1;
  }
  return text.length;
}

function nextIsColon(text: string, at: number): boolean {
  let next = at;
  while (text.charCodeAt(next) <= 32) next++;
  return text.charCodeAt(next) === colon;
}

function keyAt(text: string, start: number, end: number): string {
  const raw = text.slice(start + 1, end - 1);
  if (!raw.includes('\\')) return raw;
  const parsed: unknown = JSON.parse(text.slice(start, end));
  return typeof parsed === 'string' ? parsed : raw;
}
