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
  const parts = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?)?(Z|[+-]\d\d:?\d\d)?$/i.exec(raw.trim());
  if (!parts) return undefined;
  return parseInstant(parts[1] === undefined && raw.trim().length > 10 ? `${raw.trim()}Z` : raw.trim());
}
