/** The thread that reads tarballs: takes bytes piece by piece, answers with facts. Started by reader-thread.ts only. */
import { parentPort, workerData } from 'node:worker_threads';
import { DepwardError } from '../model/errors.ts';
import { littleGrowth, tidiedEach, tidy } from '../registry/tidy.ts';
import { noteFile } from './current-file.ts';
import { type ReadRequest, readFacts } from './read-tarball.ts';
import type { FromThread, ToThread } from './reader-thread.ts';

const port = parentPort;
const manyFiles = 10_000;
const current: SharedArrayBuffer = workerData;
let chunks: ((chunk: Buffer | undefined) => void) | undefined;

port?.on('message', (message: ToThread) => {
  if (message.is === 'read') void answer(message.request);
  else chunks?.(message.is === 'chunk' ? Buffer.from(message.bytes.buffer, message.bytes.byteOffset, message.bytes.byteLength) : undefined);
});

function say(message: FromThread): void {
  port?.postMessage(message);
}

/** The tree of a large script is let go of before the next one grows beside it. */
function beforeFile(path: string | undefined): void {
  tidy();
  noteFile(current, path);
}

async function answer(request: ReadRequest): Promise<void> {
  try {
    const found = await readFacts(arriving(), request, beforeFile);
    noteFile(current, undefined);
    // While they are taken over, long lists are there several times.
    if (found.facts.files.length > manyFiles) tidy(0);
    say({ is: 'done', answer: found });
    tidy(littleGrowth);
  } catch (error) {
    noteFile(current, undefined);
    const known = error instanceof DepwardError ? error : new DepwardError('input', 'the tarball cannot be read', { cause: error });
    say({ is: 'failed', code: known.code, message: known.message });
  }
}

/** Each piece is asked for: no more than one is on its way. */
async function* arriving(): AsyncGenerator<Buffer> {
  let passed = 0;
  for (;;) {
    const next = new Promise<Buffer | undefined>((resolve) => {
      chunks = resolve;
    });
    say({ is: 'more' });
    const chunk = await next;
    if (chunk === undefined) return;
    passed += chunk.length;
    if (passed > tidiedEach) {
      passed = 0;
      tidy(littleGrowth);
    }
    yield chunk;
  }
}
