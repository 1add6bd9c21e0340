/** Options that several commands share, as commander hands them over. */
import { DepwardError } from '../model/errors.ts';
import { listText, printable, quoted } from '../model/text.ts';
import { type Instant, writtenInstant } from '../model/time.ts';

export interface CommonOptions {
  readonly registry?: string;
  readonly asOf?: string;
  readonly config?: string;
  readonly format?: readonly string[];
  readonly offline?: boolean;
  readonly cache?: boolean;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
  readonly color?: boolean;
}

/** The moment to judge at: `--as-of`, or now. A moment in the future is refused: nothing is known of it. */
export function momentOf(asOf: string | undefined, now: Instant): Instant {
  if (asOf === undefined) return now;
  const moment = writtenInstant(asOf);
  if (moment === undefined) {
    throw new DepwardError('usage', `--as-of is not a time: ${quoted(asOf)}`, {
      hint: 'write it like 2025-09-08 or 2025-09-08T13:20:00Z; without a zone it is UTC',
    });
  }
  if (moment > now)
    throw new DepwardError('usage', `--as-of lies in the future: ${printable(asOf, 80)}`, { hint: 'leave it out to judge as of now' });
  return moment;
}

/** True when JSON was asked for, by those commands for which only text and json make sense. */
export function wantsJson(options: { readonly format?: string | readonly string[] | undefined }): boolean {
  const formats = [options.format ?? 'text'].flat();
  const [format = 'text'] = formats;
  if (formats.length > 1 || (format !== 'text' && format !== 'json')) throw noSuchFormat(format, ['text', 'json']);
  return format === 'json';
}

/** One voice for all commands. */
export function noSuchFormat(format: string, formats: readonly string[]): DepwardError {
  return new DepwardError('usage', `there is no format "${printable(format, 40)}" here`, { hint: `formats: ${listText(formats, formats.length)}` });
}
