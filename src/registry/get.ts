/** One GET and its answer, whoever carries them. */
import type { Received } from './body.ts';
import type { NpmOptions } from './config.ts';
import type { Clock } from './deadline.ts';
import type { Wait } from './large-bodies.ts';

export interface Reply {
  readonly status: number;
  /** A response header by its lower-case name. */
  header(name: string): string | undefined;
  /** Absent for errors. Leaving a loop over it early ends the request. */
  readonly body?: AsyncIterable<unknown>;
  /** True when `content-encoding` is still to be undone. */
  readonly packed: boolean;
}

/** An answer whose body has come; `received` is undefined for errors, and where it is longer than wanted. */
export interface Whole extends Omit<Reply, 'body'> {
  readonly received: Received | undefined;
}

export interface Get {
  readonly url: string;
  readonly npm: NpmOptions;
  readonly clock: Clock;
  readonly headers?: Readonly<Record<string, string>>;
  readonly wait?: Wait | undefined;
}

/** A failure known by its code alone. */
export function trouble(code: string): Error {
  return Object.assign(new Error(code), { code });
}

/** A header may come as a list; one value is meant. */
export function firstOf(value: unknown): string | undefined {
  return Array.isArray(value) ? firstOf(value[0]) : typeof value === 'string' ? value : undefined;
}
