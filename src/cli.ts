#!/usr/bin/env node
/** The bin: arguments in, one lazily loaded command, exit code out. Nothing else prints or exits. */
import type { Command as CommanderCommand } from 'commander';
import { type CommandSpec, commands } from './commands/index.ts';
import type { Io } from './commands/io.ts';
import { DepwardError } from './model/errors.ts';
import { printable } from './model/text.ts';
import { toolVersion } from './package-root.ts';

const interrupt = new AbortController();

const io: Io = {
  stdout: (text) => void process.stdout.write(text),
  stderr: (text) => void process.stderr.write(text),
  stdin: process.stdin,
  stdoutIsTTY: process.stdout.isTTY === true,
  stderrIsTTY: process.stderr.isTTY === true,
  columns: process.stdout.columns,
  env: process.env,
  cwd: process.cwd(),
  now: Date.now,
  signal: interrupt.signal,
};

async function main(argv: readonly string[]): Promise<number> {
  if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-V')) {
    io.stdout(`${toolVersion()}\n`);
    return 0;
  }
  const { Command, CommanderError } = await import('commander');
  let exitCode = 0;
  const program = new Command('depward')
    .description('Judges npm packages before they are installed.')
    .version(toolVersion(), '-V, --version')
    .helpOption('-h, --help')
    .showSuggestionAfterError(true)
    // What stands after a command's first word may belong to another program (`run`).
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({ writeOut: io.stdout, writeErr: io.stderr });
  for (const spec of commands) declare(program, spec, (code) => (exitCode = code));
  try {
    await program.parseAsync([...argv], { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    throw error;
  }
  return exitCode;
}

function declare(program: CommanderCommand, spec: CommandSpec, done: (code: number) => void): void {
  const command = program.command(spec.usage).description(spec.summary).exitOverride();
  for (const option of spec.options) {
    if (option.repeatable)
      command.option(option.flags, option.about, (value: string, earlier: readonly string[] | undefined) => [...(earlier ?? []), value]);
    else command.option(option.flags, option.about);
  }
  if (spec.passThrough) command.passThroughOptions();
  if (spec.help) command.addHelpText('after', spec.help);
  command.action(async (...args: unknown[]) => {
    const run = await spec.load();
    // Commander calls with the declared arguments, then the options, then the command itself.
    done(await run(args.slice(0, -2), Object(args.at(-2)), io));
  });
}

function explain(error: unknown): void {
  if (error instanceof DepwardError) {
    io.stderr(`depward: ${printable(error.message, 2000)}\n`);
    if (error.hint) io.stderr(`         ${printable(error.hint, 2000)}\n`);
  } else {
    const text = error instanceof Error ? error.message : String(error);
    io.stderr(`depward: this should not have happened: ${printable(text, 500)}\n         It is a mistake in depward; DEPWARD_DEBUG=1 shows where.\n`);
  }
  if (process.env.DEPWARD_DEBUG && error instanceof Error) io.stderr(`${error.stack ?? ''}\n`);
}

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // The reader of the pipe has gone (`depward … | head`): nobody is left to tell.
  if (error.code === 'EPIPE') process.exit(process.exitCode ?? 0);
  throw error;
});
process.once('SIGINT', () => {
  interrupt.abort(new DepwardError('interrupted', 'interrupted'));
  // A second Ctrl-C ends at once, by the default handler.
});

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    explain(error);
    process.exitCode = 2;
  },
);
