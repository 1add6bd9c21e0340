/** Hosts that cannot be reached: told at once to all who ask, instead of letting each of a thousand requests find out by waiting. */
import type { LookupAddress, LookupOptions } from 'node:dns';
import { clockMs } from './deadline.ts';

/** Failures that say nothing ever got to the host. */
const unreachable = new Set(['ENOTFOUND', 'EAI_AGAIN', 'ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'ETIMEDOUT']);
/** Thrown where nobody answered. */
export const unconnected = Object.assign(new Error('nobody answered'), { code: 'ETIMEDOUT' });

/** True for failures after which nobody else needs to try. */
export function isUnreached(code: string | undefined): boolean {
  return code !== undefined && unreachable.has(code);
}

const enough = 3;
/** Requests that fail together failed once. */
const togetherMs = 100;
const leftAloneMs = 10_000;

/** What is known of the hosts of one run. */
export interface Reach {
  /** The error code to fail with at once; undefined where it is worth trying. */
  lost(host: string): string | undefined;
  answered(host: string): void;
  missed(host: string, code: string | undefined): void;
}

/** Opens it; `clock` in milliseconds, any origin, never backwards. */
export function openReach(clock: () => number = clockMs): Reach {
  const misses = new Map<string, { count: number; code: string; at: number }>();
  return {
    lost(host) {
      const known = misses.get(host);
      return known && known.count >= enough && clock() - known.at < leftAloneMs ? known.code : undefined;
    },
    answered: (host) => void misses.delete(host),
    missed(host, code) {
      if (code === undefined || !unreachable.has(code)) return;
      const known = misses.get(host);
      const at = clock();
      const count = known === undefined ? 1 : known.count + (at - known.at < togetherMs ? 0 : 1);
      misses.set(host, { count, code, at });
    },
  };
}

type Answer = (error: NodeJS.ErrnoException | null, address: string | LookupAddress[], family?: number) => void;
const waiting = new Map<string, Answer[]>();

/** `dns.lookup`, asked once for all who want the same name at the same time: resolvers take four at a time, and seconds for each that is not there. */
export function lookupTogether(hostname: string, options: LookupOptions, answer: Answer): void {
  const key = JSON.stringify([hostname, options]);
  const others = waiting.get(key);
  if (others) return void others.push(answer);
  waiting.set(key, [answer]);
  // Loaded when the first name is looked up: a warm run asks for none.
  process.getBuiltinModule('node:dns').lookup(hostname, options, (error, address, family) => {
    const all = waiting.get(key) ?? [];
    waiting.delete(key);
    for (const one of all) one(error, address, family);
  });
}
