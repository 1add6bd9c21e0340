/**
 * What npm's tree builder asks of pacote, as far as registries answer it: the manifest of a spec, picked from a packument that the
 * caller holds. The steps are those of pacote's RegistryFetcher. Whatever else is asked for ends the attempt (`left`), and the whole
 * of npm's packages does it again.
 */
const PackageJson = require('@npmcli/package-json');
const npa = require('npm-package-arg');
const pickManifest = require('npm-pick-manifest');
const ssri = require('ssri');
const { pickRegistry } = require('npm-registry-fetch');

const steps = PackageJson.normalizeSteps.filter((step) => step !== '_attributes');

exports.manifest = async (asked, options) => {
  const parsed = npa(asked, options.where);
  const { verifySignatures, verifyAttestations, allowRegistry, integrity, resolved } = options;
  if (!parsed.registry || verifySignatures || verifyAttestations || allowRegistry || integrity || resolved) throw options.left();
  const spec = parsed.subSpec || parsed;
  const registry = pickRegistry(spec, options).replace(/\/+$/, '');
  const packument = await options.packumentCache.get(`full:${registry}/${spec.escapedName}`);
  // Versions to be avoided are nobody else's.
  const known = options.avoid ? undefined : options.picks?.get(`${spec.name}@${spec.fetchSpec}`);
  const picked = known
    ? await known
    : pickManifest(packument, spec.fetchSpec, { ...options, defaultTag: options.defaultTag || 'latest', before: options.before });
  const { content } = await new PackageJson().fromContent(picked).normalize({ steps });
  const time = packument.time?.[content.version];
  if (time) content._time = time;
  const { dist } = content;
  if (!dist) return content;
  content._resolved = dist.tarball;
  content._from = `${spec.name}@${spec.rawSpec}`;
  const digest = dist.integrity ? ssri.parse(dist.integrity) : dist.shasum ? ssri.fromHex(dist.shasum, 'sha1', { ...options }) : null;
  if (digest) content._integrity = String(digest);
  return content;
};

exports.extract = async (_resolved, _path, options) => {
  throw options.left();
};
exports.packument = exports.extract;
