/** Package patterns as policies write them: an exact name, a scope `@acme/*`, or a prefix `acme-*`. */

/** True when `name` matches one of `patterns`. */
export function matchesPattern(name: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) => (pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern));
}
