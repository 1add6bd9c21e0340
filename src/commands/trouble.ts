/** How an error is told. */
import { DepwardError } from '../model/errors.ts';
import { printable } from '../model/text.ts';
import type { Io } from './io.ts';

/** Says what went wrong and what to do about it. */
export function tell(error: unknown, io: Pick<Io, 'stderr' | 'env'>): void {
  if (error instanceof DepwardError) {
    io.stderr(`depward: ${printable(error.message, 2000)}\n`);
    if (error.hint) io.stderr(`         ${printable(error.hint, 2000)}\n`);
  } else {
    const text = error instanceof Error ? error.message : String(error);
    io.stderr(`depward: this should not have happened: ${printable(text, 500)}\n         It is a mistake in depward; DEPWARD_DEBUG=1 shows where.\n`);
  }
  if (io.env['DEPWARD_DEBUG'] && error instanceof Error) io.stderr(`${error.stack ?? ''}\n`);
}
