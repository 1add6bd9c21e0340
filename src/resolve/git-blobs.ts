/** Reads many objects of git in one run: each start of git costs more than all that is read. */
import { spawn, spawnSync } from 'node:child_process';

/** An object as git holds it: its text, or only its size where that is more than was asked for. */
export type Blob = { readonly text: string } | { readonly size: number };

/** An object that is asked for, and how much of it is taken. */
export interface BlobRequest {
  readonly id: string;
  readonly limit: number;
}

/** How git is started. */
export interface GitStart {
  readonly folder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Options that stand before the command. */
  readonly options: readonly string[];
  readonly timeout: number;
}

const readers = ['cat-file', '--batch', '--buffer'];
/** What is taken at once, in bytes: all but odd repositories stay below. */
const mostAtOnce = 32 * 1024 * 1024;

/** The objects in the order asked for; undefined for what is not there or no file. */
export async function readBlobs(start: GitStart, asked: readonly BlobRequest[]): Promise<readonly (Blob | undefined)[]> {
  return blobsAtOnce(start, asked) ?? (await blobsInPieces(start, asked));
}

/** Waited for without pipes and events, which cost more than a few files do; undefined where it is too much for that. */
function blobsAtOnce({ folder, env, options, timeout }: GitStart, asked: readonly BlobRequest[]): readonly (Blob | undefined)[] | undefined {
  const { stdout, error } = spawnSync('git', [...options, ...readers], {
    cwd: folder,
    env: { ...env },
    timeout,
    windowsHide: true,
    input: linesOf(asked),
    maxBuffer: mostAtOnce,
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  if ((error as NodeJS.ErrnoException | undefined)?.code === 'ENOBUFS') return undefined;
  const answers = openAnswers(asked);
  if (!error) answers.take(stdout);
  return asked.map((_, index) => answers.found[index]);
}

function linesOf(asked: readonly BlobRequest[]): string {
  return asked.map(({ id }) => `${id}\n`).join('');
}

function blobsInPieces({ folder, env, options, timeout }: GitStart, asked: readonly BlobRequest[]): Promise<readonly (Blob | undefined)[]> {
  return new Promise((resolve) => {
    const child = spawn('git', [...options, ...readers], {
      cwd: folder,
      env: { ...env },
      timeout,
      windowsHide: true,
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    const answers = openAnswers(asked);
    child.stdout.on('data', answers.take);
    child.on('error', () => resolve(asked.map(() => undefined)));
    child.on('close', () => resolve(asked.map((_, index) => answers.found[index])));
    // Git may end before it has read every question; then its answers are missing, and that is said.
    child.stdin.on('error', () => undefined);
    child.stdin.end(linesOf(asked));
  });
}

const newline = 10;

/** Takes `id type size`, that many bytes and a line break for each object, or `id missing`, in pieces of any length. */
export function openAnswers(asked: readonly BlobRequest[]): { readonly found: (Blob | undefined)[]; take(piece: Buffer): void } {
  const found: (Blob | undefined)[] = [];
  let held = Buffer.alloc(0);
  let pieces: Buffer[] = [];
  let waiting = 0;
  let missing = 0;
  let skipped = 0;

  /** What comes of the bytes held: how many were used up, or 0 while some are missing. */
  function step(): number {
    const end = held.indexOf(newline);
    if (end < 0) return 0;
    const [, type, length] = held.toString('latin1', 0, end).split(' ');
    const size = Number(length);
    if (type === undefined || length === undefined || !Number.isSafeInteger(size)) {
      found.push(undefined);
      return end + 1;
    }
    const all = end + 1 + size + 1;
    if (size > (asked[found.length]?.limit ?? 0)) {
      found.push(type === 'blob' ? { size } : undefined);
      skipped = Math.max(0, all - held.length);
      return Math.min(all, held.length);
    }
    if (held.length < all) {
      missing = all - held.length;
      return 0;
    }
    found.push(type === 'blob' ? { text: held.toString('utf8', end + 1, all - 1) } : undefined);
    return all;
  }

  return {
    found,
    take(piece) {
      const left = piece.subarray(Math.min(skipped, piece.length));
      skipped -= piece.length - left.length;
      pieces.push(left);
      waiting += left.length;
      if (waiting < missing) return;
      held = Buffer.concat([held, ...pieces]);
      pieces = [];
      waiting = 0;
      missing = 0;
      for (let used = step(); used > 0; used = held.length > 0 ? step() : 0) held = held.subarray(used);
    },
  };
}
