/** Histories made up around releases, as long as those of real packages. */
import { createHash } from 'node:crypto';

const start = Date.parse('2018-01-01T00:00:00Z');
const end = Date.parse('2025-06-01T00:00:00Z');

export function grouped(releases) {
  const byName = new Map();
  for (const release of releases) byName.set(release.name, [...(byName.get(release.name) ?? []), release]);
  return byName;
}

/** As many older releases as real packages have: most a dozen or some dozens, few of them hundreds. */
export function documentOf(name, own, index) {
  const count = [12, 12, 40, 12, 60, 12, 40, 12, 25, 200][index % 10];
  const people = [{ name: `keeper-of-${name.replace(/\W/g, '-')}`, email: 'keeper@mail.example' }];
  const latest = own.reduce((best, one) => (one.version.localeCompare(best.version, 'en', { numeric: true }) > 0 ? one : best));
  const older = Array.from({ length: count }, (_, at) => `0.${Math.floor(at / 10)}.${at % 10}`).filter((version) =>
    own.every((one) => one.version !== version),
  );
  const of = (base, version, hash) => ({
    ...base,
    version,
    _id: `${name}@${version}`,
    _npmUser: people[0],
    maintainers: people,
    dist: hash ? base.dist : { ...base.dist, ...madeUp(`${name}@${version}`), signatures: undefined },
  });
  const versions = [...older.map((version) => of(latest.manifest, version, false)), ...own.map((one) => of(one.manifest, one.version, true))];
  const pace = (end - start) / versions.length;
  const times = versions.map(({ version }, at) => [version, new Date(start + at * pace).toISOString()]);
  return {
    _id: name,
    name,
    'dist-tags': { latest: latest.version },
    versions: Object.fromEntries(versions.map((manifest) => [manifest.version, manifest])),
    time: { created: new Date(start).toISOString(), modified: new Date(end).toISOString(), ...Object.fromEntries(times) },
    maintainers: people,
    license: latest.manifest.license,
    readme: 'A read-me. '.repeat(400),
  };
}

function madeUp(text) {
  return { integrity: `sha512-${createHash('sha512').update(text).digest('base64')}`, shasum: createHash('sha1').update(text).digest('hex') };
}
