/** What goes wrong on the way to a registry, in words for clients: messages of the system hold addresses and are cut to their code. */
import { printable } from '../model/text.ts';

/** What stands between the proxy and an answer; `status` is what the client is told. */
export class UpstreamTrouble extends Error {
  readonly status: number;
  readonly retryAfter: string | undefined;
  /** The status the registry answered with, where it answered. */
  readonly answered: number | undefined;

  constructor(
    status: number,
    reason: string,
    { retryAfter, answered }: { readonly retryAfter?: string | undefined; readonly answered?: number } = {},
  ) {
    super(reason);
    this.name = 'UpstreamTrouble';
    this.status = status;
    this.retryAfter = retryAfter;
    this.answered = answered;
  }
}

/** What a status of the registry means to a client of ours. */
export function statusTrouble(status: number, retryAfter?: string): UpstreamTrouble {
  const answered = status;
  if (status === 401 || status === 403) return new UpstreamTrouble(status, `the registry refuses access (${status})`, { answered });
  if (status === 429) return new UpstreamTrouble(429, 'the registry asks to slow down (429)', { answered, retryAfter: retryAfter?.slice(0, 40) });
  return new UpstreamTrouble(502, `the registry answered ${status}`, { answered });
}

/** True when the connection was closed by the other side. */
export function isReset(error: unknown): boolean {
  const code = codeOf(error);
  return code === 'ECONNRESET' || code === 'EPIPE';
}

/** The code of a system error, wherever it was made. */
function codeOf(error: unknown): string | undefined {
  return typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** Any error on the way, as what the client is told: messages of the system hold addresses and are cut to their code. Undefined for mistakes of ours. */
export function troubleIn(error: unknown): UpstreamTrouble | undefined {
  if (error instanceof UpstreamTrouble) return error;
  const name = typeof error === 'object' && error !== null && 'name' in error ? error.name : undefined;
  const code = codeOf(error);
  if (name === 'TimeoutError' || name === 'AbortError' || code === 'ABORT_ERR') return new UpstreamTrouble(504, 'the registry takes too long');
  return code === undefined ? undefined : new UpstreamTrouble(502, `the registry cannot be reached (${printable(code, 60)})`);
}

/** The same for errors that can only come from the network. */
export function troubleOf(error: unknown): UpstreamTrouble {
  return troubleIn(error) ?? new UpstreamTrouble(502, 'the registry cannot be reached');
}
