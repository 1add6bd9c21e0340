/** This process as commands see it. Used by the bin alone. */
import { DepwardError } from '../model/errors.ts';
import { exit, type Io } from './io.ts';
import { openOutput } from './process-output.ts';
import { tell } from './trouble.ts';

/** What a command may touch of this process. */
export function processIo(signal: AbortSignal): Io {
  const stdout = openOutput(
    1,
    () => process.stdout,
    (error) => {
      // The reader of the pipe may go (`depward … | head`): then nobody is left to tell.
      if (error.code === 'EPIPE') process.exit(process.exitCode ?? exit.incomplete);
      tell(new DepwardError('input', `the output could not be written (${error.code ?? error.message})`), io);
      process.exit(process.exitCode || exit.incomplete);
    },
  );
  const stderr = openOutput(
    2,
    () => process.stderr,
    () => undefined,
  );
  const io: Io = {
    stdout: stdout.write,
    stderr: stderr.write,
    get stdin() {
      return process.stdin;
    },
    get stdoutIsTTY() {
      return stdout.isTTY;
    },
    get stderrIsTTY() {
      return stderr.isTTY;
    },
    get columns() {
      // Terminals without a size say 0 (containers, recorders).
      return stdout.columns || undefined;
    },
    env: process.env,
    get cwd() {
      return workingFolder();
    },
    now: Date.now,
    signal,
  };
  return io;
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
  process.on('uncaughtException', (error) => {
    tell(error, io);
    process.exit(exit.incomplete);
  });
}
