/** Patterns for paths of a repository: `*` within a segment, `**` for any number of segments, a folder for all that is in it. Pure. */

/** Tells whether a path (with `/`) is one of those that the patterns mean. Takes time in proportion to both, whatever they hold. */
export function pathMatcher(patterns: readonly string[]): (path: string) => boolean {
  const split = patterns.map((pattern) => pattern.replace(/\/+$/, '').split('/'));
  return (path) => {
    const segments = path.split('/');
    return split.some((pattern) => matches(pattern, segments, (name, part) => part === '**' || nameMatches(name, part)));
  };
}

/** Wildcards with one way back: a later `**` never needs an earlier one to be tried again. */
function matches(pattern: readonly string[], segments: readonly string[], fits: (segment: string, part: string) => boolean): boolean {
  let part = 0;
  let retryPart = -1;
  let retrySegment = 0;
  for (let segment = 0; part < pattern.length; ) {
    if (pattern[part] === '**') {
      retryPart = part++;
      retrySegment = segment;
    } else if (segment < segments.length && fits(segments[segment] as string, pattern[part] as string)) {
      segment++;
      part++;
    } else if (retryPart >= 0 && retrySegment < segments.length) {
      part = retryPart + 1;
      segment = ++retrySegment;
    } else return false;
  }
  // A pattern that ends on the way means the folder it ends at.
  return true;
}

function nameMatches(name: string, pattern: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  if (rest.length === 0) return name === pattern;
  if (!name.startsWith(first)) return false;
  const last = rest.pop() as string;
  let at = first.length;
  for (const piece of rest) {
    const found = name.indexOf(piece, at);
    if (found < 0) return false;
    at = found + piece.length;
  }
  return name.length - last.length >= at && name.endsWith(last);
}
