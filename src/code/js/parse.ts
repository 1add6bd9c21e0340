/** JavaScript text to syntax tree; a file that does not parse says why. */
import { type ESTree, parse } from 'meriyah';
import { everySyntax } from './every-syntax.ts';
import { isNode } from './nodes.ts';
import { withoutTypes } from './typed.ts';

export type Parsed = { readonly ok: true; readonly program: ESTree.Program } | { readonly ok: false; readonly why: string };

const options = { next: true, ranges: { start: true, end: true }, raw: true, webcompat: true, globalReturn: true, jsx: false } as const;

/** What the name of a script says of its language. */
export interface Language {
  readonly module: boolean;
  /** May hold types, or types and tags: what begins with `<` is not the same in both. */
  readonly typed?: 'ts' | 'tsx';
}

/** Parses as JavaScript and, where it may be in it, as TypeScript. */
export function parseScript(source: string, moduleFirst: boolean, typed?: Language['typed']): Parsed {
  const plain = parsePlain(source, moduleFirst);
  if (plain.ok || plain.why === tooDeep || !typed) return plain;
  const withTags = looksTagged(source) || typed === 'tsx';
  for (const jsx of typed === 'tsx' ? [true, false] : withTags ? [false, true] : [false]) {
    const edited = withoutTypes(source, jsx);
    const parsed = edited && parsePlain(edited.text, true);
    if (!parsed?.ok) continue;
    if (edited?.before) moveBack(parsed.program, edited.before);
    return parsed;
  }
  return plain;
}

/** Gives all nodes the places they had in the text before it was changed. */
function moveBack(program: ESTree.Program, before: (offset: number) => number): void {
  // Some nodes are held twice.
  const moved = new Set<object>();
  const open: object[] = [program];
  for (let node = open.pop(); node; node = open.pop()) {
    if (moved.has(node)) continue;
    moved.add(node);
    if (isNode(node)) {
      node.start = before(node.start ?? 0);
      node.end = before(node.end ?? 0);
    }
    for (const value of Object.values(node)) if (isNode(value) || Array.isArray(value)) open.push(value);
  }
}

function looksTagged(source: string): boolean {
  return source.includes('</') || source.includes('/>');
}

/** As the kind of file it most likely is, then as the other, then with JSX. */
function parsePlain(source: string, moduleFirst: boolean): Parsed {
  prepare(source.length);
  const module = moduleFirst || /^(?:import|export)\b[\s{*'"]/m.test(source);
  const first = attempt(source, module ? 'module' : 'commonjs', false);
  if (first.ok || first.why === tooDeep) return first;
  const second = attempt(source, module ? 'commonjs' : 'module', false);
  if (second.ok) return second;
  const third = looksTagged(source) ? attempt(source, 'module', true) : second;
  return third.ok ? third : first;
}

/** Beyond so much code its functions become hot. */
const becomesHot = 32_000;
let parsed = 0;

/** Shows the parser every syntax before it becomes hot. */
function prepare(length: number): void {
  if (parsed >= becomesHot) return;
  parsed += length;
  if (parsed >= becomesHot) attempt(everySyntax, 'module', false);
}

const tooDeep = 'nested too deeply';

function attempt(source: string, sourceType: 'module' | 'commonjs', jsx: boolean): Parsed {
  try {
    return { ok: true, program: parse(source, { ...options, sourceType, jsx }) };
  } catch (error) {
    // The parser recurses: hostile nesting ends its stack.
    if (error instanceof Error && error.name === 'RangeError') return { ok: false, why: tooDeep };
    return { ok: false, why: error instanceof Error ? error.message.slice(0, 120) : 'does not parse' };
  }
}
