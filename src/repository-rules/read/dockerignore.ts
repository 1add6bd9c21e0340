/** What a .dockerignore keeps out of the build. */
import type { FileTexts } from '../../model/repository-rule.ts';

export interface Ignores {
  /** The file in force; undefined where there is none. */
  readonly file: string | undefined;
  readonly patterns: readonly string[];
}

/** The ignore file of a Dockerfile: its own, else that of the folder which is sent to the build. */
export function readIgnores(dockerfile: string, context: string, texts: FileTexts): Ignores {
  const file = [`${dockerfile}.dockerignore`, `${context}.dockerignore`].find((path) => texts.has(path));
  const lines = (file === undefined ? '' : (texts.get(file) ?? '')).split(/\r?\n/);
  return { file, patterns: lines.map((line) => line.trim()).filter((line) => line !== '' && !line.startsWith('#')) };
}

/** True when the last pattern that speaks of a name at the root of the build keeps it out. */
export function isIgnored(name: string, patterns: readonly string[]): boolean {
  let ignored = false;
  for (const pattern of patterns) {
    const negated = pattern.startsWith('!');
    const bare = pattern
      .replace(/^!/, '')
      .replace(/^\.?\//, '')
      .replace(/\/(?:\*\*?)?$/, '');
    if (matches(bare, name)) ignored = !negated;
  }
  return ignored;
}

function matches(pattern: string, name: string): boolean {
  if (pattern === '*' || pattern === '**') return true;
  const form = pattern
    .replace(/^\*\*\//, '')
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '[^/]*')
    .replaceAll('?', '[^/]');
  return form.length < 300 && new RegExp(`^${form}$`).test(name);
}
