/** The one error depward throws on purpose; every other is a bug. */

/** What kind of trouble; all of them end with exit code 2. */
export type ErrorCode = 'usage' | 'config' | 'input' | 'network' | 'not-found' | 'integrity' | 'limit' | 'interrupted' | 'internal';

/** An error with a sentence for the user and a hint what to do about it. A finding is never thrown; an error is never a pass. */
export class DepwardError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;

  constructor(code: ErrorCode, message: string, options: { readonly hint?: string; readonly cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'DepwardError';
    this.code = code;
    this.hint = options.hint;
  }

  /** The bin and what it loads are built apart, each with a class of its own: an error of one is an error of the other. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return value instanceof Error && value.name === 'DepwardError';
  }
}
