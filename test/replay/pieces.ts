/** A registry's document from the few things that are documented of an attack: what nobody documented is absent, not invented. */

/** A packument as JSON. */
export type Doc = Record<string, unknown>;
export type Fields = Readonly<Record<string, unknown>>;

const manifestFields = [
  'scripts',
  'dependencies',
  'optionalDependencies',
  'peerDependencies',
  'main',
  'browser',
  'type',
  'bin',
  'gypfile',
  'gitHead',
  'deprecated',
  'repository',
];

/** Builds the document of a package from its releases. */
export function documentFrom(name: string, releases: readonly Fields[]): Doc {
  const known = releases.filter((release) => textOf(release['version']) !== undefined);
  const versions = known.map((release) => [String(release['version']), manifestOf(name, release)] as const);
  const time = known.flatMap((release) =>
    textOf(release['at']) === undefined ? [] : [[String(release['version']), String(release['at'])] as const],
  );
  const dates = time.map(([, at]) => at).sort();
  return {
    name,
    'dist-tags': { latest: known.at(-1)?.['version'] },
    versions: Object.fromEntries(versions),
    time: { ...(dates.length > 0 && { created: dates[0], modified: dates.at(-1) }), ...Object.fromEntries(time) },
  };
}

function manifestOf(name: string, release: Fields): Doc {
  const kept = Object.fromEntries(manifestFields.filter((field) => release[field] !== undefined).map((field) => [field, release[field]]));
  const publisher = publisherOf(release);
  const maintainers = Array.isArray(release['maintainers']) ? release['maintainers'].map(personOf) : undefined;
  return {
    name,
    version: release['version'],
    ...kept,
    dist: {
      ...(typeof release['unpackedSize'] === 'number' && { unpackedSize: release['unpackedSize'] }),
      ...(release['provenance'] === true && {
        attestations: { url: `attestations/${name}`, provenance: { predicateType: 'https://slsa.dev/provenance/v1' } },
      }),
    },
    ...(publisher && { _npmUser: publisher }),
    ...(maintainers && { maintainers }),
  };
}

function publisherOf(release: Fields): Doc | undefined {
  const { publisher, trustedPublisher } = release;
  if (trustedPublisher === true) return { name: 'GitHub Actions', trustedPublisher: { id: 'github', oidcConfigId: 'oidc:project' } };
  return publisher === undefined ? undefined : personOf(publisher);
}

function personOf(value: unknown): Doc {
  return typeof value === 'string' ? { name: value } : { ...fieldsOf(value) };
}

/** The fields of an object; none of anything else. */
export function fieldsOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

/** A text, or nothing. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
