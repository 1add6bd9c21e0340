/** Batch lines as cmd reads them: carets dropped, variables of the same file put in, letters cut out of them. Pure. */

const longestLine = 20_000;
const mostVariables = 1000;

/** A batch line in plain words, and whether its words were spelled from single letters. */
export interface BatchLine {
  readonly text: string;
  readonly spelled: boolean;
}

/** Reads lines one after another, because each may set what the next one uses. */
export function batchReader(): (line: string) => BatchLine {
  const variables = new Map<string, string>();
  return (line) => {
    if (/^\s*@?\s*(rem\b|::)/i.test(line)) return { text: '', spelled: false };
    let letters = 0;
    const text = line
      .slice(0, longestLine)
      .replace(/\^(.)/g, '$1')
      .replace(/^\s*@/, '')
      .replace(/%(\w+)(?::~(-?\d+)(?:,(-?\d+))?)?%/g, (whole, name: string, from?: string, count?: string) => {
        if (from !== undefined && count === '1') letters++;
        const value = variables.get(name.toLowerCase());
        if (from === undefined) return value ?? whole;
        return value === undefined ? '…' : cut(value, Number(from), count === undefined ? undefined : Number(count));
      });
    remember(text, variables);
    return { text: text.slice(0, longestLine), spelled: letters >= fewestLetters };
  };
}

/** Dates are taken apart with a handful. */
const fewestLetters = 12;

/** Both numbers count from the end where they are negative. */
function cut(value: string, from: number, count: number | undefined): string {
  const start = from < 0 ? Math.max(0, value.length + from) : from;
  if (count === undefined) return value.slice(start);
  return count < 0 ? value.slice(start, Math.max(start, value.length + count)) : value.slice(start, start + count);
}

function remember(line: string, variables: Map<string, string>): void {
  const found = /^\s*set\s+(?:"([\w]+)=([^"]*)"|([\w]+)=(.*?))\s*$/i.exec(line);
  const name = found?.[1] ?? found?.[3];
  if (name !== undefined && variables.size < mostVariables) variables.set(name.toLowerCase(), (found?.[2] ?? found?.[4] ?? '').slice(0, 1000));
}
