/**
 * Where a text can be read in two ways, the parser of TypeScript tries one and then the other, and within each again: what is nested
 * thirty times over on purpose would keep it busy for hours. Here it counts its steps, and ends as where nesting ends its stack.
 */

/** The parser's source with an end to its steps. */
export function withSteps(source) {
  const parts = source.split('  nextToken() {\n    this.skipSpace();');
  if (parts.length !== 2) throw new Error('the parser goes from token to token in another way than was known here');
  return parts.join(`  nextToken() {
    this.depwardSteps = (this.depwardSteps ?? 0) + 1;
    if (this.depwardSteps > 200000 + 4 * this.length) throw new RangeError('too many steps');
    this.skipSpace();`);
}
