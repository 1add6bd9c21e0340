/** Time limits on top of other reasons to stop. AbortSignal.any with AbortSignal.timeout loses timeouts to garbage collection on Node 20. */

import { setMaxListeners } from 'node:events';

/** Milliseconds by a clock that nobody sets. The one of `performance` takes a dozen modules of Node to load. */
export const clockMs = (): number => process.uptime() * 1_000;

/** The reason of a signal or a clock that a time limit stopped. */
export const outOfTime = new Error('out of time');

/**
 * Stops with the first of the signals, or after so many milliseconds. Lighter than a signal of its own for each of
 * thousands of requests; `signal` makes one for those who must have it.
 */
export class Clock {
  stopped = false;
  private over = false;
  reason: unknown;
  private readonly calls: (() => void)[] = [];
  private timer: NodeJS.Timeout;
  private ends: number;
  private readonly signals: readonly AbortSignal[];

  constructor(signals: readonly AbortSignal[], ms: number) {
    this.signals = signals;
    this.ends = clockMs() + ms;
    this.timer = this.timed(ms);
    for (const signal of signals) {
      if (signal.aborted) this.stop(signal.reason);
      else clocksOf(signal).add(this);
    }
  }

  stop(reason: unknown): void {
    if (this.stopped) return;
    this.stopped = true;
    this.reason = reason;
    this.done();
    for (const call of this.calls) call();
  }

  /** Calls when it stops; at once when it has. */
  onStop(call: () => void): void {
    if (this.stopped) call();
    else this.calls.push(call);
  }

  /** Stands still until that has come: waiting for ourselves is nobody's delay. */
  waitFor(room: Promise<unknown>): void {
    const left = this.ends - clockMs();
    clearTimeout(this.timer);
    void room.then(() => {
      if (this.over) return;
      this.ends = clockMs() + left;
      this.timer = this.timed(left);
    });
  }

  private timed(ms: number): NodeJS.Timeout {
    // A clock alone must not keep the process alive.
    return setTimeout(() => this.stop(outOfTime), ms).unref();
  }

  /** Ends the clock; without it the signals it listens to would hold it forever. */
  done(): void {
    this.over = true;
    clearTimeout(this.timer);
    for (const signal of this.signals) clocksOf(signal).delete(this);
  }

  signal(): AbortSignal {
    const controller = new AbortController();
    // Many requests listen to one signal: that is no leak.
    setMaxListeners(0, controller.signal);
    this.onStop(() => controller.abort(this.reason));
    return controller.signal;
  }
}

const clocks = new WeakMap<AbortSignal, Set<Clock>>();

/** Everybody who waits for a signal hangs on one listener. */
function clocksOf(signal: AbortSignal): Set<Clock> {
  const known = clocks.get(signal);
  if (known) return known;
  const waiting = new Set<Clock>();
  clocks.set(signal, waiting);
  signal.addEventListener('abort', () => [...waiting].forEach((clock) => void clock.stop(signal.reason)), { once: true });
  return waiting;
}
