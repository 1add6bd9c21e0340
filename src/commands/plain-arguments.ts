/**
 * Reads a command line about which nothing is in doubt. Loading commander costs as much as a warm run; whatever is not written
 * out in full is left to it. A test holds the two to the same answers.
 */
import type { CommandSpec, OptionFlag } from './list.ts';

/** A command with arguments and options, as commander would hand them over. */
export interface PlainCall {
  readonly name: string;
  readonly args: readonly unknown[];
  readonly options: Readonly<Record<string, unknown>>;
}

/** The call that is plainly meant; undefined where commander must look. */
export function plainCall([name = '', ...words]: readonly string[], commands: readonly CommandSpec[]): PlainCall | undefined {
  const spec = commands.find(({ usage }) => usage.split(' ', 1)[0] === name);
  if (!spec || spec.passThrough) return undefined;
  const flags = flagsOf(spec.options);
  const options: Record<string, unknown> = Object.fromEntries([...flags.values()].flatMap((flag) => (flag.off ? [[flag.key, true]] : [])));
  const positional: string[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at] as string;
    if (!word.startsWith('-')) {
      positional.push(word);
      continue;
    }
    const [written, ...rest] = word.split('=');
    const flag = flags.get(written as string);
    if (!flag) return undefined;
    if (!flag.valued && rest.length > 0) return undefined;
    const value = flag.valued ? (rest.length > 0 ? rest.join('=') : words[++at]) : !flag.off;
    if (flag.valued && !isPlainValue(value, written as string, rest.length > 0)) return undefined;
    options[flag.key] = flag.repeatable ? [...((options[flag.key] as string[] | undefined) ?? []), value] : value;
  }
  const args = argumentsOf(spec.usage.slice(name.length + 1), positional);
  return args && { name, args, options };
}

interface Flag {
  readonly key: string;
  readonly valued: boolean;
  readonly repeatable: boolean;
  /** `--no-…`: on unless it is given. */
  readonly off: boolean;
}

function flagsOf(options: readonly OptionFlag[]): ReadonlyMap<string, Flag> {
  return new Map(
    options.flatMap(({ flags, repeatable = false }) => {
      const names = flags.split(/[ ,]+/).filter((part) => part.startsWith('-'));
      const long = names.at(-1) ?? '';
      const off = long.startsWith('--no-');
      const key = long.slice(off ? 5 : 2).replace(/-(.)/g, (_dash, letter: string) => letter.toUpperCase());
      return names.map((written) => [written, { key, valued: flags.includes('<'), repeatable, off }] as const);
    }),
  );
}

/** A value that looks like an option, an empty one, and one glued to a letter are doubts. */
function isPlainValue(value: unknown, written: string, glued: boolean): boolean {
  return typeof value === 'string' && value !== '' && !value.startsWith('-') && !(glued && !written.startsWith('--'));
}

function argumentsOf(declared: string, given: readonly string[]): readonly unknown[] | undefined {
  if (declared === '') return given.length === 0 ? [] : undefined;
  if (/^\[\w+\.\.\.\]$/.test(declared)) return [given];
  if (/^\[\w+\]$/.test(declared)) return given.length <= 1 ? [given[0]] : undefined;
  return undefined;
}
