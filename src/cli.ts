#!/usr/bin/env node
/**
 * The bin: answers at once what needs nothing loaded, and leaves the rest to main.ts. Built into one file of its own, because
 * every file and every kilobyte read here is waited for in every run.
 */
import { checkAgain } from './commands/check-again.ts';
import { commands } from './commands/list.ts';
import { plainCall } from './commands/plain-arguments.ts';
import { endWithReader, processIo } from './commands/process-io.ts';
import { tell } from './commands/trouble.ts';
import { toolVersion } from './package-root.ts';

const io = processIo(new AbortController().signal);

async function run(argv: readonly string[]): Promise<number> {
  if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-V')) {
    io.stdout(`${toolVersion()}\n`);
    return 0;
  }
  const call = plainCall(argv, commands);
  if (call?.name === 'check') {
    const code = await checkAgain(call, io);
    if (code !== undefined) return code;
  }
  const { main } = await import('./main.ts');
  return main(argv, call);
}

endWithReader();
run(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    tell(error, io);
    process.exitCode = 2;
  },
);
