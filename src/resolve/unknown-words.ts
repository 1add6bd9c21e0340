/** Dependencies asked for in words npm does not know (`patch:`, `workspace:` of other clients): npm installs no such package. */
import { DepwardError } from '../model/errors.ts';

/** The error to tell; undefined for any other. */
export function unknownWords(error: unknown): DepwardError | undefined {
  const { code, message }: Record<string, unknown> = Object(error);
  if (code !== 'EUNSUPPORTEDPROTOCOL') return undefined;
  const hint = 'npm install fails as well; ask for another version of it.';
  return new DepwardError('input', `a package asks for a dependency in words npm does not know: ${String(message)}`, { hint, cause: error });
}
