/** What sort of file it is: by its first bytes, then by its name. */
import type { FileType } from '../model/contents.ts';

const magic: readonly (readonly [FileType, string])[] = [
  ['executable', '\x7fELF'],
  ['executable', 'MZ'],
  ['executable', '\xfe\xed\xfa\xce'],
  ['executable', '\xfe\xed\xfa\xcf'],
  ['executable', '\xce\xfa\xed\xfe'],
  ['executable', '\xcf\xfa\xed\xfe'],
  ['executable', '\xca\xfe\xba\xbe'],
  ['executable', '!<arch>\n'],
  ['wasm', '\x00asm'],
  ['archive', '\x1f\x8b'],
  ['archive', 'PK\x03\x04'],
  ['archive', '7z\xbc\xaf'],
  ['archive', '\xfd7zXZ'],
  ['archive', 'BZh'],
  ['archive', '\x28\xb5\x2f\xfd'],
  ['image', '\x89PNG'],
  ['image', '\xff\xd8\xff'],
  ['image', 'GIF8'],
];

const byExtension: ReadonlyMap<string, FileType> = new Map([
  ...extensions('javascript', 'js cjs mjs jsx es6 es'),
  ...extensions('typescript', 'ts mts cts tsx'),
  ...extensions('json', 'json json5 jsonc map webmanifest'),
  ...extensions('shell', 'sh bash zsh command'),
  ...extensions('powershell', 'ps1 psm1 psd1'),
  ...extensions('batch', 'bat cmd vbs'),
  ...extensions('python', 'py pyw rb pl'),
  ...extensions('gyp', 'gyp gypi'),
  ...extensions('native-source', 'c cc cpp cxx h hpp hh m mm rs go s asm zig'),
  ...extensions('image', 'png jpg jpeg gif webp ico bmp avif'),
  ...extensions('text', 'md txt html css scss less svg xml yml yaml toml flow lock vue svelte markdown'),
  ...extensions('data', 'woff woff2 ttf otf eot mp3 mp4 wav ogg webm pdf bin dat'),
]);

function extensions(type: FileType, list: string): (readonly [string, FileType])[] {
  return list.split(' ').map((name) => [name, type] as const);
}

/** The ending of a path without the dot, in lower case; empty when it has none. */
export function extensionOf(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const dot = name.lastIndexOf('.');
  return dot <= 0 ? '' : name.slice(dot + 1).toLowerCase();
}

/** The type of a file by its head and path. */
export function fileTypeOf(path: string, head: Uint8Array): FileType {
  const start = Buffer.from(head.buffer, head.byteOffset, Math.min(head.byteLength, 64)).toString('latin1');
  const native = magic.find(([, bytes]) => start.startsWith(bytes));
  // A text may begin with the letters MZ or BZh; a program has zero bytes soon after.
  if (native && (native[1].charCodeAt(0) >= 127 || native[1].charCodeAt(0) < 32 || start.includes('\0') || native[0] !== 'executable'))
    return native[0];
  if (/\.d\.[cm]?ts$/.test(path)) return 'declaration';
  const type = byExtension.get(extensionOf(path));
  return (start.startsWith('#!') ? interpreter(start) : undefined) ?? type ?? (start.includes('\0') ? 'data' : 'text');
}

function interpreter(start: string): FileType | undefined {
  const line = start.split('\n')[0] ?? '';
  if (/\b(node|bun|deno|ts-node|tsx)\b/.test(line)) return 'javascript';
  if (/\b(python\d?|ruby|perl)\b/.test(line)) return 'python';
  if (/\bpwsh\b/.test(line)) return 'powershell';
  return /\b(ba|z|da|k|a)?sh\b/.test(line) ? 'shell' : undefined;
}

/** True for names whose readers expect no code at all. */
export function promisesNoCode(path: string): boolean {
  const type = byExtension.get(extensionOf(path));
  return type === 'image' || type === 'data' || /\.(css|scss|less|svg)$/.test(path);
}

const compared: ReadonlySet<FileType> = new Set<FileType>([
  'javascript',
  'typescript',
  'shell',
  'powershell',
  'batch',
  'python',
  'gyp',
  'native-source',
  'wasm',
]);

/** True for code that is the same in every copy of a release. Machine code is built where somebody packs. */
export function isCompared({ type }: { readonly type: FileType }): boolean {
  return compared.has(type);
}
