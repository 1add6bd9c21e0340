/** TypeScript to JavaScript: types become spaces, so that what is left stays where it is. Its parser is loaded when there are types to be read. */
import { parse } from '@babel/parser';
import { type Edited, Edits } from './edits.ts';
import { type Around, type Erasing, erase, isTypedNode, NotErasable } from './typed-nodes.ts';

/** Its syntax trees take more memory than those of JavaScript. */
const largestTyped = 2 ** 20;

const options = {
  sourceType: 'module',
  // What is wrong but can be read is for the parser of JavaScript to judge.
  errorRecovery: true,
  attachComment: false,
  allowReturnOutsideFunction: true,
  allowAwaitOutsideFunction: true,
  allowSuperOutsideMethod: true,
  allowNewTargetOutsideFunction: true,
  allowUndeclaredExports: true,
  allowImportExportEverywhere: true,
} as const;

/** The text without types; undefined where that cannot be had. */
export function withoutTypes(source: string, jsx: boolean): Edited | undefined {
  const file = source.length > largestTyped ? undefined : parsed(source, jsx);
  if (!file) return undefined;
  const how = { source, bare: withoutComments(source, file.comments ?? []), edits: new Edits(source) };
  try {
    eraseAll(file.program, how);
    return how.edits.applied();
  } catch (error) {
    if (error instanceof NotErasable) return undefined;
    throw error;
  }
}

/** Whatever the parser ends with, be it a fault of its own or its stack at hostile nesting, is no tree. */
function parsed(source: string, jsx: boolean): ReturnType<typeof parse> | undefined {
  try {
    return parse(source, { ...options, plugins: ['typescript', 'decorators-legacy', ...(jsx ? (['jsx'] as const) : [])] });
  } catch {
    return undefined;
  }
}

function eraseAll(program: unknown, how: Erasing): void {
  const open: { readonly node: unknown; readonly around?: Around }[] = [{ node: program }];
  for (let next = open.pop(); next; next = open.pop()) {
    if (!isTypedNode(next.node)) continue;
    for (const one of erase(next.node, next.around ?? {}, how)) open.push(one);
  }
}

function withoutComments(source: string, comments: readonly { readonly start?: number | null; readonly end?: number | null }[]): string {
  const parts: string[] = [];
  let at = 0;
  for (const { start, end } of comments) {
    if (typeof start !== 'number' || typeof end !== 'number' || start < at) continue;
    parts.push(source.slice(at, start), ' '.repeat(end - start));
    at = end;
  }
  return parts.join('') + source.slice(at);
}
