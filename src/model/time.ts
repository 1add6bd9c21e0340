/** Instants are milliseconds since the epoch; nothing here reads a clock. */

/** Milliseconds since 1970-01-01T00:00:00Z. */
export type Instant = number;

export const minute = 60_000;
export const hour = 60 * minute;
export const day = 24 * hour;

/** Reads a registry's or a user's time; undefined when it is not one. */
export function parseInstant(text: unknown): Instant | undefined {
  if (typeof text !== 'string' || text.length > 64) return undefined;
  const value = Date.parse(text);
  return Number.isFinite(value) ? value : undefined;
}

/** A day, or a day and a time, as a person writes it; UTC where no zone is said, so that it means the same on every machine. Undefined when it is none of the calendar. */
export function writtenInstant(text: string): Instant | undefined {
  const [, date, time = '00:00', zone = 'Z'] =
    /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?) ?(Z|[+-]\d\d:?\d\d)?)?$/i.exec(text.trim()) ?? [];
  const start = parseInstant(`${date}T00:00:00Z`);
  const isDay = start !== undefined && new Date(start).toISOString().startsWith(`${date}T`);
  return isDay ? parseInstant(`${date}T${time}${zone}`) : undefined;
}

/** ISO 8601 in UTC to the second. */
export function isoOf(at: Instant): string {
  return `${new Date(at).toISOString().slice(0, 19)}Z`;
}

/** A length of time as people say it: `12 minutes`, `5 hours`, `3 days`, `4 months`, `2 years`. */
export function spanText(milliseconds: number): string {
  const length = Math.max(0, milliseconds);
  const steps: readonly [number, string][] = [
    [365 * day, 'year'],
    [30 * day, 'month'],
    [day, 'day'],
    [hour, 'hour'],
    [minute, 'minute'],
  ];
  for (const [size, unit] of steps) {
    // Years and months are only spoken of from two on, so that 40 days do not read as "1 month".
    const least = size > day ? 2 * size : size;
    if (length >= least) return plural(Math.floor(length / size), unit);
  }
  return 'less than a minute';
}

/** `1 day`, `2 days`. */
export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
