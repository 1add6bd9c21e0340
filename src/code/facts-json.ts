/** Tarball facts as text and back. What does not have their shape is no facts at all: they are learnt again. */
import { type ContentFile, type FileType, fileTypes, type PackedManifest, type Reach, reaches, type TarballFacts } from '../model/contents.ts';

const maps = ['scripts', 'dependencies', 'optionalDependencies', 'peerDependencies', 'bin'] as const;
const lists = ['anomalies', 'install', 'capabilities', 'hiding', 'imports', 'bundled', 'notParsed', 'notRead'] as const;

/** Encodes facts: JSON, but for the files, of which there are many: a column for each of their fields, told in few long texts. */
export function encodeFacts(facts: TarballFacts): string {
  const { manifest } = facts;
  return JSON.stringify({
    ...facts,
    files: columnsOf(facts.files),
    manifest: { ...manifest, ...Object.fromEntries(maps.map((field) => [field, pairsOf(manifest[field])])) },
  });
}

/** Decodes facts; undefined for anything else. */
export function decodeFacts(text: string): TarballFacts | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (!isRecord(value) || typeof value['integrity'] !== 'string' || !lists.every((list) => Array.isArray(value[list]))) return undefined;
    const manifest = manifestOf(value['manifest']);
    const files = filesOf(value['files']);
    return manifest && files && ({ ...value, manifest, files } as unknown as TarballFacts);
  } catch {
    return undefined;
  }
}

/** Paths hold no zero bytes: nothing on disk does. */
const mark = '\0';

function columnsOf(files: readonly ContentFile[]): readonly unknown[] {
  return [
    files.map(({ path }) => path.replaceAll(mark, ' ')).join(mark),
    files.map(({ size }) => size.toString(36)).join(' '),
    files.map(({ hash }) => hash).join(' '),
    files.map(({ type }) => letterOf(fileTypes.indexOf(type))).join(''),
    files.map(({ reach }) => letterOf(reaches.indexOf(reach))).join(''),
  ];
}

function letterOf(index: number): string {
  return String.fromCharCode(97 + index);
}

function filesOf(value: unknown): readonly ContentFile[] | undefined {
  if (!Array.isArray(value) || value.length !== 5 || !value.every((column) => typeof column === 'string')) return undefined;
  const [paths, sizes, hashes, types, reached] = value as [string, string, string, string, string];
  if (types === '') return [];
  const path = paths.split(mark);
  const size = sizes.split(' ');
  const hash = hashes.split(' ');
  if (path.length !== types.length || size.length !== types.length || hash.length !== types.length || reached.length !== types.length)
    return undefined;
  const files: ContentFile[] = [];
  for (let at = 0; at < types.length; at++) {
    const type = fileTypes[types.charCodeAt(at) - 97];
    const reach = reaches[reached.charCodeAt(at) - 97];
    const bytes = Number.parseInt(size[at] as string, 36);
    if (type === undefined || reach === undefined || Number.isNaN(bytes)) return undefined;
    files.push({ path: path[at] as string, size: bytes, hash: hash[at] as string, type: type satisfies FileType, reach: reach satisfies Reach });
  }
  return files;
}

/** A map as one flat list: key, value, key, value. */
function pairsOf(map: ReadonlyMap<string, string>): readonly string[] {
  return [...map].flat();
}

function manifestOf(value: unknown): PackedManifest | undefined {
  if (!isRecord(value)) return undefined;
  const read: Record<string, unknown> = { ...value };
  for (const field of maps) {
    const map = mapOf(value[field]);
    if (!map) return undefined;
    read[field] = map;
  }
  return read as unknown as PackedManifest;
}

function mapOf(value: unknown): ReadonlyMap<string, string> | undefined {
  if (!Array.isArray(value) || value.length % 2 !== 0) return undefined;
  const map = new Map<string, string>();
  for (let at = 0; at < value.length; at += 2) {
    const key: unknown = value[at];
    const text: unknown = value[at + 1];
    if (typeof key !== 'string' || typeof text !== 'string') return undefined;
    map.set(key, text);
  }
  return map;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
