/** One further thread that reads tarballs, with limits on memory and time: what goes beyond them ends the thread, not the process. */
import type { Worker } from 'node:worker_threads';
import { DepwardError, type ErrorCode } from '../model/errors.ts';
import { tidiedEach, tidy } from '../registry/tidy.ts';
import { fileIn, newCurrentFile, watchFile } from './current-file.ts';
import type { ReadAnswer, ReadRequest } from './read-tarball.ts';

export type ToThread =
  | { readonly is: 'read'; readonly request: ReadRequest }
  | { readonly is: 'chunk'; readonly bytes: Uint8Array }
  | { readonly is: 'end' };

export type FromThread =
  | { readonly is: 'more' }
  | { readonly is: 'done'; readonly answer: ReadAnswer }
  | { readonly is: 'failed'; readonly code: ErrorCode; readonly message: string };

export interface ThreadLimits {
  readonly heapMegabytes: number;
  /** Milliseconds for one script, and for one tarball once its bytes are there. */
  readonly file: number;
  readonly tarball: number;
}

/** Many times what the largest honest packages need. */
export const threadLimits: ThreadLimits = { heapMegabytes: 120, file: 20_000, tarball: 60_000 };

/** Why a thread ended without an answer, and with which file. */
export interface Ended {
  readonly ended: 'time' | 'memory';
  readonly file: string | undefined;
  /** True when it had read others before: what is left of them took a part of the memory. */
  readonly worn?: boolean;
}

/** The tarball itself is at fault. */
export interface Failed {
  readonly failed: DepwardError;
}

export interface ReaderThread {
  /** Starts it ahead of the first tarball. */
  start?(): void;
  /** `tidies`: garbage of pieces that were handed on is collected in time. */
  read(chunks: AsyncIterable<Buffer> | Iterable<Buffer>, request: ReadRequest, tidies?: boolean): Promise<ReadAnswer | Ended | Failed>;
  close(): void;
}

/** Opens the thread; it starts with the first tarball and keeps no process alive. */
export function openReaderThread(file: URL, limits: ThreadLimits = threadLimits): ReaderThread {
  let worker: Started | undefined;

  function started(): Started {
    if (worker) return worker;
    const current = newCurrentFile();
    const thread = new (process.getBuiltinModule('node:worker_threads').Worker)(file, {
      resourceLimits: { maxOldGenerationSizeMb: limits.heapMegabytes, maxYoungGenerationSizeMb: 16 },
      workerData: current,
      env: {},
      execArgv: [],
    });
    const fresh = { thread, current, read: 0 };
    // A thread that ends while nobody waits for it is only started again.
    thread
      .on('error', () => undefined)
      .on('exit', () => {
        if (worker === fresh) worker = undefined;
      });
    worker = fresh;
    return fresh;
  }

  function drop(): void {
    const gone = worker;
    worker = undefined;
    void gone?.thread.terminate();
  }

  return {
    start: () => started().thread.unref(),
    read: async (chunks, request, tidies = false) => {
      const at = started();
      const { thread } = at;
      thread.ref();
      at.read++;
      try {
        const answer = await oneReading(at, tidies ? tidied(chunks) : pieces(chunks), request, limits);
        if (!('ended' in answer)) return answer;
        drop();
        return { ...answer, worn: at.read > 1 };
      } catch (error) {
        // In the middle of a tarball it is of no further use.
        drop();
        throw error;
      } finally {
        thread.unref();
      }
    },
    close: drop,
  };
}

/** The thread, and where it says which file it reads. */
interface Started {
  readonly thread: Worker;
  readonly current: SharedArrayBuffer;
  read: number;
}

async function oneReading(
  { thread, current }: Started,
  source: AsyncGenerator<Buffer>,
  request: ReadRequest,
  limits: ThreadLimits,
): Promise<ReadAnswer | Ended | Failed> {
  let whole: NodeJS.Timeout | undefined;
  let unwatch: (() => void) | undefined;
  const heard: { onMessage?: (message: FromThread) => void; onError?: (error: NodeJS.ErrnoException) => void; onExit?: () => void } = {};
  try {
    return await new Promise<ReadAnswer | Ended | Failed>((resolve, reject) => {
      const late = (): void => resolve({ ended: 'time', file: fileIn(current) });
      unwatch = watchFile(current, limits.file, late);
      const give = async (): Promise<void> => {
        const { done, value } = await source.next();
        if (done) whole ??= setTimeout(late, limits.tarball);
        thread.postMessage(done ? ({ is: 'end' } satisfies ToThread) : ({ is: 'chunk', bytes: value } satisfies ToThread));
      };
      heard.onMessage = (message) => {
        if (message.is === 'done') resolve(message.answer);
        else if (message.is === 'failed') resolve({ failed: new DepwardError(message.code, message.message) });
        else give().catch(reject);
      };
      heard.onError = (error) => {
        if (error.code === 'ERR_WORKER_OUT_OF_MEMORY') resolve({ ended: 'memory', file: fileIn(current) });
        else reject(new DepwardError('input', 'a tarball cannot be read', { cause: error }));
      };
      heard.onExit = () => resolve({ ended: 'memory', file: fileIn(current) });
      thread.on('message', heard.onMessage).on('error', heard.onError).on('exit', heard.onExit);
      thread.postMessage({ is: 'read', request } satisfies ToThread);
    });
  } finally {
    clearTimeout(whole);
    unwatch?.();
    if (heard.onMessage) thread.off('message', heard.onMessage);
    if (heard.onError) thread.off('error', heard.onError);
    if (heard.onExit) thread.off('exit', heard.onExit);
  }
}

/** Bytes that go to the thread at once: of more a message is several copies, each in one large piece. */
const mostSent = 2 ** 18;

/** What is long in parts that are copies of their own: of a view all that it is a part of would be sent. */
async function* pieces(chunks: AsyncIterable<Buffer> | Iterable<Buffer>): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) {
    if (chunk.length <= mostSent) yield chunk;
    else for (let at = 0; at < chunk.length; at += mostSent) yield Buffer.from(chunk.subarray(at, at + mostSent));
  }
}

async function* tidied(chunks: AsyncIterable<Buffer> | Iterable<Buffer>): AsyncGenerator<Buffer> {
  let passed = 0;
  for await (const chunk of pieces(chunks)) {
    passed += chunk.length;
    if (passed > tidiedEach) {
      passed = 0;
      tidy();
    }
    yield chunk;
  }
}
