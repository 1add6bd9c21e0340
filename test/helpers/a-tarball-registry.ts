/** A registry in memory whose packages have real tarballs, and the contents evidence it gives. */
import { openEvidence } from '../../src/evidence/collect.ts';
import type { ContentsReading } from '../../src/evidence/context.ts';
import { openTarballs } from '../../src/evidence/tarballs.ts';
import type { ContentsEvidence } from '../../src/model/contents.ts';
import { DepwardError } from '../../src/model/errors.ts';
import type { Gathered } from '../../src/model/evidence.ts';
import type { IncomingChange, ResolvedPackage, ResolvedTree } from '../../src/model/package.ts';
import { readTarball } from '../../src/registry/tarball.ts';
import { at } from '../../src/rules/example.ts';
import { aPackument, type PackumentTale, packumentsOf } from './a-packument.ts';
import { aPackage } from './a-tarball.ts';

/** A release: its manifest is that of the registry and that of the tarball. */
export interface Packed {
  readonly manifest: Readonly<Record<string, unknown>> & { readonly name: string; readonly version: string };
  readonly files?: Readonly<Record<string, string>>;
  readonly at?: string;
  /** Listed, but its tarball cannot be had. */
  readonly missing?: boolean;
}

export interface Asked {
  readonly packages: readonly Packed[];
  readonly change: IncomingChange;
  readonly tree?: readonly ResolvedPackage[];
  readonly wellKnown?: string;
  readonly reading?: Partial<ContentsReading>;
  /** Tarballs that stand in no registry, by their address. */
  readonly elsewhere?: ReadonlyMap<string, Buffer>;
}

/** Contents evidence on one change, and the addresses fetched for it. */
export async function contentsFrom(asked: Asked): Promise<{ readonly contents: Gathered<ContentsEvidence>; readonly fetched: readonly string[] }> {
  const bytes = new Map<string, Buffer>();
  const tales = new Map<string, PackumentTale>();
  for (const { manifest, files, missing, at = '2024-06-01' } of asked.packages) {
    const { name, version } = manifest;
    const packed = aPackage(manifest, files);
    const tarball = `https://registry.example/${name}-${version}.tgz`;
    if (!missing) bytes.set(tarball, packed);
    const { integrity } = await readTarball(packed);
    const facts = { at, tarball, integrity, scripts: mapIn(manifest, 'scripts'), dependencies: mapIn(manifest, 'dependencies') };
    tales.set(name, (tales.get(name) ?? aPackument(name)).published(version, { ...facts, bins: Object.keys(mapIn(manifest, 'bin')) }));
  }
  const fetched: string[] = [];
  const source = {
    async *tarballBytes(url: string) {
      fetched.push(url);
      const found = bytes.get(url);
      if (!found) throw new DepwardError('network', 'the tarball cannot be had');
      yield found;
    },
    async *strangerBytes(url: string) {
      fetched.push(url);
      const found = asked.elsewhere?.get(url);
      if (!found) throw new DepwardError('network', 'the tarball cannot be had');
      yield found;
    },
  };
  const tarballs = openTarballs(source, undefined);
  const gathered = await openEvidence({
    packuments: packumentsOf([...tales.values()]),
    names: (name) => ({ near: [], ...(name === asked.wellKnown && { downloads: 9_000_000 }) }),
    now: at('2025-01-01T00:00:00Z'),
    contents: { tarballs, offline: false, settledDays: 0, wanted: new Set(), ...asked.reading },
    ...(asked.tree && { tree: treeOf(asked.tree) }),
  }).gather([asked.change], ['contents']);
  const contents = gathered.get(asked.change)?.contents;
  if (!contents) throw new Error('nothing was gathered');
  return { contents, fetched };
}

function mapIn(manifest: Packed['manifest'], field: string): Readonly<Record<string, string>> {
  return (manifest[field] as Record<string, string> | undefined) ?? {};
}

function treeOf(packages: readonly ResolvedPackage[]): ResolvedTree {
  return { format: 'test', root: {}, packages, dependentsOf: () => [] };
}
