/** Who reads a tarball: this thread the small ones, one at a time; a further thread the large ones, and the small ones where this thread must stay free. */
import { DepwardError } from '../model/errors.ts';
import { giveBack, tidy } from '../registry/tidy.ts';
import type { ReadAnswer, ReadRequest } from './read-tarball.ts';
import { type Ended, openReaderThread, type ReaderThread } from './reader-thread.ts';
import { type Turns, turns } from './turns.ts';

/** Packed bytes, from the start as often as they are asked for. */
export type Opened = () => AsyncIterable<Buffer> | Iterable<Buffer>;

/** Facts, and whether a limit of time or memory has a part in them: such facts are not kept. */
export type Answer = ReadAnswer & { readonly spared: boolean };

export interface Readers {
  /** Told how many packages' tarballs are about to be asked for. */
  expect?(packages: number): void;
  read(open: Opened, request: ReadRequest, weight: 'small' | 'large'): Promise<Answer>;
}

/** With more waiting here than this, small ones go to the further thread as well. */
const crowd = 12;
/** So many packages are worth the start of the further thread, which then reads alone until there was enough to make two threads know the work. */
const several = 5;
const untilTwo = 80;
/** Beyond this many bytes unpacked, reading is left to the further thread. */
export const smallUnpacked = 2 ** 19;

/** `isolate` keeps all of it out of this thread, and lets nobody wait for garbage: for servers. */
export function openReaders(thread: ReaderThread | undefined, isolate: boolean): Readers {
  const here = turns(1);
  const there = turns(1);
  const many = { expected: 0, asked: 0 };
  const isAway = (weight: 'small' | 'large'): boolean =>
    weight === 'large' || isolate || (many.expected >= several && many.asked <= untilTwo) || (here.waiting() > crowd && there.waiting() === 0);
  return {
    expect(packages) {
      many.expected = packages;
      if (packages >= several) thread?.start?.();
    },
    async read(open, request, weight) {
      many.asked++;
      const away = (one: ReaderThread): Promise<Answer> =>
        there.take(() => (isolate ? readAway(one, open, request, false) : readAlone(one, open, request, here)));
      if (!thread) return here.take(() => readHere(open, request));
      if (isAway(weight)) return away(thread);
      // What turns out larger than it said has no limit of memory here.
      return here
        .take(() => readHere(open, { ...request, unpackedBytes: smallUnpacked }))
        .catch((error: unknown) => {
          if (error instanceof DepwardError && error.code === 'limit') return away(thread);
          throw error;
        });
    },
  };
}

async function readHere(open: Opened, request: ReadRequest): Promise<Answer> {
  // Loaded late: most runs find all facts in the store.
  const { readFacts } = await import('./read-tarball.ts');
  const answer = await readFacts(open(), request);
  tidy();
  return { ...answer, spared: false };
}

/** Packed or unpacked bytes from which on code may be so much that its syntax trees take most of the memory there is to be used. */
const weighty = 3 * 2 ** 19;
const weightyUnpacked = 4 * 2 ** 20;

/** While much is analysed there, nothing is read here, and what was read here is let go of. */
async function readAlone(thread: ReaderThread, open: Opened, request: ReadRequest, here: Turns): Promise<Answer> {
  let turn: Promise<() => void> | undefined;
  async function* thenAlone(): AsyncGenerator<Buffer> {
    let length = 0;
    let unpacked = 0;
    for await (const chunk of open()) {
      length += chunk.length;
      unpacked = unpackedOf(chunk);
      yield chunk;
    }
    // The analysis begins when no more bytes come.
    if ((length < weighty && unpacked < weightyUnpacked) || turn) return;
    turn = held(here);
    await turn;
    await giveBack();
  }
  try {
    return await readAway(thread, thenAlone, request, true);
  } finally {
    // Given back even where it comes after the thread has ended.
    void turn?.then((release) => release());
  }
}

/** What the gzip trailer says at the end of the packed bytes; a liar is found out while it is read. */
export function unpackedOf(packed: Buffer): number {
  return packed.length < 18 ? 0 : Math.max(packed.length, packed.readUInt32LE(packed.length - 4));
}

/** A turn, until what is given back is called. */
function held(turns: Turns): Promise<() => void> {
  return new Promise((resolve) => void turns.take(() => new Promise<void>(resolve)));
}

const mostTries = 5;

/** A script that takes too long or too much is read as tokens at the next try; after two of them all are. */
async function readAway(thread: ReaderThread, open: Opened, request: ReadRequest, tidies: boolean): Promise<Answer> {
  const files: string[] = [];
  let asTokens: ReadRequest['asTokens'];
  for (let tries = 0; tries < mostTries; tries++) {
    const answer = await thread.read(open(), { ...request, ...(asTokens && { asTokens }) }, tidies);
    if ('failed' in answer) throw answer.failed;
    if (!('ended' in answer)) return { ...answer, spared: asTokens !== undefined };
    // In a thread of its own it may fit: what is said of a tarball must not hang on what was read before it.
    if (answer.ended === 'memory' && answer.worn) continue;
    if (answer.file !== undefined) files.push(answer.file);
    asTokens = { files: answer.file === undefined || files.length > 2 ? 'all' : files, why: reasons[answer.ended] };
  }
  throw new DepwardError('limit', 'the tarball takes too long or too much memory to analyse', {
    hint: 'No honest package needs that; look at it by hand before using it.',
  });
}

const reasons: Readonly<Record<Ended['ended'], string>> = { time: 'too long to analyse', memory: 'too large to analyse' };

let shared: { readonly plain: Readers; readonly isolated: Readers } | undefined;

/** The readers of this process: one further thread for all. Sources that run unbuilt have none. */
export function sharedReaders(isolate: boolean): Readers {
  if (!shared) {
    const file = import.meta.url.endsWith('.ts') ? undefined : new URL('./read-worker.js', import.meta.url);
    const thread = file && openReaderThread(file);
    shared = { plain: openReaders(thread, false), isolated: openReaders(thread, true) };
  }
  return isolate ? shared.isolated : shared.plain;
}
