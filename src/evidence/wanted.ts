/** Dependencies as manifests ask for them, and which of them are new. Pure. */
import type { NewDependency } from '../model/evidence.ts';
import type { DependencySets, Release } from '../model/packument.ts';

type Kind = NewDependency['kind'];

/** A dependency as a manifest asks for it. */
export interface Wanted {
  /** The name in the manifest, under which it is installed. */
  readonly as: string;
  /** The name in the registry; absent for what comes from elsewhere. */
  readonly name?: string;
  readonly spec: string;
  readonly range: string;
  readonly kind: Kind;
}

/** What `current` asks for and `earlier` did not. */
export function addedSince(current: Release, earlier: Release): Wanted[] {
  const known = new Set(wantedBy(earlier.dependencies).map(identity));
  const found = new Map<string, Wanted>();
  for (const wanted of wantedBy(current.dependencies)) {
    const id = identity(wanted);
    if (!known.has(id) && !found.has(id)) found.set(id, wanted);
  }
  return [...found.values()];
}

function wantedBy({ prod, optional, peer }: DependencySets): Wanted[] {
  const sets: readonly (readonly [Kind, ReadonlyMap<string, string>])[] = [
    ['optional', optional],
    ['prod', prod],
    ['peer', peer],
  ];
  return sets.flatMap(([kind, set]) => [...set].map(([as, spec]) => wantedFrom(as, spec, kind)));
}

function wantedFrom(as: string, spec: string, kind: Kind): Wanted {
  const alias = /^npm:(@[^/@]+\/[^/@]+|[^/@]+)(?:@(.*))?$/s.exec(spec.trim());
  if (alias) return { as, name: alias[1] ?? as, spec, range: alias[2] ?? '*', kind };
  // Whatever has a colon or a slash is a URL, a repository or a folder.
  return { as, ...(!/[:/]/.test(spec) && { name: as }), spec, range: spec, kind };
}

/** The same registry package under another name is not new; another source under the same name is. */
function identity({ as, name }: Wanted): string {
  return name === undefined ? `elsewhere ${as}` : `registry ${name}`;
}
