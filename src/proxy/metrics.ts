/** Counters in the text format of Prometheus. Labels come from closed sets only: what strangers write never becomes one. */

/** A request that was answered. */
export interface Answered {
  readonly asked: string;
  readonly verdict: string;
  readonly status: number;
  readonly withheld: number;
  readonly seconds: number;
}

export interface Metrics {
  answered(request: Answered): void;
  trouble(status: number): void;
  text(gauges: Readonly<Record<string, number>>): string;
}

interface Tally {
  readonly asked: string;
  readonly verdict: string;
  readonly status: number;
  count: number;
  withheld: number;
  seconds: number;
}

/** Opens an empty set of counters. Requests are tallied by what they have in common; what is published is summed when asked for. */
export function openMetrics(): Metrics {
  const tallies = new Map<string, Tally>();
  const troubles = new Map<number, number>();
  let last: Tally | undefined;

  function tallyOf(asked: string, verdict: string, status: number): Tally {
    const key = `${asked} ${verdict} ${status}`;
    const tally = tallies.get(key) ?? { asked, verdict, status, count: 0, withheld: 0, seconds: 0 };
    tallies.set(key, tally);
    return tally;
  }

  return {
    answered({ asked, verdict, status, withheld, seconds }) {
      // Requests come in rows of the same kind.
      const tally = last?.asked === asked && last.verdict === verdict && last.status === status ? last : tallyOf(asked, verdict, status);
      last = tally;
      tally.count += 1;
      tally.withheld += withheld;
      tally.seconds += seconds;
    },
    trouble: (status) => void troubles.set(status, (troubles.get(status) ?? 0) + 1),
    text(gauges) {
      const all = [...tallies.values()];
      return [
        ...counter('depward_request_seconds_total', 'Time spent on requests, by kind.', summed(all, labelKind, 'seconds')),
        ...counter('depward_requests_total', 'Requests answered, by kind and status.', summed(all, labelKindAndStatus, 'count')),
        ...counter(
          'depward_upstream_trouble_total',
          'Answers that failed because of the registry, by status.',
          [...troubles].map(([status, count]) => [`{status="${status}"}`, count]),
        ),
        ...counter('depward_verdicts_total', 'Decisions on versions asked for, by verdict.', summed(all, labelVerdict, 'count')),
        ...counter(
          'depward_withheld_versions_total',
          'Versions taken out of packuments served.',
          summed(
            all.filter((tally) => tally.withheld > 0),
            () => '',
            'withheld',
          ),
        ),
        ...Object.entries(gauges).flatMap(([name, value]) => [`# TYPE ${name} gauge`, `${name} ${value}`]),
        '',
      ].join('\n');
    },
  };
}

const labelKind = ({ asked }: Tally) => `{kind="${asked}"}`;
const labelKindAndStatus = ({ asked, status }: Tally) => `{kind="${asked}",status="${status}"}`;
const labelVerdict = ({ verdict }: Tally) => `{verdict="${verdict}"}`;

function summed(tallies: readonly Tally[], label: (tally: Tally) => string, what: 'count' | 'withheld' | 'seconds'): [string, number][] {
  const sums = new Map<string, number>();
  for (const tally of tallies) sums.set(label(tally), (sums.get(label(tally)) ?? 0) + tally[what]);
  return [...sums];
}

function counter(name: string, about: string, series: readonly (readonly [string, number])[]): string[] {
  if (series.length === 0) return [];
  return [`# HELP ${name} ${about}`, `# TYPE ${name} counter`, ...series.map(([labels, value]) => `${name}${labels} ${value}`).sort()];
}
