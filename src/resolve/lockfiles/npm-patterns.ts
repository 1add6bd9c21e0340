/** The patterns of the layout in which npm itself writes package-lock v2 and v3. */
import { eachMatch, sticky } from './layout.ts';

const word = '[^"\\\\\\u0000-\\u001f]*';
const string = `"${word}(?:\\\\(?:["\\\\/bfnrt]|u[0-9a-fA-F]{4})${word})*"`;
const leaf = `(?:"${word}"|true|false)`;
const read = 'name|version|resolved|integrity';
const lists = '(?:d|devD|optionalD|peerD)ependencies';

/** For one depth of indentation. */
export interface Patterns {
  readonly indent: number;
  readonly head: RegExp;
  /** Captures: key, name, version, resolved, integrity, and what makes it odd. */
  readonly entry: RegExp;
  /** Global: entries of a registry's tarball for the name and version they have, held by sha512. All of them fit `entry`. */
  readonly ordinary: RegExp;
  /** The same again, nested, as npm 6 reads it. Nobody here does. */
  readonly legacyHead: RegExp;
  readonly legacy: RegExp;
  readonly end: RegExp;
}

// As in model/ordinary-entry.ts.
const noRepository = '(?![^/"]*(?:github\\.com|gitlab\\.com|bitbucket\\.org)/)';

const byIndent = new Map<number, Patterns>();

/** The patterns of files that are indented so deep. */
export function patternsFor(indent: number): Patterns {
  const held = byIndent.get(indent) ?? patternsOf(indent);
  byIndent.set(indent, held);
  return held;
}

function patternsOf(indent: number): Patterns {
  const line = (depth: number) => `\\n {${depth * indent}}`;
  const start = (depth: number) => ` {${depth * indent}}`;
  // A comma parts it from what is before, or it is the first behind the brace: there is one way only to read it.
  const object = (depth: number, what: string) => `\\{(?:(?:,|(?<=\\{))${line(depth + 1)}"${word}": ${what})+${line(depth)}\\}`;
  const array = (depth: number, what: string) => `\\[(?:(?:,|(?<=\\[))${line(depth + 1)}${what})+${line(depth)}\\]`;
  const inner = `(?:${leaf}|${object(4, leaf)}|${array(4, leaf)})`;
  const value = `(?:${string}|true|false|\\{\\}|\\[\\]|${object(3, inner)}|${array(3, inner)})`;
  const ranges = `(?:\\{\\}|${object(3, '"(?:npm:)?[^":\\\\\\u0000-\\u001f]*"')})`;
  const next = `(?:,|(?<=\\{))${line(3)}"`;
  const nested = (depth: number, levels: number): string =>
    `(?:\\{\\}|${object(depth, `(?:${string}|true|false${levels > 0 ? `|${nested(depth + 1, levels - 1)}` : ''})`)})`;
  const more = (depth: number) => `(?:,\\n|(?=${line(depth - 1)}\\}))`;
  const last = `${line(1)}\\}`;
  const others = `(?:${next}(?:(?!(?:${read}|link|${lists})")${word}": ${value}|${lists}": ${ranges}))*`;
  return {
    indent,
    head: sticky(
      `\\{\\n(?:${start(1)}"name": ${string},\\n)?(?:${start(1)}"version": ${string},\\n)?` +
        `${start(1)}"lockfileVersion": ([23]),\\n(?:${start(1)}"requires": true,\\n)?${start(1)}"packages": \\{\\n`,
    ),
    entry: sticky(
      `${start(2)}"(${word})": \\{(?:${read.replace(/\w+\|?/g, (name) => `(?:${next}${name.replace('|', '')}": "(${word})")?`)}` +
        others +
        `(?:${next}(link": true|${lists}": ${object(3, leaf)})(?:${next}(?!(?:${read})")${word}": ${value})*)?${line(2)})?\\}${more(2)}`,
    ),
    ordinary: new RegExp(
      `${start(2)}"(?:[\\w.@/+-]*/)?node_modules/((?!@[^/]*node_modules/)(?:@[\\w.+-]+/)?([\\w.+-]+))": \\{${line(3)}"version": "([\\w.+-]+)",` +
        `${line(3)}"resolved": "https://${noRepository}[\\w.:-]+(?:/[\\w.-]+)*?/\\1/-/\\2-\\3\\.tgz",${line(3)}"integrity": "sha512-[A-Za-z0-9+/]{86}=="` +
        `${others}${line(2)}\\}${more(2)}`,
      'gy',
    ),
    legacyHead: sticky(`${last},${line(1)}"dependencies": \\{\\n`),
    legacy: sticky(`${start(2)}"${word}": ${nested(2, 9)}${more(2)}`),
    end: sticky(`${last}\\n\\}[ \\t\\n]*$`),
  };
}

/** True where nothing but what nobody here reads follows the last entry. */
export function endsWell(text: string, end: number, { legacyHead, legacy, end: last }: Patterns): boolean {
  if (text.charCodeAt(end - 1) === newline) return false;
  legacyHead.lastIndex = end;
  last.lastIndex = legacyHead.test(text) ? eachMatch(legacy, text, legacyHead.lastIndex, () => {}) : end;
  return last.test(text);
}

export const newline = 10;
