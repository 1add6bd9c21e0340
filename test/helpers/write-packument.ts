/** Writes a packument in few words, the way npm's public registry would show it. */
import { createHash } from 'node:crypto';
import type { Doc } from './registry-documents.ts';

/** One release: what differs from an honest plain one. */
export interface Written {
  readonly version: string;
  /** Publication time; left out of `time` when null. */
  readonly at: string | null;
  readonly by?: string;
  readonly maintainers?: readonly string[];
  readonly scripts?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly trust?: 'none' | 'provenance' | 'trusted-publisher' | 'approved';
  /** Present in `time` only: unpublished since. */
  readonly gone?: boolean;
  /** Further fields of the manifest. */
  readonly more?: Readonly<Record<string, unknown>>;
}

/** A packument of these releases, `latest` on the last listed one unless `more` says otherwise. */
export function publish(name: string, releases: readonly Written[], more: Readonly<Record<string, unknown>> = {}): Doc {
  const listed = releases.filter((release) => !release.gone);
  const times = releases.flatMap(({ at }) => (at === null ? [] : [at])).sort();
  return {
    _id: name,
    name,
    'dist-tags': { latest: listed.at(-1)?.version },
    versions: Object.fromEntries(listed.map((release) => [release.version, manifestOf(name, release)])),
    time: {
      ...(times.length > 0 && { created: times[0], modified: times.at(-1) }),
      ...Object.fromEntries(releases.filter(({ at }) => at !== null).map(({ version, at }) => [version, at])),
    },
    maintainers: (listed.at(-1)?.maintainers ?? ['owner']).map(person),
    ...more,
  };
}

function manifestOf(name: string, release: Written): Doc {
  const trust = release.trust ?? 'none';
  const publisher = {
    ...person(release.by ?? 'owner'),
    ...((trust === 'trusted-publisher' || trust === 'approved') && { trustedPublisher: { id: 'ci', oidcConfigId: 'oidc:1' } }),
    ...(trust === 'approved' && { approver: person('owner') }),
  };
  return {
    name,
    version: release.version,
    ...(release.scripts && { scripts: release.scripts }),
    ...(release.dependencies && { dependencies: release.dependencies }),
    dist: {
      integrity: `sha512-${createHash('sha512').update(`${name}@${release.version}`).digest('base64')}`,
      shasum: createHash('sha1').update(`${name}@${release.version}`).digest('hex'),
      tarball: `https://registry.example/${name}/-/${name.replace(/^@[^/]*\//, '')}-${release.version}.tgz`,
      signatures: [{ keyid: 'SHA256:fixture', sig: 'MEUCIQ==' }],
      ...(trust !== 'none' && {
        attestations: {
          url: `https://registry.example/-/npm/v1/attestations/${name}@${release.version}`,
          provenance: { predicateType: 'https://slsa.dev/provenance/v1' },
        },
      }),
    },
    _npmUser: publisher,
    maintainers: (release.maintainers ?? ['owner']).map(person),
    ...release.more,
  };
}

function person(name: string): { name: string; email: string } {
  return { name, email: `${name}@mail.example` };
}
