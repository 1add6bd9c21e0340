import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { packumentFrom } from '../../src/registry/packument.ts';
import { baselinesOf } from './baselines.ts';
import { type Incident, incidentsOf } from './incident.ts';
import { packedUp } from './pack.ts';

const shipped = fileURLToPath(new URL('../../fixtures/incidents', import.meta.url));

describe('the incidents told again', () => {
  const incidents = incidentsOf(shipped);

  it('are read without a complaint, at least 25 of them', () => {
    expect(incidents.filter((one) => typeof one === 'string')).toEqual([]);
    expect(incidents.length).toBeGreaterThanOrEqual(25);
  });

  it('make documents that depward can read, with every judged release in them', () => {
    for (const incident of incidents as Incident[]) {
      for (const { name, version, from } of incident.cases) {
        const parsed = packumentFrom(name, incident.documents.get(name));
        const versions = parsed.ok ? parsed.packument.releases.map((release) => release.version) : [];
        expect([incident.id, versions]).toEqual([incident.id, expect.arrayContaining(from === undefined ? [version] : [version, from])]);
      }
    }
  });

  it('say where they have it from', () => {
    for (const entry of readdirSync(shipped, { withFileTypes: true }).filter((one) => one.isDirectory())) {
      const told = JSON.parse(readFileSync(join(shipped, entry.name, 'incident.json'), 'utf8'));
      expect([entry.name, told.id, told.sources.length > 0]).toEqual([entry.name, entry.name, true]);
    }
  });

  it('reach no host outside .invalid', () => {
    for (const entry of readdirSync(shipped, { withFileTypes: true, recursive: true })) {
      const path = join(entry.parentPath, entry.name);
      if (!entry.isFile() || !path.includes('/packages/')) continue;
      for (const [, host] of readFileSync(path, 'latin1').matchAll(/https?:\/\/([\w.-]+)/g))
        expect([path, host]).toEqual([path, expect.stringMatching(/\.(invalid|example)$|^1\.a$|^x$/)]);
    }
  });
});

describe('an incident from outside', () => {
  it('is read from a packument, an encoded scope folder and files alone', () => {
    const folder = made({
      'x/packages/@a%2fb/packument.json': JSON.stringify({
        name: '@a/b',
        versions: { '1.0.0': {}, '1.0.1': {} },
        time: { '1.0.0': '2020-01-01T00:00:00Z', '1.0.1': '2021-01-01T00:00:00Z' },
        'dist-tags': { latest: '1.0.1' },
      }),
      'x/packages/@a%2fb/1.0.1/package/package.json': '{"name":"@a/b","version":"1.0.1"}',
      'x/packages/@a%2fb/1.0.1/package/index.js': '1',
    });
    const [incident] = incidentsOf(folder) as Incident[];
    expect(incident?.cases).toEqual([{ name: '@a/b', version: '1.0.1', from: '1.0.0', at: '2021-01-01T00:00:00Z' }]);
    expect([...(incident?.contents.get('@a/b@1.0.1')?.keys() ?? [])]).toEqual(['index.js', 'package.json']);
  });

  it('is built from names and bad versions, the manifest among the files adding its scripts', () => {
    const folder = made({
      'y/incident.json': JSON.stringify({
        published_utc: '2021-10-22T12:15:00Z',
        takedown: { exposure_hours: 4 },
        packages: [{ name: 'p', malicious_versions: ['0.7.29'], previous_good_version: '0.7.28' }],
      }),
      'y/packages/p/0.7.29/package.json': '{"name":"p","version":"0.7.29","scripts":{"preinstall":"node x.js"}}',
    });
    const [incident] = incidentsOf(folder) as Incident[];
    expect(incident?.cases).toEqual([{ name: 'p', version: '0.7.29', from: '0.7.28', at: '2021-10-22T12:15:00Z' }]);
    expect(incident && baselinesOf(incident)).toEqual({ ageHold: 'stopped', scriptsDenied: 'stopped', trustDowngrade: 'missed' });
  });

  it('with nothing to judge is told, not thrown', () => {
    expect(incidentsOf(made({ 'z/incident.json': '{}', 'w/incident.json': '{' }))).toEqual([
      expect.stringMatching(/^w: /),
      'z: it names no release to judge',
    ]);
  });
});

describe('the simpler guards', () => {
  it('get their due: a hook in any version of a new dependency, trust lost on any line', () => {
    const axios = (incidentsOf(shipped) as Incident[]).find((one) => one.id === 'axios-2026');
    expect(axios && baselinesOf(axios)).toEqual({ ageHold: 'stopped', scriptsDenied: 'stopped', trustDowngrade: 'stopped' });
  });
});

describe('packing', () => {
  it('replaces hashes of bytes nobody has, and lets manifest and package.json fill each other in', () => {
    const folder = made({
      'x/packages/p/packument.json': JSON.stringify({
        name: 'p',
        versions: { '1.0.1': { name: 'p', version: '1.0.1', scripts: { install: 'x' }, dist: { integrity: 'sha512-real' } } },
        time: { '1.0.1': '2021-01-01T00:00:00Z' },
        'dist-tags': { latest: '1.0.1' },
      }),
      'x/packages/p/1.0.1/package.json': '{"name":"p","version":"1.0.1","dependencies":{"q":"1"}}',
    });
    const { incident, archives } = packedUp(incidentsOf(folder)[0] as Incident);
    const manifest = (incident.documents.get('p') as { versions: Record<string, Record<string, unknown>> }).versions['1.0.1'];
    expect(archives.map(({ name, version }) => [name, version])).toEqual([['p', '1.0.1']]);
    expect(manifest).toMatchObject({
      scripts: { install: 'x' },
      dependencies: { q: '1' },
      dist: { integrity: expect.stringMatching(/^sha512-.{88}$/) },
    });
  });
});

function made(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'depward-incident-'));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}
