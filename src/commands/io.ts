/** What a command may touch of the process. Commands return an exit code; only cli.ts exits. */

/** Exit codes of every command. */
export const exit = { allowed: 0, blocked: 1, incomplete: 2 } as const;

export interface Io {
  /** The report and nothing else. */
  readonly stdout: (text: string) => void;
  /** Progress and notes. */
  readonly stderr: (text: string) => void;
  readonly stdin: NodeJS.ReadableStream;
  readonly stdoutIsTTY: boolean;
  readonly stderrIsTTY: boolean;
  /** Width of the terminal in columns; undefined where there is none. */
  readonly columns: number | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Milliseconds since the epoch; the one clock. */
  readonly now: () => number;
  /** Aborted on Ctrl-C. */
  readonly signal: AbortSignal;
}

/** The process as it is, with the environment as it is now. Nothing is copied: some of it is opened by being looked at. */
export function withEnvOfNow(io: Io): Io {
  const same: Io = Object.create(io, { env: { value: { ...io.env } } });
  return same;
}

/** A command: options as parsed by cli.ts in, exit code out. */
export type Command<Options> = (options: Options, io: Io) => Promise<number>;
