/** Small builders for the worked examples of rules: everything unsaid is ordinary. */
import type { ReleaseStub } from '../model/evidence.ts';
import type { IncomingChange, ResolvedPackage } from '../model/package.ts';
import type { DependencySets, Release } from '../model/packument.ts';
import { type Instant, parseInstant } from '../model/time.ts';

/** An instant from its ISO text. */
export function at(text: string): Instant {
  const instant = parseInstant(text);
  if (instant === undefined) throw new RangeError(`not a time: ${text}`);
  return instant;
}

/** A registry package that comes into the tree. */
export function added(name: string, version: string, more: Partial<ResolvedPackage> = {}): IncomingChange {
  return { action: 'add', after: aPackage(name, version, more) };
}

/** A registry package that moves from one version to another. */
export function changed(name: string, before: string, after: string, more: Partial<ResolvedPackage> = {}): IncomingChange {
  return { action: 'change', before: aPackage(name, before), after: aPackage(name, after, more) };
}

/** A release with nothing remarkable about it. */
export function aRelease(
  version: string,
  more: Partial<Omit<Release, 'dependencies'>> & { readonly dependencies?: Partial<DependencySets> } = {},
): Release {
  const { dependencies, ...rest } = more;
  return {
    version,
    trust: 'none',
    scripts: {},
    bins: [],
    ...rest,
    dependencies: { prod: new Map(), optional: new Map(), peer: new Map(), bundled: [], ...dependencies },
  };
}

/** Another version of the same line, published at `when`. */
export function aStub(version: string, when: string, more: Partial<ReleaseStub> = {}): ReleaseStub {
  return { version, at: at(when), trust: 'none', sameLine: true, installScript: false, deprecated: false, ...more };
}

function aPackage(name: string, version: string, more: Partial<ResolvedPackage> = {}): ResolvedPackage {
  return { key: `node_modules/${name}`, name, version, source: 'registry', dev: false, optional: false, peer: false, bundled: false, ...more };
}
