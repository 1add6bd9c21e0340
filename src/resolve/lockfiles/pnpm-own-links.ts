/** The links between projects in pnpm's own layout. */
import { bare, piece, sticky } from './layout.ts';
import type { LocalLink } from './pnpm-document.ts';

/** The projects of a section and where each begins and the section ends. */
interface Projects {
  readonly names: readonly string[];
  readonly starts: readonly number[];
  readonly start: number;
  readonly end: number;
}

const { key } = piece;
const linkRow = sticky(`(?: {6}(${key})| {8}version): (?:"(link:[^"\\n]*)"|'(link:[^'\\n]*)'|(link:[^\\n]*))\\n`);

/** The links among the lines of projects: one of a few lines holds one, and all others need not be looked at for it. */
export function linksIn(text: string, { names, starts, start, end }: Projects): LocalLink[] {
  const links: LocalLink[] = [];
  let project = '.';
  let next = 0;
  for (let at = text.indexOf('link:', start); at >= 0 && at < end; at = text.indexOf('link:', at + 1)) {
    for (; (starts[next] ?? end) <= at; next++) project = names[next] ?? project;
    const row = text.lastIndexOf('\n', at) + 1;
    linkRow.lastIndex = row;
    const found = linkRow.exec(text);
    const target = found?.[2] ?? found?.[3] ?? found?.[4];
    if (target === undefined || text.indexOf('link:', row) < at || !fieldAt(text, row).endsWith('ependencies')) continue;
    links.push({ project, name: bare(found?.[1] ?? keyAbove(text, row)), target });
  }
  return links;
}

/** The field of a project in which a row stands. */
function fieldAt(text: string, row: number): string {
  let at = text.lastIndexOf('\n    ', row - 2);
  while (text.charCodeAt(at + 5) === 32) at = text.lastIndexOf('\n    ', at - 1);
  return text.slice(at + 5, text.indexOf(':', at + 5));
}

/** The key that stands above a specifier and its version. */
function keyAbove(text: string, row: number): string {
  const specifier = text.lastIndexOf('\n', row - 2) + 1;
  const name = text.lastIndexOf('\n', specifier - 2) + 1;
  return text.slice(name + 6, specifier - 2);
}
