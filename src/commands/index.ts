/** How each command is loaded. */
import type { Io } from './io.ts';
import type { commands } from './list.ts';

/** A command as it is called: arguments and options as commander hands them over. */
export type Run = (args: readonly unknown[], options: Readonly<Record<string, unknown>>, io: Io) => Promise<number>;

/** The first word of a command's usage. */
type NameIn<Usage extends string> = Usage extends `${infer Name} ${string}` ? Name : Usage;
export type CommandName = NameIn<(typeof commands)[number]['usage']>;

export const load: Readonly<Record<CommandName, () => Promise<Run>>> = {
  check: async () => {
    const { run } = await import('./check.ts');
    return ([specs], options, io) => run(strings(specs), options, io);
  },
  gate: async () => {
    const { run } = await import('./gate.ts');
    return (_, options, io) => run(options, io);
  },
  ls: async () => {
    const { run } = await import('./ls.ts');
    return (_, options, io) => run(options, io);
  },
  inspect: async () => {
    const { run } = await import('./inspect.ts');
    return ([spec], options, io) => run(String(spec), options, io);
  },
  diff: async () => {
    const { run } = await import('./diff.ts');
    return ([before, after], options, io) => run(String(before), String(after), options, io);
  },
  names: async () => {
    const { run } = await import('./names.ts');
    return ([names], options, io) => run(strings(names), options, io);
  },
  doctor: async () => {
    const { run } = await import('./doctor.ts');
    return ([path], options, io) => run(typeof path === 'string' ? path : undefined, options, io);
  },
  rules: async () => (await import('./rules.ts')).run,
  init: async () => {
    const { run } = await import('./init.ts');
    return (_, options, io) => run(options, io);
  },
  waive: async () => {
    const { run } = await import('./waive.ts');
    return ([rule, subject], options, io) => run(String(rule), String(subject), options, io);
  },
  explain: async () => (await import('./explain.ts')).run,
  run: async () => {
    const { run } = await import('./run.ts');
    return (args, options, io) => run(strings(args[0]), options, io);
  },
  proxy: async () => {
    const { run } = await import('./proxy.ts');
    return (_, options, io) => run(options, io);
  },
};

/** Arguments as commander hands them over: a list of words, or nothing. */
function strings(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}
