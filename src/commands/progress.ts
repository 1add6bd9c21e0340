/** What is going on, on stderr and only where a person is looking. */
import type { Ora } from 'ora';
import type { Io } from './io.ts';

export interface Progress {
  say(text: string): void;
  stop(): void;
}

/** Nothing is shown before this many milliseconds: a warm run is over by then, and ora stays unloaded. */
const patience = 300;

/** Opens the progress line; silent without a terminal. */
export function openProgress(io: Io, quiet: boolean): Progress {
  if (!io.stderrIsTTY || quiet) return { say: () => undefined, stop: () => undefined };
  let latest = '';
  let stopped = false;
  let spinner: Ora | undefined;
  const timer = setTimeout(async () => {
    const { default: ora } = await import('ora');
    // On a terminal that says it has no columns ora would clear lines without end.
    if (!stopped && process.stderr.columns > 0) spinner = ora({ text: latest, stream: process.stderr, discardStdin: false }).start();
  }, patience);
  timer.unref();
  return {
    say(text) {
      latest = text;
      if (spinner) spinner.text = text;
    },
    stop() {
      stopped = true;
      clearTimeout(timer);
      spinner?.stop();
    },
  };
}
