/** Real packages with one bad line put into each file that can run on install or import: none may be overlooked. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { analyse } from '../../src/code/analyse.ts';
import type { Archive, PackedFile } from '../../src/model/archive.ts';

const packages = 'semver yaml commander ora ssri meriyah npm-package-arg minipass cacache debug ms lru-cache glob which'.split(' ');
const lines: readonly [string, RegExp][] = [
  [`;globalThis['ev'+'al'](Buffer.from(globalThis.zz,'base64').toString());`, /^(decode-execute|dynamic-code)$/],
  [`;globalThis['pro'+'cess']['main'+'Module']['req'+'uire']('\\x63hild_'+'process')['ex'+'ec']('id');`, /^process$/],
];

describe.each(packages)('%s', (name) => {
  const archive = packed(join('node_modules', name));
  const plain = analyse(archive);
  const reached = plain.files.filter((file) => file.reach !== 'shipped' && file.type === 'javascript').map(({ path }) => path);

  it('is clean of it, and has files that run', () => {
    expect(reached.length).toBeGreaterThan(0);
    expect(plain.notParsed).toEqual([]);
    expect(plain.notRead).toEqual([]);
  });

  it.each(lines)('%s is told in each of its files', (line, kind) => {
    const seeded = new Set(reached);
    const changed = analyse({ ...archive, files: archive.files.map((file) => (seeded.has(file.path) ? withLine(file, line) : file)) });
    const files = changed.capabilities.filter((one) => kind.test(one.kind) && isLastLine(archive, one)).map(({ file }) => file);
    expect([...new Set(files)].sort()).toEqual([...reached].sort());
  });
});

function isLastLine({ files }: Archive, { file, line }: { readonly file: string; readonly line: number }): boolean {
  const bytes = files.find(({ path }) => path === file)?.bytes ?? Buffer.alloc(0);
  return Buffer.from(bytes).toString().split('\n').length < line;
}

function withLine(file: PackedFile, line: string): PackedFile {
  const bytes = Buffer.concat([file.bytes, Buffer.from(`\n${line}\n`)]);
  return { ...file, bytes, size: bytes.length, hash: hashOf(bytes) };
}

function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('base64').slice(0, 22);
}

function packed(folder: string): Archive {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.slice(folder.length).includes('node_modules'))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => statSync(path).size < 1e6)
    .map((path): PackedFile => {
      const bytes = readFileSync(path);
      return { path: relative(folder, path).replaceAll('\\', '/'), size: bytes.length, executable: false, hash: hashOf(bytes), bytes, whole: true };
    });
  return { integrity: 'sha512-x', packedSize: 1, unpackedSize: 1, files, anomalies: [] };
}
