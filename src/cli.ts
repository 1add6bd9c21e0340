#!/usr/bin/env node
/**
 * The bin: answers at once what needs nothing loaded, and leaves the rest to main.ts. Built into one file of its own, because
 * every file and every kilobyte read here is waited for in every run.
 */
import { checkAgain } from './commands/check-again.ts';
import { run as doctor } from './commands/doctor-early.ts';
import { run as gate } from './commands/gate-early.ts';
import { commands } from './commands/list.ts';
import { plainCall } from './commands/plain-arguments.ts';
import { endInOrder, processIo } from './commands/process-io.ts';
import { tell } from './commands/trouble.ts';
import { DepwardError } from './model/errors.ts';
import { toolVersion } from './package-root.ts';

const interrupt = new AbortController();
const io = processIo(interrupt.signal);

async function run(argv: readonly string[]): Promise<number> {
  if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-V')) {
    io.stdout(`${toolVersion()}\n`);
    return 0;
  }
  const call = plainCall(argv, commands);
  const again = call?.name === 'check' ? await checkAgain(call, io) : undefined;
  if (again !== undefined) return again;
  process.once('SIGINT', () => {
    interrupt.abort(new DepwardError('interrupted', 'interrupted'));
    // A second Ctrl-C ends at once, by the default handler.
  });
  if (call?.name === 'check') return (await import('./commands/check.ts')).run(textsOf(call.args[0]), call.options, io);
  if (call?.name === 'gate') return gate(call.options, io);
  if (call?.name === 'doctor') return doctor(textOf(call.args[0]), call.options, io);
  return (await import('./main.ts')).main(argv, call, io);
}

function textOf(argument: unknown): string | undefined {
  return typeof argument === 'string' ? argument : undefined;
}

function textsOf(argument: unknown): string[] {
  return Array.isArray(argument) ? argument.filter((each) => typeof each === 'string') : [];
}

endInOrder(io);
run(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    tell(error, io);
    process.exitCode = 2;
  },
);
