/** Every command: arguments in, one lazily loaded command, exit code out. */
import type { Command as CommanderCommand } from 'commander';
import { type CommandName, load, type Run } from './commands/index.ts';
import type { Io } from './commands/io.ts';
import { type CommandSpec, commands } from './commands/list.ts';
import type { PlainCall } from './commands/plain-arguments.ts';
import { loadAside } from './commands/stand-aside.ts';
import { packageFolder, toolVersion } from './package-root.ts';

/** Runs the command of a command line, which may have been read already; the exit code. */
export async function main(argv: readonly string[], call: PlainCall | undefined, io: Io): Promise<number> {
  return call ? execute(call.name as CommandName, call.args, call.options, io) : commanded(argv, io);
}

/** Commands under which a client may delete or replace the very node_modules that holds depward. */
const beside: readonly CommandName[] = ['run', 'proxy'];

async function execute(name: CommandName, args: readonly unknown[], options: Readonly<Record<string, unknown>>, io: Io): Promise<number> {
  const aside = beside.includes(name) ? loadAside(packageFolder, io.cwd, 'main.js') : undefined;
  // The same file of the same build: the call is all it needs.
  if (aside) return (aside as { readonly main: typeof main }).main([], { name, args, options }, io);
  return (await load[name]())(args, options, io);
}

async function commanded(argv: readonly string[], io: Io): Promise<number> {
  const { CommanderError } = await import('commander');
  let exitCode = 0;
  const run = async (name: CommandName, ...call: Parameters<Run>) => {
    exitCode = await execute(name, ...call);
  };
  try {
    await (await programOf((name, args, options) => run(name, args, options, io), io)).parseAsync([...argv], { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    throw error;
  }
  return exitCode;
}

/** The command line as commander knows it. */
export async function programOf(
  run: (name: CommandName, args: readonly unknown[], options: Readonly<Record<string, unknown>>) => Promise<void>,
  io: Pick<Io, 'stdout' | 'stderr'>,
): Promise<CommanderCommand> {
  const { Command } = await import('commander');
  const program = new Command('depward')
    .description('Judges npm packages before they are installed.')
    .version(toolVersion(), '-V, --version')
    .helpOption('-h, --help')
    .showSuggestionAfterError(true)
    // What stands after a command's first word may belong to another program (`run`).
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({
      writeOut: io.stdout,
      writeErr: io.stderr,
      outputError: (text, write) => write(inOurVoice(text, 'depward --help lists the commands')),
    });
  for (const spec of commands) declare(program, spec, run);
  return program;
}

function declare(program: CommanderCommand, spec: CommandSpec & (typeof commands)[number], run: Parameters<typeof programOf>[0]): void {
  const command = program.command(spec.usage).description(spec.summary).exitOverride();
  command.configureOutput({ outputError: (text, write) => write(inOurVoice(text, `depward ${command.name()} --help shows how it is called`)) });
  for (const option of spec.options) {
    if (option.repeatable)
      command.option(option.flags, option.about, (value: string, earlier: readonly string[] | undefined) => [...(earlier ?? []), value]);
    else command.option(option.flags, option.about);
  }
  if (spec.passThrough) command.passThroughOptions();
  if (spec.help) command.addHelpText('after', spec.help);
  // Commander calls with the declared arguments, then the options, then the command itself.
  command.action((...args: unknown[]) => run(command.name() as CommandName, args.slice(0, -2), Object(args.at(-2))));
}

/** As every other error is told: who speaks, and below it what to do. */
function inOurVoice(text: string, help: string): string {
  const [first = '', suggestion = help] = text.trim().split('\n');
  return `${first.replace(/^error:/, 'depward:')}\n         ${suggestion.replace(/^\(D(.*)\)$/, 'd$1')}\n`;
}
