/** The words of a name. */

/** A name without its scope. */
export function bareName(name: string): string {
  const slash = name.startsWith('@') ? name.indexOf('/') : -1;
  return slash < 0 ? name : name.slice(slash + 1);
}

/** The scope of a name with its `@`, or nothing. */
export function scopeOf(name: string): string | undefined {
  const slash = name.startsWith('@') ? name.indexOf('/') : -1;
  return slash < 0 ? undefined : name.slice(0, slash);
}

/** The parts between separators, in lower case. */
export function wordsOf(name: string): string[] {
  return name
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '');
}
