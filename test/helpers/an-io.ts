/** What a command may touch, with everything it prints kept. */
import { Readable } from 'node:stream';
import type { Io } from '../../src/commands/io.ts';

export function anIo(more: Partial<Io> = {}): { readonly io: Io; readonly out: () => string; readonly err: () => string } {
  const printed = { out: '', err: '' };
  const io: Io = {
    stdout: (text) => {
      printed.out += text;
    },
    stderr: (text) => {
      printed.err += text;
    },
    stdin: Readable.from([]),
    stdoutIsTTY: false,
    stderrIsTTY: false,
    columns: undefined,
    env: {},
    cwd: process.cwd(),
    now: () => Date.UTC(2026, 10, 23),
    signal: new AbortController().signal,
    ...more,
  };
  return { io, out: () => printed.out, err: () => printed.err };
}
