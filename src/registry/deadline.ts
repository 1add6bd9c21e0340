/** Time limits on top of other reasons to stop. AbortSignal.any with AbortSignal.timeout loses timeouts to garbage collection on Node 20. */
import { setMaxListeners } from 'node:events';

/** The reason of a signal that a time limit aborted. */
export const outOfTime = new Error('out of time');

export interface Deadline {
  readonly signal: AbortSignal;
  /** Ends the clock; without it the signals it listens to would hold it forever. */
  done(): void;
}

/** Aborts with the first of the signals, or after so many milliseconds. */
export function withDeadline(signals: readonly AbortSignal[], ms: number): Deadline {
  const controller = new AbortController();
  // Many requests listen to one signal: that is no leak.
  setMaxListeners(0, controller.signal);
  const timer = setTimeout(() => controller.abort(outOfTime), ms);
  const stops = signals.map((signal) => {
    const stop = () => controller.abort(signal.reason);
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
    return () => signal.removeEventListener('abort', stop);
  });
  const done = () => {
    clearTimeout(timer);
    for (const stop of stops) stop();
  };
  controller.signal.addEventListener('abort', done, { once: true });
  // A clock alone must not keep the process alive.
  timer.unref();
  return { signal: controller.signal, done };
}
