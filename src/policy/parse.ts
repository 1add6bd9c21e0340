/** Text of a configuration in, Policy out; every mistake an error with line, column and what was probably meant. Pure. */
import { createScanner, getNodeValue, type Node, type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser';
import { DepwardError } from '../model/errors.ts';
import type { Policy } from '../model/policy.ts';
import { parseInstant } from '../model/time.ts';
import { type ConfigFile, policyOf } from './build.ts';
import { type ConfigurableRule, configShape } from './shape.ts';
import { type Mistake, mistakesIn } from './validate.ts';

/** More than any honest configuration; the configuration of a checked repository is hostile input. */
const longestConfig = 1_000_000;
const deepest = 16;

/** The policy a configuration stands for. `file` is how mistakes and reports call it. Comments are allowed, trailing commas are not. */
export function parsePolicy(text: string, file: string, rules: readonly ConfigurableRule[]): Policy {
  const root = treeOf(text, file);
  const mistakes = [...mistakesIn(root, configShape(rules), 'the configuration'), ...dateMistakes(root)];
  if (mistakes.length > 0) throw mistaken(text, file, mistakes);
  return policyOf(getNodeValue(root) as ConfigFile, file);
}

function treeOf(text: string, file: string): Node {
  if (text.length > longestConfig) throw new DepwardError('config', `${file}: larger than ${longestConfig} characters`);
  const tooDeep = depthExceeded(text);
  if (tooDeep !== undefined) throw mistaken(text, file, [{ offset: tooDeep, message: `nested deeper than ${deepest} levels` }]);
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { allowTrailingComma: false, disallowComments: false, allowEmptyContent: true });
  const first = errors[0];
  if (first) {
    const afterComma = text.slice(0, first.offset).trimEnd().endsWith(',');
    const hint = afterComma ? { hint: 'the comma before it is one too many' } : {};
    throw mistaken(text, file, [{ offset: first.offset, message: `not JSON: ${parseErrorText(first)}`, ...hint }]);
  }
  if (!root) throw new DepwardError('config', `${file}:1:1: the file is empty`, { hint: 'write at least {}' });
  return root;
}

// The parser recurses; hostile nesting must not reach it.
function depthExceeded(text: string): number | undefined {
  const scanner = createScanner(text, true);
  let depth = 0;
  for (let token = scanner.scan(); scanner.getTokenLength() > 0; token = scanner.scan()) {
    // 1 and 3 open an object and an array, 2 and 4 close them (the enum is erased by the type checker's settings).
    if (token === 1 || token === 3) depth += 1;
    if (token === 2 || token === 4) depth -= 1;
    if (depth > deepest) return scanner.getTokenOffset();
  }
  return undefined;
}

function parseErrorText(error: ParseError): string {
  return printParseErrorCode(error.error)
    .replaceAll(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase();
}

// The shape admits 31 days in every month.
function dateMistakes(root: Node): Mistake[] {
  const found: Mistake[] = [];
  for (const waiver of memberOf(root, 'waivers')?.children ?? []) {
    const expires = memberOf(waiver, 'expires');
    const value: unknown = expires?.value;
    if (!expires || typeof value !== 'string') continue;
    const instant = parseInstant(value);
    if (/^\d{4}-\d\d-\d\d/.test(value) && (instant === undefined || !new Date(instant).toISOString().startsWith(value.slice(0, 10))))
      found.push({ offset: expires.offset, message: '"expires" is not a day of the calendar' });
  }
  return found;
}

function memberOf(node: Node | undefined, key: string): Node | undefined {
  if (node?.type !== 'object') return undefined;
  return node.children?.find((property) => property.children?.[0]?.value === key)?.children?.[1];
}

function mistaken(text: string, file: string, mistakes: readonly Mistake[]): DepwardError {
  const [first, ...others] = [...mistakes].sort((a, b) => a.offset - b.offset);
  const elsewhere = others.slice(0, 5).map((mistake) => `${placeOf(text, mistake.offset)} ${mistake.message}`);
  const more = others.length === 0 ? '' : `also wrong: ${elsewhere.join('; ')}${others.length > 5 ? `; and ${others.length - 5} more` : ''}`;
  const hint = [first?.hint, more].filter(Boolean).join(' – ');
  return new DepwardError('config', `${file}:${placeOf(text, first?.offset ?? 0)}: ${first?.message}`, hint === '' ? {} : { hint });
}

function placeOf(text: string, offset: number): string {
  const before = text.slice(0, offset);
  const line = before.split('\n').length;
  return `${line}:${offset - before.lastIndexOf('\n')}`;
}
