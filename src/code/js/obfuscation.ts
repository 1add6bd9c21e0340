/** How far the syntax of a script is from anything people or honest build tools write. */

import { isEscaped } from './known.ts';
import { bare, type Node } from './nodes.ts';
import type { Scan } from './scan.ts';

/** A measure that tripped. */
export interface Trait {
  readonly name: string;
  readonly weight: number;
  readonly at: number;
}

/** The traits of obfuscators; none of them alone is typical of minifiers. */
export function obfuscationTraits(scan: Scan, source: string): readonly Trait[] {
  return [machineNames(scan, source), accessor(scan), escapes(scan), flattened(scan), symbolSoup(source), charTable(scan)].filter(
    (trait) => trait !== undefined,
  );
}

/** The same for scripts without a tree: only what their text shows. */
export function textTraits(source: string): readonly Trait[] {
  const looked = source.slice(0, 4_000_000);
  const all = looked.match(/\b_0x[0-9a-f]{2,8}\b/g) ?? [];
  const names = new Set(all);
  const [first] = names;
  // Few names, but hardly anything else.
  const dense = names.size >= 3 && all.length >= 15 && all.length * 100 > looked.length;
  const named =
    (names.size >= 15 || dense) && first !== undefined
      ? { name: `${names.size} machine-made names such as ${first}`, weight: 0.6, at: Math.max(0, source.indexOf(first)) }
      : undefined;
  return [named, symbolSoup(source)].filter((trait) => trait !== undefined);
}

const machineName = /^[a-zA-Z]{0,3}\d{0,2}_0x[0-9a-f]{2,}$/i;
const confusable = /^[_$]?[Il1|]{4,}$|^[_$]?[O0oQ]{4,}$|^_\$_[0-9a-f]{3,}$|^[_$]{4,}$/;

/** What every such name holds: one test for the many others. */
const perhapsOdd = /_0x|^[_$Il1|]{4}|^[_$O0oQ]{4}|^_\$_|[^\x00-\x7f]/i;

function machineNames(scan: Scan, source: string): Trait | undefined {
  const odd: string[] = [];
  for (const name of scan.identifiers)
    if (perhapsOdd.test(name) && (machineName.test(name) || confusable.test(name) || isSymbolic(name))) odd.push(name);
  const first = odd[0];
  if (first === undefined || odd.length < 6 || (odd.length < 15 && odd.length * 5 < scan.identifiers.size)) return undefined;
  return { name: `${odd.length} machine-made names such as ${first}`, weight: 0.6, at: Math.max(0, source.indexOf(first)) };
}

/** Names of symbols that no keyboard has together: what encoders for fun and for harm write. */
function isSymbolic(name: string): boolean {
  return (
    name.length >= 2 &&
    /^[^\x00-\x7f]+$/.test(name) &&
    !/\p{Script=Latin}|\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Hangul}|\p{Script=Cyrillic}|\p{Script=Greek}|\p{Script=Arabic}|\p{Script=Devanagari}/u.test(
      name,
    )
  );
}

/** One function asked with numbers or short keys for the names of members: the accessor of a string table. */
function accessor(scan: Scan): Trait | undefined {
  const asked = new Map<string, { count: number; at: number }>();
  let computed = 0;
  for (const { node } of scan.members) {
    if (!node.computed) continue;
    const property = bare(node.property as Node);
    const operand = property.type === 'BinaryExpression' ? bare(property.left as Node) : property;
    if (
      operand.type !== 'CallExpression' ||
      operand.callee.type !== 'Identifier' ||
      operand.arguments.length === 0 ||
      !operand.arguments.every(isKey)
    )
      continue;
    computed++;
    const held = asked.get(operand.callee.name) ?? { count: 0, at: node.start ?? 0 };
    held.count++;
    asked.set(operand.callee.name, held);
  }
  if (computed < 5 || (computed < 12 && computed * 6 < scan.memberCount)) return undefined;
  const most = [...asked.values()].reduce((a, b) => (a.count >= b.count ? a : b));
  return { name: `${computed} members named by calls of a string table`, weight: 0.5, at: most.at };
}

function isKey(node: Node): boolean {
  if (node.type === 'Literal') return typeof node.value === 'number' || (typeof node.value === 'string' && node.value.length <= 10);
  return (
    (node.type === 'UnaryExpression' && isKey(node.argument)) ||
    (node.type === 'BinaryExpression' && isKey(node.left as Node) && isKey(node.right)) ||
    (node.type === 'MemberExpression' && node.object.type === 'Identifier')
  );
}

function escapes(scan: Scan): Trait | undefined {
  const escaped = scan.strings.filter((node) => typeof node.value === 'string' && isEscaped(node.value, node.raw));
  const [first] = escaped;
  if (!first || escaped.length < 3 || (escaped.length < 8 && escaped.length * 4 < scan.strings.length)) return undefined;
  return { name: `${escaped.length} texts written as escapes`, weight: 0.45, at: first.start ?? 0 };
}

function flattened(scan: Scan): Trait | undefined {
  return scan.flattened > 0 ? { name: 'flattened control flow', weight: 0.35, at: 0 } : undefined;
}

/** For each ASCII character: 0 blank, 1 sign, 2 anything else. */
const kinds = Uint8Array.from({ length: 128 }, (_, code) => ('[](){}!+$_'.includes(String.fromCharCode(code)) ? 1 : code > 32 ? 2 : 0));

/** Code of brackets and signs alone. Ends as soon as what follows cannot make up for the letters: after a fifth of most scripts. */
function symbolSoup(source: string): Trait | undefined {
  if (source.length < 400) return undefined;
  const looked = Math.min(source.length, 60_000);
  const mostLetters = Math.ceil(looked / 5);
  let signs = 0;
  let letters = 0;
  for (let i = 0; i < looked && letters < mostLetters; i++) {
    const code = source.charCodeAt(i);
    const kind = code < 128 ? (kinds[code] as number) : 2;
    signs += kind & 1;
    letters += kind >> 1;
  }
  return signs > letters * 4 ? { name: 'code of brackets and signs', weight: 1, at: 0 } : undefined;
}

/** A long list of numbers that are character codes, or of one- to three-letter texts that are put together. */
function charTable(scan: Scan): Trait | undefined {
  for (const node of scan.arrays) {
    if (node.elements.length < 64) continue;
    const codes = node.elements.filter(
      (element) =>
        element?.type === 'Literal' &&
        typeof element.value === 'number' &&
        Number.isInteger(element.value) &&
        element.value >= 9 &&
        element.value < 256,
    );
    const printable = codes.filter(
      (element) =>
        element?.type === 'Literal' && typeof element.value === 'number' && ((element.value >= 32 && element.value < 127) || element.value === 10),
    );
    if (codes.length === node.elements.length && printable.length === codes.length && looksLikeText(node.elements))
      return { name: `${codes.length} character codes that spell text`, weight: 0.5, at: node.start ?? 0 };
  }
  return undefined;
}

/** Letters and blanks in the proportions of text or code, not of a table of numbers. */
function looksLikeText(elements: readonly (Node | null)[]): boolean {
  let letters = 0;
  const values = new Set<number>();
  for (const element of elements) {
    if (element?.type !== 'Literal' || typeof element.value !== 'number') continue;
    values.add(element.value);
    if ((element.value >= 97 && element.value <= 122) || element.value === 32 || element.value === 40 || element.value === 41) letters++;
  }
  return values.size >= 16 && values.size < elements.length && letters * 2 > elements.length;
}
