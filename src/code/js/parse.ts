/** JavaScript text to syntax tree; a file that does not parse says why. */
import { type ESTree, parse } from 'meriyah';
import { everySyntax } from './every-syntax.ts';

export type Parsed = { readonly ok: true; readonly program: ESTree.Program } | { readonly ok: false; readonly why: string };

const options = { next: true, ranges: { start: true, end: true }, raw: true, webcompat: true, globalReturn: true, jsx: false } as const;

/** Parses as the kind of file it most likely is, then as the other, then with JSX. */
export function parseScript(source: string, moduleFirst: boolean): Parsed {
  prepare(source.length);
  const module = moduleFirst || /^(?:import|export)\b[\s{*'"]/m.test(source);
  const first = attempt(source, module ? 'module' : 'commonjs', false);
  if (first.ok || first.why === tooDeep) return first;
  const second = attempt(source, module ? 'commonjs' : 'module', false);
  if (second.ok) return second;
  const third = source.includes('</') || source.includes('/>') ? attempt(source, 'module', true) : second;
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
