/**
 * Manifest confusion: the registry shows the manifest that was sent beside the tarball, the client runs the one inside,
 * and nobody compares them. What registries rewrite on the way is not a difference.
 */
import type { Confusion, PackedManifest } from '../model/contents.ts';
import type { Release } from '../model/packument.ts';

/** The fields that differ. `name`: that of a registry's package; an address of the web has none to keep to. */
export function confusionOf(packed: PackedManifest, listed: Release, name?: string): readonly Confusion[] {
  return [...identity(packed, listed, name), ...scripts(packed, listed), ...dependencies(packed, listed), ...bins(packed, listed)].slice(0, 40);
}

function identity(packed: PackedManifest, listed: Release, name: string | undefined): readonly Confusion[] {
  const found: Confusion[] = [];
  // No client publishes without; who sends something else, by hand, lets readers and installers see different things.
  if (packed.version === undefined) found.push({ field: 'version', listed: listed.version, packed: 'nothing that can be read' });
  else if (plainVersion(packed.version) !== plainVersion(listed.version))
    found.push({ field: 'version', listed: listed.version, packed: packed.version });
  if (name !== undefined && packed.name?.trim().toLowerCase() !== name.toLowerCase())
    found.push({ field: 'name', listed: name, packed: packed.name ?? 'nothing that can be read' });
  return found;
}

/** Registries normalise `v1.0.0`, `=1.0.0` and drop build metadata. */
function plainVersion(version: string): string {
  return version
    .trim()
    .replace(/^[v=\s]+/, '')
    .replace(/\+.*$/, '');
}

const hooks = ['preinstall', 'install', 'postinstall'] as const;

function scripts(packed: PackedManifest, listed: Release): readonly Confusion[] {
  return hooks.flatMap((hook) => {
    const inside = packed.scripts.get(hook)?.trim();
    const shown = listed.scripts[hook]?.trim();
    // npm adds the build it would run anyway to what it publishes.
    if (inside === shown || (inside === undefined && hook === 'install' && shown === 'node-gyp rebuild')) return [];
    return [{ field: `scripts.${hook}`, listed: shown ?? 'nothing', packed: inside ?? 'nothing' }];
  });
}

function dependencies(packed: PackedManifest, listed: Release): readonly Confusion[] {
  // Publishing folds optional dependencies into the others; clients take them out again.
  const shown = new Map([...listed.dependencies.prod, ...listed.dependencies.optional]);
  const inside = new Map([...packed.dependencies, ...packed.optionalDependencies]);
  return [...differences('dependencies', inside, shown), ...differences('peerDependencies', packed.peerDependencies, listed.dependencies.peer)];
}

function differences(field: string, inside: ReadonlyMap<string, string>, shown: ReadonlyMap<string, string>): readonly Confusion[] {
  const found: Confusion[] = [];
  for (const [name, spec] of inside) {
    const other = shown.get(name);
    if (other === undefined) found.push({ field: `${field}.${name}`, listed: 'nothing', packed: spec });
    else if (!sameSpec(spec, other)) found.push({ field: `${field}.${name}`, listed: other, packed: spec });
  }
  for (const [name, spec] of shown) if (!inside.has(name)) found.push({ field: `${field}.${name}`, listed: spec, packed: 'nothing' });
  return found;
}

/** `workspace:` and `catalog:` are replaced at publishing by the tool, in one of the two places at times. */
function sameSpec(a: string, b: string): boolean {
  return a.trim() === b.trim() || /^(workspace|catalog|link|file|portal):/.test(a);
}

function bins(packed: PackedManifest, listed: Release): readonly Confusion[] {
  // Not every registry writes out what a folder of commands holds.
  if (packed.binFolder !== undefined || packed.bin.has('*')) return [];
  const shown = new Set(listed.bins);
  const extra = [...packed.bin.keys()].filter((name) => !shown.has(name));
  return extra.map((name) => ({ field: `bin.${name}`, listed: 'nothing', packed: packed.bin.get(name) ?? '' }));
}
