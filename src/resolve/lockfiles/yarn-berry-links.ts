/** Who depends on what in a berry lockfile. */
import type { EdgeKind } from '../../model/package.ts';
import type { Link } from './graph.ts';
import { objectOf, own } from './json.ts';
import type { BerryEntry } from './yarn-berry-entries.ts';
import { descriptorsOf, type Locator, splitDescriptor } from './yarn-locator.ts';

/** An entry and what it resolves to. */
export interface Resolved {
  readonly entry: BerryEntry;
  readonly locator: Locator;
}

/** All edges. */
export function berryLinks(byLocator: ReadonlyMap<string, Resolved>, manifest: unknown): Link[] {
  const entries = [...byLocator.values()];
  const keyOf = new Map<string, string>();
  const patchedRange = new Map<string, string>();
  const byName = new Map<string, string | undefined>();
  for (const { entry, locator } of entries) {
    const key = locator.patches !== undefined && byLocator.has(locator.patches) ? locator.patches : locator.text;
    for (const descriptor of descriptorsOf(entry.written)) {
      const { name, range: written } = splitDescriptor(descriptor);
      keyOf.set(descriptor, key);
      byName.set(name, byName.has(name) && byName.get(name) !== key ? undefined : key);
      // `file:./x::locator=…`: the range as the dependent wrote it, with who it was.
      const binding = descriptor.indexOf('::');
      if (binding >= 0 && !keyOf.has(descriptor.slice(0, binding))) keyOf.set(descriptor.slice(0, binding), key);
      const range = written.startsWith('patch:') ? /^patch:(.*?)#/.exec(written)?.[1] : undefined;
      if (range !== undefined) patchedRange.set(decode(range), key);
    }
  }
  const devNames = new Set(Object.keys(objectOf(own(objectOf(manifest) ?? {}, 'devDependencies')) ?? {}));
  const links: Link[] = [];
  for (const { locator, entry } of entries) {
    const from = locator.kind === 'root' ? '' : locator.patches !== undefined && byLocator.has(locator.patches) ? locator.patches : locator.text;
    const optional = entry.optional();
    for (const [name, range] of entry.dependencies()) {
      const asked = `${name}@${range}`;
      const plain = range.includes(':') ? asked : `${name}@npm:${range}`;
      // `resolutions` leave only one version of a package, under another range than the one asked for.
      const to = keyOf.get(asked) ?? keyOf.get(plain) ?? patchedRange.get(asked) ?? patchedRange.get(plain) ?? byName.get(name);
      if (to === undefined) continue;
      links.push({ from, to, spec: range, kind: kindOf(from === '' && devNames.has(name), optional.has(name)) });
    }
    if (locator.kind === 'workspace') links.push({ from: '', to: locator.text, spec: 'workspace:*', kind: 'prod' });
  }
  return links;
}

function kindOf(dev: boolean, optional: boolean): EdgeKind {
  if (dev) return 'dev';
  return optional ? 'optional' : 'prod';
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
