/** The project's own dependencies as a registry would hold them: real manifests and files from node_modules, histories made up around them. */
import { createHash, createPrivateKey, generateKeyPairSync, sign } from 'node:crypto';
import { appendFileSync, cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { satisfies } from 'semver';
import { create } from 'tar';
import { documentOf, grouped } from './histories.mjs';
import { root } from './load.mjs';

/** Platform binaries say nothing about a usual tree. */
const largest = 5_000_000;

/**
 * `{ documents, tarballs, keys, lock, before }`; `lock(url)` is a lockfile of the tree at a registry. With `bumped`, `before(url)`
 * is the one before so many packages were raised: each by a release in which half of its scripts are others.
 */
export function ownTree(bumped = 0) {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  const taken = new Map(
    Object.entries(packages).filter(
      ([key, { optional, inBundle }]) =>
        key && !optional && !inBundle && existsSync(join(root, key, 'package.json')) && sizeOf(join(root, key)) < largest,
    ),
  );
  const versions = grouped([...taken].map(([key, { version }]) => ({ name: nameOf(key), version })));
  const isThere = ([name, range]) => versions.get(name)?.some(({ version }) => satisfies(version, range));
  const withoutOthers = (dependencies = {}) => Object.fromEntries(Object.entries(dependencies).filter(isThere));
  const key = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const keyid = `SHA256:${createHash('sha256')
    .update(key.publicKey.export({ type: 'spki', format: 'der' }))
    .digest('base64')
    .replace(/=+$/, '')}`;
  // One release stands in several places and is packed once: dates of files differ from place to place, a registry has one tarball.
  const packed = new Map();
  const releases = [...taken].map(([place, entry]) => {
    const id = `${nameOf(place)}@${entry.version}`;
    if (!packed.has(id)) packed.set(id, releaseOf(place, entry, withoutOthers, { keyid, key: key.privateKey }));
    return { ...packed.get(id), place, dev: entry.dev };
  });
  const raised = spread(releases, bumped);
  const older = new Map(
    raised.map((release) => [release, releaseBefore(release, taken.get(release.place), withoutOthers, { keyid, key: key.privateKey })]),
  );
  const published = [...older.values(), ...new Map(releases.map((release) => [`${release.name}@${release.version}`, release])).values()];
  const documents = [...grouped(published)].map(([name, own], index) => documentOf(name, own, index));
  const rootDependencies = withoutOthers({ ...packages[''].dependencies, ...packages[''].devDependencies });
  return {
    documents,
    tarballs: published,
    keys: {
      keys: [
        {
          keyid,
          keytype: 'ecdsa-sha2-nistp256',
          scheme: 'ecdsa-sha2-nistp256',
          expires: null,
          key: key.publicKey.export({ type: 'spki', format: 'der' }).toString('base64'),
        },
      ],
    },
    manifest: { name: 'bench', version: '1.0.0', dependencies: rootDependencies },
    lock: (url) => lockOf(releases, rootDependencies, url),
    before: (url) =>
      lockOf(
        releases.map((release) => older.get(release) ?? release),
        rootDependencies,
        url,
      ),
  };
}

/** So many of the releases that stand alone under their name and have code, from the whole of the list. */
function spread(releases, count) {
  const names = grouped(releases);
  const fit = releases.filter(({ name, version }) => names.get(name).length === 1 && /^[1-9]\d*\.\d+\.\d+$/.test(version) && lower(version));
  return Array.from({ length: Math.min(count, fit.length) }, (_, at) => fit[Math.floor((at * fit.length) / count)]);
}

/** A version just before on the same line. */
function lower(version) {
  const [major, minor, patch] = version.split('.').map(Number);
  if (patch > 0) return `${major}.${minor}.${patch - 1}`;
  return minor > 0 ? `${major}.${minor - 1}.0` : undefined;
}

function releaseBefore(release, entry, withoutOthers, signer) {
  const version = lower(release.version);
  const folder = mkdtempSync(join(tmpdir(), 'depward-bench-before-'));
  cpSync(join(root, release.place), folder, {
    recursive: true,
    filter: (path) => !path.slice(root.length + release.place.length + 1).includes('node_modules'),
  });
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ ...manifest, version }, null, 2));
  const scripts = readdirSync(folder, { recursive: true }).filter((path) => /\.[cm]?js$/.test(path) && statSync(join(folder, path)).isFile());
  for (const path of scripts.filter((_, at) => at % 2 === 0)) appendFileSync(join(folder, path), '\n// as it was before\n');
  const before = releaseOf(release.place, { ...entry, version }, withoutOthers, signer, folder);
  rmSync(folder, { recursive: true });
  return before;
}

function nameOf(place) {
  return place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length);
}

function sizeOf(folder) {
  return readdirSync(folder, { withFileTypes: true }).reduce((sum, entry) => {
    if (entry.name === 'node_modules') return sum;
    return sum + (entry.isDirectory() ? sizeOf(join(folder, entry.name)) : statSync(join(folder, entry.name)).size);
  }, 0);
}

function releaseOf(place, { version, dev }, withoutOthers, signer, folder = join(root, place)) {
  const name = nameOf(place);
  const written = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const bytes = Buffer.from(
    create({ gzip: true, sync: true, cwd: folder, prefix: 'package', portable: true, filter: (path) => !path.startsWith('./node_modules') }, [
      '.',
    ]).read(),
  );
  const integrity = `sha512-${createHash('sha512').update(bytes).digest('base64')}`;
  const { devDependencies, peerDependencies, optionalDependencies, peerDependenciesMeta, workspaces, ...rest } = written;
  const manifest = {
    ...rest,
    dependencies: withoutOthers(written.dependencies),
    _id: `${name}@${version}`,
    gitHead: createHash('sha1').update(name).digest('hex'),
  };
  const sig = sign(
    'sha256',
    Buffer.from(`${name}@${version}:${integrity}`),
    createPrivateKey(signer.key.export({ type: 'pkcs8', format: 'pem' })),
  ).toString('base64');
  const shasum = createHash('sha1').update(bytes).digest('hex');
  return {
    name,
    version,
    place,
    dev,
    bytes,
    manifest: { ...manifest, name, version, dist: { integrity, shasum, signatures: [{ keyid: signer.keyid, sig }] } },
  };
}

function lockOf(releases, dependencies, url) {
  const entries = releases.map(({ name, version, place, manifest }) => [
    place,
    {
      version,
      resolved: `${url}${name}/-/${name.replace(/^@[^/]*\//, '')}-${version}.tgz`,
      integrity: manifest.dist.integrity,
      license: manifest.license,
      ...(Object.keys(manifest.dependencies).length > 0 && { dependencies: manifest.dependencies }),
      ...(manifest.bin && { bin: typeof manifest.bin === 'string' ? { [name]: manifest.bin } : manifest.bin }),
      ...(manifest.engines && { engines: manifest.engines }),
    },
  ]);
  return {
    name: 'bench',
    version: '1.0.0',
    lockfileVersion: 3,
    requires: true,
    packages: { '': { name: 'bench', version: '1.0.0', dependencies }, ...Object.fromEntries(entries) },
  };
}
