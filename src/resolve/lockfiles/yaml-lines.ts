/** Lines of keys in a YAML text, found on first use. */
import type { Location } from '../../model/package.ts';

/** Where each wanted key is written: at the left margin, or indented below the top-level `section`. */
export function keyLocations(file: string, text: string, wanted: () => ReadonlySet<string>, section?: string): (key: string) => Location | undefined {
  let found: Map<string, Location> | undefined;
  return (key) => {
    found ??= scan(file, text, wanted(), section);
    return found.get(key);
  };
}

function scan(file: string, text: string, wanted: ReadonlySet<string>, section: string | undefined): Map<string, Location> {
  const found = new Map<string, Location>();
  let inside = section === undefined;
  let line = 0;
  for (const row of text.split('\n')) {
    line++;
    const indent = row.length - row.trimStart().length;
    if (indent === 0 && section !== undefined) {
      if (row !== '' && row !== '\r') inside = row.startsWith(`${section}:`);
      continue;
    }
    if (!inside || (section === undefined && indent > 0)) continue;
    const key = keyIn(row.trim());
    if (key !== undefined && wanted.has(key) && !found.has(key)) found.set(key, { file, line, column: indent + 1 });
  }
  return found;
}

function keyIn(row: string): string | undefined {
  const explicit = row.startsWith('? ') ? row.slice(2) : row;
  const quote = explicit[0];
  if (quote === '"' || quote === "'") {
    const close = explicit.lastIndexOf(quote, explicit === row ? Math.max(explicit.lastIndexOf(`${quote}:`), 0) : undefined);
    const inner = close > 0 ? explicit.slice(1, close) : undefined;
    return quote === "'" ? inner?.replaceAll("''", "'") : inner?.replace(/\\(["\\])/g, '$1');
  }
  const end = /:(?=\s|$)/.exec(row);
  return end ? row.slice(0, end.index) : undefined;
}
