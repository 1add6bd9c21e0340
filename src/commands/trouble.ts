/** How an error is told. */
import { DepwardError } from '../model/errors.ts';
import { withoutSecrets } from '../model/secrets.ts';
import { printable } from '../model/text.ts';
import { unknownWords } from '../resolve/unknown-words.ts';
import type { Io } from './io.ts';

/** Says what went wrong and what to do about it. Messages quote what was read, and that may hold a credential. */
export function tell(thrown: unknown, io: Pick<Io, 'stderr' | 'env'>): void {
  // npm's resolver loses this one on the way: it comes as a promise that nobody waits for.
  const error = unknownWords(thrown) ?? thrown;
  if (error instanceof DepwardError) {
    io.stderr(`depward: ${printable(withoutSecrets(error.message), 2000)}\n`);
    if (error.hint) io.stderr(`         ${printable(withoutSecrets(error.hint), 2000)}\n`);
  } else if (missingModule(error) !== undefined) {
    io.stderr(
      `depward: a package that depward needs is not installed: ${printable(missingModule(error) ?? '', 100)}\n         Install depward with its dependencies (npm ci in a clone); its dist folder alone is not enough for this.\n`,
    );
  } else {
    const text = error instanceof Error ? error.message : String(error);
    io.stderr(
      `depward: this should not have happened: ${printable(withoutSecrets(text), 500)}\n         It is a mistake in depward; DEPWARD_DEBUG=1 shows where.\n`,
    );
  }
  if (io.env['DEPWARD_DEBUG'] && error instanceof Error) io.stderr(`${stackOf(error)}\n`);
}

/** The package of somebody else that node did not find. */
function missingModule(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (!(error instanceof Error) || (code !== 'MODULE_NOT_FOUND' && code !== 'ERR_MODULE_NOT_FOUND')) return undefined;
  return /Cannot find (?:module|package) '((?:@[\w.-]+\/)?[a-z][\w.-]*)/.exec(error.message)?.[1];
}

function stackOf(error: Error): string {
  const lines = withoutSecrets(error.stack ?? '').split('\n');
  return lines.map((line) => printable(line, 500)).join('\n');
}
