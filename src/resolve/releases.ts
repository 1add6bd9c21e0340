/** What placing needs to know of a release, read from its manifest; nothing where the release leaves npm more to decide than where it goes. */
import { validRange } from 'semver';
import type { EdgeKind } from '../model/package.ts';
import { type Json, objectOf, own, stringEntries, stringOf } from './lockfiles/json.ts';
import type { Ask, Release } from './places.ts';

/** A release and the names it can do without: where none of them is in the tree, they mean nothing. */
export interface PlainRelease extends Release {
  readonly resolved: string;
  readonly optionalPeers: readonly string[];
  /** Goes on some platforms only: refused elsewhere, unless it is optional. */
  readonly isBound: boolean;
}

/** The release of a manifest picked for a name. */
export function plainReleaseOf(manifest: Json, name: string, legacyPeers: boolean): PlainRelease | undefined {
  const { bundleDependencies, bundledDependencies, acceptDependencies, _hasShrinkwrap, os, cpu, libc } = manifest;
  if (bundleDependencies !== undefined || bundledDependencies !== undefined || acceptDependencies !== undefined || _hasShrinkwrap === true)
    return undefined;
  const address = addressOf(manifest);
  const version = stringOf(manifest['version']);
  const asks = asksOf(manifest);
  const optionalPeers = legacyPeers ? [] : optionalPeersOf(manifest);
  if (!address || !version || !asks || !optionalPeers || stringOf(manifest['name']) !== name) return undefined;
  const isBound = [os, cpu, libc].some((value) => value !== undefined);
  return { name, version, ...address, manifest, asks, optionalPeers, isBound };
}

/** What npm writes down of where the bytes are, as far as there is only one way to write it. */
function addressOf(manifest: Json): { readonly resolved: string; readonly integrity: string } | undefined {
  const dist = objectOf(own(manifest, 'dist')) ?? {};
  const [resolved, integrity, shasum] = ['tarball', 'integrity', 'shasum'].map((key) => stringOf(own(dist, key)));
  if (resolved === undefined) return undefined;
  if (integrity !== undefined) return /^sha512-[A-Za-z0-9+/]{86}==$/.test(integrity) ? { resolved, integrity } : undefined;
  return shasum !== undefined && /^[0-9a-f]{40}$/.test(shasum)
    ? { resolved, integrity: `sha1-${Buffer.from(shasum, 'hex').toString('base64')}` }
    : undefined;
}

function asksOf(manifest: Json): readonly Ask[] | undefined {
  const optional = stringEntries(manifest['optionalDependencies']);
  const names = new Set(optional.map(([name]) => name));
  const prod = stringEntries(manifest['dependencies']).filter(([name]) => !names.has(name));
  const asks = [...prod.map(([name, spec]) => askOf(name, spec, 'prod')), ...optional.map(([name, spec]) => askOf(name, spec, 'optional'))];
  return asks.every((ask) => ask !== undefined) ? asks : undefined;
}

function askOf(name: string, spec: string, kind: EdgeKind): Ask | undefined {
  const alias = /^npm:((?:@[a-z0-9][\w.-]*\/)?[a-z0-9][\w.-]*)@([^@]+)$/.exec(spec);
  const range = rangeIn(alias?.[2] ?? spec);
  return range === undefined ? undefined : { name, spec, of: alias?.[1] ?? name, range, kind };
}

/** The range of a spec that can be nothing else: no tag, no address, no path. Asking npm's parser costs more than all the rest. */
export function rangeIn(spec: string): string | undefined {
  const text = spec.trim();
  if (text === '') return '*';
  const isRange = text.length <= 256 && /^[\d^~<>=*xX|v-][\w^~<>=*|.+ -]*$/.test(text) && !/\.(?:tgz|tar|tar\.gz)$/i.test(text);
  return isRange && validRange(text, true) !== null ? text : undefined;
}

/** The peers of a release that asks for none; undefined for one that does. */
function optionalPeersOf(manifest: Json): readonly string[] | undefined {
  const meta = objectOf(manifest['peerDependenciesMeta']) ?? {};
  const peers = Object.keys(objectOf(manifest['peerDependencies']) ?? {});
  const isOptional = (name: string): boolean => own(objectOf(own(meta, name)) ?? {}, 'optional') === true;
  return peers.every(isOptional) ? peers : undefined;
}
