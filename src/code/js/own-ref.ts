/** Something of another file of the package, as a tag and taken apart: which file, and by which names. */
import { own } from '../source-text.ts';
import type { Tag } from './tag.ts';

/** `.send` of `./s`; an empty reach is all of the file. */
export interface OwnRef {
  readonly file: string;
  readonly reach: string;
  /** True where only a member of what it gives is taken. */
  readonly part?: boolean;
}

/** What a file of the same package is imported by: a path, or a name that its package.json gives it. */
export function isOwnSpecifier(specifier: string): boolean {
  return specifier.startsWith('.') || specifier.startsWith('#');
}

/** The name of the package a bare specifier begins with. */
export function packageOf(specifier: string): string | undefined {
  return /^(?:node:)?((?:@[\w.~-]+\/)?[\w.~-]+)/.exec(specifier)?.[1];
}

/** Stands for a member of which only running would tell the name. */
export const someMember = '.?';

/** Names beyond are not told apart. */
const mostNames = 3;

/** With texts of its own: a slice would keep its whole file in memory. */
export function ownTexts(ref: OwnRef): OwnRef {
  return { ...ref, file: own(ref.file), reach: own(ref.reach) };
}

/** The names taken of something of which `key` is taken first. */
export function reachOf(key: string | undefined, rest: string): string {
  if (key === undefined || !/^[\w$]{1,80}$/.test(key)) return '';
  const reach = `.${key}${rest}`;
  return reach.split('.').length > mostNames + 1 ? reach.split('.', mostNames + 1).join('.') : reach;
}

/** The first name of a reach, and what is left. */
export function splitReach(reach: string): readonly [first: string, rest: string] {
  const at = reach.indexOf('.', 1);
  return at < 0 ? [reach.slice(1), ''] : [reach.slice(1, at), reach.slice(at)];
}

/** The last name of a reach. */
export function lastOf(reach: string): string {
  return reach === someMember ? reach : reach.slice(Math.max(0, reach.lastIndexOf('.')));
}

/** As a tag; the reach may end in a member nobody can name. */
export function ownTag({ file, reach }: OwnRef): Tag {
  return `own ${reach} ${file}`;
}

/** What of other files of the package a value is. */
export function ownOf(tags: ReadonlySet<Tag>): readonly OwnRef[] {
  return [...tags].flatMap((tag) => {
    if (!tag.startsWith('own ')) return [];
    const at = tag.indexOf(' ', 4);
    const reach = tag.slice(4, at);
    const file = tag.slice(at + 1);
    return [reach.endsWith(someMember) ? { reach: reach.slice(0, -someMember.length), file, part: true } : { reach, file }];
  });
}
