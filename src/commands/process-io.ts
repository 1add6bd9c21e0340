/** This process as commands see it. Used by the bin alone. */
import { DepwardError } from '../model/errors.ts';
import { exit, type Io } from './io.ts';
import { tell } from './trouble.ts';

/** What a command may touch of this process. */
export function processIo(signal: AbortSignal): Io {
  return {
    stdout: (text) => void process.stdout.write(text),
    stderr: (text) => void process.stderr.write(text),
    get stdin() {
      return process.stdin;
    },
    get stdoutIsTTY() {
      return process.stdout.isTTY === true;
    },
    get stderrIsTTY() {
      return process.stderr.isTTY === true;
    },
    get columns() {
      // Terminals without a size say 0 (containers, recorders).
      return process.stdout.columns || undefined;
    },
    env: process.env,
    get cwd() {
      return workingFolder();
    },
    now: Date.now,
    signal,
  };
}

function workingFolder(): string {
  try {
    return process.cwd();
  } catch (cause) {
    throw new DepwardError('input', 'the folder this was called in is gone', { cause, hint: 'Change to a folder that exists.' });
  }
}

/** Whatever goes wrong ends in one line and never in the exit code of a verdict. */
export function endInOrder(io: Io): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    // The reader of the pipe may go (`depward … | head`): then nobody is left to tell.
    if (error.code === 'EPIPE') process.exit(process.exitCode ?? exit.incomplete);
    tell(new DepwardError('input', `the output could not be written (${error.code ?? error.message})`), io);
    process.exit(process.exitCode || exit.incomplete);
  });
  process.stderr.on('error', () => undefined);
  process.on('uncaughtException', (error) => {
    tell(error, io);
    process.exit(exit.incomplete);
  });
}
