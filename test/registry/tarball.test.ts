import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { Parser } from 'tar';
import { tarReader } from '../../src/registry/tar.ts';
import { tarLimits } from '../../src/registry/tar-limits.ts';
import { readTarball, readTarballFrom } from '../../src/registry/tarball.ts';
import { aPackage, block, type Entry, pax, tar, tarball } from '../helpers/a-tarball.ts';

const small: Entry = { path: 'package/a.js', body: 'a' };

async function kinds(packed: Buffer): Promise<readonly string[]> {
  return (await readTarball(packed)).anomalies.map((anomaly) => anomaly.kind);
}

describe('an honest tarball', () => {
  it('is read to files below the package folder, with nothing odd', async () => {
    const archive = await readTarball(aPackage({ name: 'a', version: '1.0.0' }, { 'lib/x.js': 'x', 'bin.sh': '#!/bin/sh\n' }));
    expect(archive.files.map((file) => [file.path, file.size, Buffer.from(file.bytes).toString()])).toEqual([
      ['package.json', 30, '{"name":"a","version":"1.0.0"}'],
      ['lib/x.js', 1, 'x'],
      ['bin.sh', 10, '#!/bin/sh\n'],
    ]);
    expect(archive.anomalies).toEqual([]);
  });

  it('has long names in ustar prefix, pax and GNU headers', async () => {
    const long = `${'d/'.repeat(60)}end.js`;
    const archive = await readTarball(
      tarball(
        { path: 'x.js', prefix: 'package/deep', body: '1' },
        pax({ path: `package/${long}` }),
        { path: 'short', body: '2' },
        { path: '././@LongLink', type: 'L', body: `package/${'e'.repeat(150)}.js\0` },
        { path: 'cut', body: '3' },
      ),
    );
    expect(archive.files.map((file) => file.path)).toEqual(['deep/x.js', long, `${'e'.repeat(150)}.js`]);
    expect(archive.anomalies).toEqual([]);
  });
});

describe('oddities are named', () => {
  const cases: readonly [string, Buffer][] = [
    ['path-traversal', tarball(small, { path: 'package/../../x.js', body: 'x' })],
    ['absolute-path', tarball(small, { path: '/etc/x', body: 'x' })],
    ['absolute-path', tarball(small, { path: 'c:/x/y', body: 'x' })],
    ['absolute-path', tarball(small, { path: 'package/c:/y', body: 'x' })],
    ['case-collision', tarball(small, { path: 'package/a.js.', body: 'b' })],
    ['bad-header', tarball(pax({ path: 'package/b' }, 'g'), small)],
    ['backslash-path', tarball(small, { path: 'package\\..\\x.js', body: 'x' })],
    ['symbolic-link', tarball(small, { path: 'package/l', type: '2', link: '/etc/passwd' })],
    ['hard-link', tarball(small, { path: 'package/l', type: '1', link: 'package/a.js' })],
    ['device', tarball(small, { path: 'package/d', type: '3' })],
    ['device', tarball(small, { path: 'package/d', type: '6' })],
    ['unknown-entry', tarball(small, { path: 'package/d', type: 'Z' })],
    ['duplicate-path', tarball(small, { path: 'package/a.js', body: 'b' })],
    ['duplicate-path', tarball(small, { path: 'other/a.js', body: 'b' })],
    ['mixed-roots', tarball(small, { path: 'other/b.js', body: 'b' })],
    ['case-collision', tarball(small, { path: 'package/A.js', body: 'b' })],
    ['file-and-folder', tarball(small, { path: 'package/a.js/b', body: 'b' })],
    ['bad-header', tarball(small, { path: 'package/b', breakChecksum: true })],
    ['bad-header', tarball(small, { path: 'package/b', link: 'x', body: 'b' })],
    ['bad-header', tarball(block({ path: 'p', type: 'x', body: 'not pax' }), small)],
    ['control-characters', tarball(small, { path: 'package/\u001b[2J.js', body: 'b' })],
    ['path-too-long', tarball(small, pax({ path: `package/${'x'.repeat(300)}` }), { path: 's', body: 'b' })],
    ['trailing-data', tarball(small, Buffer.alloc(1024), { path: 'package/hidden.js', body: 'b' })],
    ['trailing-data', Buffer.concat([tarball(small), Buffer.alloc(600)])],
    ['several-gzip-members', Buffer.concat([gzipSync(tar(small).subarray(0, 700)), gzipSync(tar(small).subarray(700))])],
    ['not-compressed', tar(small)],
    ['compression-ratio', tarball(small, { path: 'package/zeros', body: Buffer.alloc(20 * 2 ** 20) })],
  ];
  it.each(cases)('%s', async (kind, packed) => {
    expect(await kinds(packed)).toContain(kind);
  });

  it('the same file twice is no oddity', async () => {
    expect(await kinds(tarball(small, small))).toEqual([]);
  });

  it('keeps what npm would keep of entries at one path: the last', async () => {
    const archive = await readTarball(tarball(small, { path: 'other/a.js', body: 'second' }));
    expect(archive.files.map((file) => Buffer.from(file.bytes).toString())).toEqual(['second']);
  });

  it('never lets a path leave the package folder', async () => {
    const archive = await readTarball(tarball(small, { path: 'package/x/../../../../y.js', body: 'y' }, { path: '../../../z.js', body: 'z' }));
    for (const file of archive.files) expect(file.path.split('/')).not.toContain('..');
  });
});

describe('what cannot be read is an error with a sentence, never a clean result', () => {
  const limits = { ...tarLimits, files: 3, unpackedBytes: 100_000, pathLetters: 2000 };
  const cases: readonly [string, Buffer, RegExp][] = [
    ['cut off gzip', tarball(small).subarray(0, 60), /damaged/],
    ['not a tarball', Buffer.from('<html>no</html>'), /not gzip/],
    ['empty', Buffer.alloc(0), /not gzip/],
    ['garbage after the end', Buffer.concat([tarball(small), Buffer.from('garbage')]), /damaged/],
    ['an empty archive', tarball(), /no files/],
    ['cut off inside a file', gzipSync(tar({ path: 'package/a', body: 'x'.repeat(2000) }).subarray(0, 1024)), /cut off/],
    ['more said than there', gzipSync(block({ path: 'package/a', body: 'x', size: 999_999 })), /cut off/],
    ['too many files', tarball(...[1, 2, 3, 4].map((n) => ({ path: `package/${n}`, body: 'x' }))), /more than 3 files/],
    [
      'too long names',
      tarball(...['a', 'b', 'c'].flatMap((n) => [pax({ path: `package/${n}/${`${'x'.repeat(200)}/`.repeat(4)}y` }), { path: n, body: 'x' }])),
      /paths that are too long together/,
    ],
    ['too large', tarball({ path: 'package/a', body: Buffer.alloc(200_000) }), /more than 100000 bytes/],
  ];
  it.each(cases)('%s', async (_, packed, message) => {
    await expect(readTarball(packed, limits)).rejects.toThrow(message);
  });

  it('an archive that lies about its size in the gzip trailer', async () => {
    const packed = tarball({ path: 'package/a', body: Buffer.alloc(60 * 2 ** 20) });
    packed.writeUInt32LE(10, packed.length - 4);
    await expect(readTarball(packed)).rejects.toThrow(/damaged/);
  });
});

describe('large archives', () => {
  it('are read in pieces with the same answer, keeping only the head of large files', () => {
    const random = Buffer.from(Array.from({ length: 5000 }, (_, i) => (i * 7919) % 251));
    const plain = tar({ path: 'package/a.bin', body: random }, { path: 'package/b.js', body: 'b' }, pax({ path: 'package/c' }), {
      path: 'x',
      body: random,
    });
    const whole = tarReader();
    whole.push(plain);
    const expected = whole.end();
    for (const size of [1, 7, 511, 512, 513, 4096]) {
      const reader = tarReader();
      for (let at = 0; at < plain.length; at += size) reader.push(Buffer.from(plain.subarray(at, at + size)));
      const { files } = reader.end();
      expect(files.map((file) => [file.path, file.size, file.hash, file.whole])).toEqual(
        expected.files.map((file) => [file.path, file.size, file.hash, file.whole]),
      );
      expect(files.map((file) => Buffer.from(file.bytes).equals(Buffer.from(expected.files.find((f) => f.path === file.path)?.bytes ?? [])))).toEqual(
        [true, true, true],
      );
    }
    const tight = tarReader({ ...tarLimits, fileBytes: 1000 });
    tight.push(plain);
    expect(tight.end().files.map((file) => [file.whole, file.bytes.length])).toEqual([
      [false, 512],
      [true, 1],
      [false, 512],
    ]);
  });
});

describe('bytes that stream through', () => {
  const noise = Buffer.alloc(9 * 2 ** 20);
  const next = numbers(3);
  for (let at = 0; at < noise.length; at += 3) noise.writeUIntBE(next() & 0xffffff, at, Math.min(3, noise.length - at));
  const entries = [small, { path: 'package/noise.bin', body: noise }, { path: 'package/z.js', body: 'z' }];
  const packed = gzipSync(tar(...entries), { level: 1 });
  const cut = function* (bytes: Buffer, size: number): Generator<Buffer> {
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
  };
  const answerOf = async (chunks: Iterable<Buffer>): Promise<unknown> => {
    const { archive, holds } = await readTarballFrom(chunks, ['sha1-AAAA']);
    return { ...archive, holds, files: archive.files.map(({ bytes, ...file }) => ({ ...file, kept: bytes.length })) };
  };

  it.each([
    ['honest', packed],
    ['several members', Buffer.concat([packed, gzipSync(Buffer.alloc(1024))])],
    ['not compressed', tar(...entries)],
  ])('%s: the answer is that of the whole', async (_, bytes) => {
    const whole = await answerOf([bytes]);
    expect(await answerOf(cut(bytes, 65_536))).toEqual(whole);
    expect(await answerOf(cut(bytes, 999_983))).toEqual(whole);
  });

  it('cut off or damaged: an error', async () => {
    await expect(answerOf(cut(packed.subarray(0, packed.length - 9), 65_536))).rejects.toThrow(/damaged/);
    await expect(answerOf(cut(Buffer.concat([packed, Buffer.from('garbage')]), 65_536))).rejects.toThrow(/damaged/);
  });
});

describe('integrity', () => {
  const packed = tarball(small);
  const holds = async (bytes: Buffer, ...words: string[]): Promise<readonly (boolean | undefined)[]> => (await readTarballFrom([bytes], words)).holds;
  it('is what npm makes of it: the strongest hash counts', async () => {
    const { integrity } = await readTarball(packed);
    const other = tarball(small, { path: 'package/b', body: 'b' });
    expect(await holds(packed, integrity, `sha1-AAAA ${integrity}`, 'nonsense', 'sha1-AAAA')).toEqual([true, true, undefined, false]);
    expect(await holds(other, integrity)).toEqual([false]);
  });
});

describe('agrees with the reference reader', () => {
  it('on archives of every shape, made from a fixed seed', async () => {
    const next = numbers(42);
    for (let round = 0; round < 150; round++) {
      const parts = Array.from({ length: 1 + (next() % 8) }, () => randomPart(next)).flat();
      const packed = tarball(...parts);
      const mine = await readTarball(packed).then(
        (archive) => archive,
        () => undefined,
      );
      const theirs = await reference(packed);
      if (mine === undefined || mine.anomalies.length > 0) continue;
      expect(mine.files.map((file) => [file.path, file.hash.length, Buffer.from(file.bytes).toString('hex')])).toEqual(
        theirs.map(([path, hex]) => [path, 22, hex]),
      );
    }
  });

  it('and survives any damage without a crash', async () => {
    const next = numbers(7);
    const plain = tar(small, pax({ path: 'package/long.js' }), { path: 'x', body: 'y'.repeat(900) }, { path: 'package/z', body: 'z' });
    for (let round = 0; round < 2000; round++) {
      const bytes = Buffer.from(plain);
      for (let n = next() % 6; n >= 0; n--) bytes[next() % bytes.length] = next() % 256;
      const reader = tarReader({ ...tarLimits, unpackedBytes: 1e6 });
      try {
        reader.push(bytes);
        for (const file of reader.end().files) expect(file.path).not.toMatch(/(^|\/)\.\.(\/|$)|^\//);
      } catch (error) {
        expect(error).toHaveProperty('name', 'DepwardError');
      }
    }
  });
});

function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 8;
  };
}

function randomPart(next: () => number): (Buffer | Entry)[] {
  const path = `package/${'abcdefgh'[next() % 8]}${next() % 1000}/${'x'.repeat(1 + (next() % 40))}.js`;
  const body = 'b'.repeat(next() % 1500);
  switch (next() % 5) {
    case 0:
      return [pax({ path, mtime: '1' }), { path: 'package/short', body }];
    case 1:
      return [
        { path: '././@LongLink', type: 'L', body: `${path}\0` },
        { path: 'package/short', body },
      ];
    case 2:
      return [{ path: path.slice(8), prefix: 'package', body }];
    case 3:
      return [
        { path: `package/folder${next() % 100}/`, type: '5' },
        { path, body },
      ];
    default:
      return [{ path, body }];
  }
}

async function reference(packed: Buffer): Promise<[string, string][]> {
  const found = new Map<string, string>();
  await new Promise<void>((resolve, reject) => {
    const parser = new Parser({
      onReadEntry(entry) {
        const chunks: Buffer[] = [];
        entry.on('data', (chunk: Buffer) => chunks.push(chunk));
        entry.on('end', () => {
          if (!entry.type.endsWith('File')) return;
          const path = entry.path.split('/').filter(Boolean).slice(1).join('/');
          found.delete(path);
          found.set(path, Buffer.concat(chunks).toString('hex'));
        });
      },
    });
    parser.on('end', () => resolve());
    parser.on('error', reject);
    parser.end(packed);
  });
  return [...found];
}

it('what decides over the rest is kept whatever lies before it', async () => {
  const long = (path: string): Entry => ({ path, body: '{}'.padEnd(700) });
  const filler = ['0', '1', '2'].map((name) => long(`package/${name}.json`));
  const late = [long('package/sub/package.json'), long('./package/package.json'), long('package/binding.gyp')];
  const archive = await readTarball(tarball(...filler, ...late), { ...tarLimits, keptBytes: 1500 });
  expect(archive.files.filter((file) => file.whole).map((file) => file.path)).toEqual(['0.json', '1.json', 'package.json', 'binding.gyp']);
});

it('declarations take no room from scripts', async () => {
  const filler = ['0', '1', '2'].map((name) => ({ path: `package/${name}.d.ts`, body: 'export {};'.padEnd(700) }));
  const archive = await readTarball(tarball(...filler, { path: 'package/late.js', body: '1;'.padEnd(700) }), { ...tarLimits, keptBytes: 2600 });
  expect(archive.files.filter((file) => file.whole).map((file) => file.path)).toEqual(['0.d.ts', 'late.js']);
});

describe('what is kept in memory', () => {
  it('is what is kept of the files, not the chunks they came in', () => {
    const reader = tarReader();
    const large = Buffer.alloc(tarLimits.fileBytes / 4 + 1);
    reader.push(block({ path: 'package/package.json', body: '{}' }));
    for (const at of [1, 2, 3, 4])
      reader.push(Buffer.concat([block({ path: `package/${at}.js`, body: 'x;' }), block({ path: `package/${at}.bin`, body: large })]));
    const { files } = reader.end();
    expect(files.filter(({ whole }) => whole)).toHaveLength(5);
    const held = [...new Set(files.map(({ bytes }) => bytes.buffer))].reduce((sum, { byteLength }) => sum + byteLength, 0);
    expect(held).toBeLessThan(2 ** 20);
  });
});
