/** Versions as semver 2.0 orders them; small and quick, for thousands at a time. Ranges are the semver library's business. */

/** A version in parts. Build metadata does not count. */
export interface Version {
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
  /** The identifiers after the hyphen; empty for a full release. */
  readonly pre: readonly string[];
}

const identifier = '(?:0|[1-9]\\d*|\\d*[A-Za-z-][0-9A-Za-z-]*)';
const pattern = new RegExp(
  `^(0|[1-9]\\d{0,15})\\.(0|[1-9]\\d{0,15})\\.(0|[1-9]\\d{0,15})(?:-(${identifier}(?:\\.${identifier})*))?(?:\\+[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*)?$`,
);

/** Reads a strict semver version; undefined for legacy ones such as `1.0` or `v2`. */
export function parseVersion(text: string): Version | undefined {
  const plain = plainVersion(text);
  if (plain || text.length > 256) return plain;
  const match = pattern.exec(text);
  if (!match) return undefined;
  const [major, minor, patch] = [Number(match[1]), Number(match[2]), Number(match[3])];
  if (Math.max(major, minor, patch) > Number.MAX_SAFE_INTEGER) return undefined;
  return { major, minor, patch, pre: match[4]?.split('.') ?? [] };
}

/** Three small numbers with points between them, as most versions are, read without more ado; undefined for all others. */
function plainVersion(text: string): Version | undefined {
  let at = 0;
  const number = (): number => {
    const start = at;
    let value = 0;
    for (let code = text.charCodeAt(at); code >= 48 && code <= 57; code = text.charCodeAt(++at)) value = value * 10 + code - 48;
    const digits = at - start;
    return digits === 0 || digits > 9 || (digits > 1 && text.charCodeAt(start) === 48) ? Number.NaN : value;
  };
  const major = number();
  if (text.charCodeAt(at++) !== 46) return undefined;
  const minor = number();
  if (text.charCodeAt(at++) !== 46) return undefined;
  const patch = number();
  return at === text.length && major + minor + patch >= 0 ? { major, minor, patch, pre: full } : undefined;
}

const full: readonly string[] = [];

/** Negative when `a` comes before `b`. */
export function compareVersions(a: Version, b: Version): number {
  return a.major - b.major || a.minor - b.minor || a.patch - b.patch || comparePre(a.pre, b.pre);
}

/** True on the same release line: the same major, below 1.0 the same 0.minor. */
export function onSameLine(a: Version, b: Version): boolean {
  return a.major === b.major && (a.major > 0 || a.minor === b.minor);
}

/** True for versions with a pre-release tag. */
export function isPrerelease(version: Version): boolean {
  return version.pre.length > 0;
}

function comparePre(a: readonly string[], b: readonly string[]): number {
  if (a.length === 0 || b.length === 0) return b.length - a.length;
  for (let at = 0; at < Math.min(a.length, b.length); at++) {
    const order = compareIdentifiers(a[at] ?? '', b[at] ?? '');
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

function compareIdentifiers(a: string, b: string): number {
  const [aIsNumber, bIsNumber] = [isDigits(a), isDigits(b)];
  // Without leading zeros the longer number is the larger one; no precision is lost on absurd lengths.
  if (aIsNumber && bIsNumber) return a.length - b.length || (a < b ? -1 : a > b ? 1 : 0);
  if (aIsNumber !== bIsNumber) return aIsNumber ? -1 : 1;
  return a < b ? -1 : a > b ? 1 : 0;
}

function isDigits(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code < 48 || code > 57) return false;
  }
  return true;
}
