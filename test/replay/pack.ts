/** The archives of an incident's releases, and documents that name their hashes as a registry does. */
import { createHash } from 'node:crypto';
import { type Entry, tarball } from '../helpers/a-tarball.ts';
import type { Incident } from './incident.ts';
import { type Doc, type Fields, fieldsOf } from './pieces.ts';

export interface Archive {
  readonly name: string;
  readonly version: string;
  readonly bytes: Buffer;
}

/** Packs what files there are. A hash of bytes nobody has is replaced: it would only accuse the re-enactment. */
export function packedUp(incident: Incident): { readonly incident: Incident; readonly archives: readonly Archive[] } {
  const documents = new Map<string, Doc>(incident.documents);
  const archives: Archive[] = [];
  for (const [key, files] of incident.contents) {
    const at = key.lastIndexOf('@');
    const [name, version] = [key.slice(0, at), key.slice(at + 1)];
    const document = fieldsOf(documents.get(name));
    const versions = fieldsOf(document['versions']);
    if (versions[version] === undefined) continue;
    const { manifest, packed } = agreed(fieldsOf(versions[version]), files);
    const bytes = tarball(...[...packed].map(([path, body]): Entry => ({ path: `package/${path}`, body })));
    documents.set(name, {
      ...document,
      versions: { ...versions, [version]: { ...manifest, dist: { ...fieldsOf(manifest['dist']), ...hashesOf(bytes) } } },
    });
    archives.push({ name, version, bytes });
  }
  return { incident: { ...incident, documents }, archives };
}

const shared = ['scripts', 'dependencies', 'optionalDependencies', 'peerDependencies', 'bin', 'main', 'browser', 'type', 'gypfile'];

/** Manifest and package.json each fill in what only the other was told; where both speak they may differ, as attackers make them. */
function agreed(manifest: Fields, files: ReadonlyMap<string, Buffer>): { readonly manifest: Fields; readonly packed: ReadonlyMap<string, Buffer> } {
  const inside: Fields = files.has('package.json') ? fieldsOf(JSON.parse(String(files.get('package.json')))) : {};
  const pick = (from: Fields): Fields => Object.fromEntries(shared.filter((key) => from[key] !== undefined).map((key) => [key, from[key]]));
  const written = { name: manifest['name'], version: manifest['version'], ...pick(manifest), ...inside };
  return { manifest: { ...pick(inside), ...manifest }, packed: new Map([...files, ['package.json', Buffer.from(JSON.stringify(written))]]) };
}

function hashesOf(bytes: Buffer): Fields {
  return {
    integrity: `sha512-${createHash('sha512').update(bytes).digest('base64')}`,
    shasum: createHash('sha1').update(bytes).digest('hex'),
  };
}
