/** Reading values of unknown type, with limits on everything a stranger can make long. */
import { type Instant, parseInstant } from '../model/time.ts';

/** Lengths and counts beyond which a document is not believed (counts) or text is cut (lengths). */
export const limits = {
  versions: 50_000,
  dependencies: 10_000,
  people: 2_000,
  tags: 20_000,
  name: 512,
  url: 4_096,
  prose: 1_000,
  script: 65_536,
} as const;

/** A count no honest document reaches. */
export class OverLimit extends Error {}

const nothing: Readonly<Record<string, unknown>> = Object.freeze(Object.create(null));

/** The members of a JSON object; none for anything else. */
export function fieldsOf(raw: unknown): Readonly<Record<string, unknown>> {
  return typeof raw === 'object' && raw !== null && !Array.isArray(raw) ? (raw as Record<string, unknown>) : nothing;
}

/** A string that says something, cut to the limit. */
export function textOf(raw: unknown, limit: number): string | undefined {
  if (typeof raw !== 'string' || raw === '') return undefined;
  return raw.length > limit ? raw.slice(0, limit) : raw;
}

export function numberOf(raw: unknown): number | undefined {
  return typeof raw === 'number' && Number.isFinite(raw) && raw >= 0 ? raw : undefined;
}

export function listOf(raw: unknown, limit: number): readonly unknown[] | undefined {
  if (!Array.isArray(raw)) return undefined;
  if (raw.length > limit) throw new OverLimit(`a list of more than ${limit}`);
  return raw;
}

/** A registry's time. Only ISO 8601 counts: Date.parse alone would make a date of `foo 1`, and local time of one without a zone. */
export function instantOf(raw: unknown): Instant | undefined {
  if (typeof raw !== 'string' || raw.length > 64) return undefined;
  const usual = usualInstant(raw);
  if (usual !== undefined) return usual;
  const parts = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?)?(Z|[+-]\d\d:?\d\d)?$/i.exec(raw.trim());
  if (!parts) return undefined;
  return parseInstant(parts[1] === undefined && raw.trim().length > 10 ? `${raw.trim()}Z` : raw.trim());
}

/** The time of a text such as `2026-11-23T14:54:13.000Z`, which nearly all are, without a pattern; undefined where it is not plainly one. */
function usualInstant(text: string): Instant | undefined {
  if (text.length !== 24) return undefined;
  for (let at = 0; at < 24; at += 1) {
    const mark = usualMarks[at];
    const code = text.charCodeAt(at);
    if (mark === 0 ? code < 0x30 || code > 0x39 : code !== mark) return undefined;
  }
  const two = (at: number) => 10 * text.charCodeAt(at) + text.charCodeAt(at + 1) - 528;
  const year = 100 * two(0) + two(2);
  const [month, day, hour, minute, second] = [two(5), two(8), two(11), two(14), two(17)];
  if (year < 1_000 || month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59 || second > 59) return undefined;
  return Date.UTC(year, month - 1, day, hour, minute, second, 10 * two(20) + text.charCodeAt(22) - 48);
}

/** What stands between the digits. */
const usualMarks = Uint8Array.from('0000-00-00T00:00:00.000Z', (mark) => (mark === '0' ? 0 : mark.charCodeAt(0)));
