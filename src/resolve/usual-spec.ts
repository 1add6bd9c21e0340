/** Specs of the usual kinds, read as npm reads them; its own reader, for which much must be loaded, reads all others. */
import { valid, validRange } from 'semver';

/** A name and what is wanted of it. */
export interface UsualSpec {
  readonly name: string;
  readonly kind: 'version' | 'range' | 'tag';
  readonly wanted: string;
}

const usual = /^((?:@[a-z\d][a-z\d._-]*\/)?[a-z\d][a-z\d._-]*)(?:@([\w^~<>=*][\w.^~<>=|*+ -]*))?$/;

/** Reads `name`, `@scope/name@^1`, `name@1.2.3` and `name@next`; undefined for what may be an address, a file, another name or no spec. */
export function usualSpec(text: string): UsualSpec | undefined {
  const [, name, spec = '*'] = usual.exec(text) ?? [];
  if (name === undefined || text.length > 256 || /\.(?:tgz|tar|tar\.gz)$|(?:^|\/)(?:node_modules|favicon\.ico)$/.test(name)) return undefined;
  if (/\.(?:tgz|tar|tar\.gz)$/i.test(spec)) return undefined;
  const wanted = spec.trim();
  if (wanted === '*') return { name, kind: 'range', wanted };
  if (valid(wanted, true) !== null) return { name, kind: 'version', wanted };
  if (validRange(wanted, true) !== null) return { name, kind: 'range', wanted };
  return encodeURIComponent(wanted) === wanted ? { name, kind: 'tag', wanted } : undefined;
}
