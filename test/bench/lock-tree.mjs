/** The packages of a real package-lock as a registry would hold them: names, versions and dependencies as locked, the rest made up. */
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { satisfies } from 'semver';
import { create } from 'tar';
import { documentOf, grouped } from './histories.mjs';

/** `{ documents, tarballs }` of every package that comes from a registry. */
export function lockTree(path) {
  const { packages } = JSON.parse(readFileSync(path, 'utf8'));
  const locked = Object.entries(packages).filter(
    ([key, { link, inBundle, version, name }]) => key.includes('node_modules/') && !link && !inBundle && version && !name,
  );
  const versions = new Map(locked.map(([key, entry]) => [`${nameOf(key)}@${entry.version}`, { name: nameOf(key), ...entry }]));
  const known = grouped([...versions.values()]);
  const folder = mkdtempSync(join(tmpdir(), 'depward-bench-lock-'));
  const releases = [...versions.values()].map((entry) => releaseOf(folder, entry, known));
  rmSync(folder, { recursive: true });
  return { documents: [...grouped(releases)].map(([name, own], at) => documentOf(name, own, at)), tarballs: releases };
}

function releaseOf(folder, { name, version, license, dependencies = {} }, known) {
  const within = Object.fromEntries(
    Object.entries(dependencies).filter(([other, range]) => known.get(other)?.some((one) => satisfies(one.version, range))),
  );
  const manifest = { name, version, description: 'A package of a tree.', main: 'index.js', license, dependencies: within };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest, null, 2));
  writeFileSync(join(folder, 'index.js'), `'use strict';\n\nmodule.exports = (text) => text + ' of ${name}';\n`);
  const bytes = Buffer.from(create({ gzip: true, sync: true, cwd: folder, prefix: 'package', portable: true }, ['package.json', 'index.js']).read());
  const [integrity, shasum] = [`sha512-${createHash('sha512').update(bytes).digest('base64')}`, createHash('sha1').update(bytes).digest('hex')];
  return { name, version, bytes, manifest: { ...manifest, _id: `${name}@${version}`, dist: { integrity, shasum } } };
}

function nameOf(key) {
  return key.slice(key.lastIndexOf('node_modules/') + 'node_modules/'.length);
}
