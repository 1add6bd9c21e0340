/** Counters in the text format of Prometheus. Labels come from closed sets only: what strangers write never becomes one. */
export interface Metrics {
  count(name: string, labels: Readonly<Record<string, string | number>>, by?: number): void;
  text(gauges: Readonly<Record<string, number>>): string;
}

const about: Readonly<Record<string, string>> = {
  depward_requests_total: 'Requests answered, by kind and status.',
  depward_verdicts_total: 'Decisions on versions asked for, by verdict.',
  depward_withheld_versions_total: 'Versions taken out of packuments served.',
  depward_upstream_trouble_total: 'Answers that failed because of the registry, by status.',
  depward_request_seconds_total: 'Time spent on requests, by kind.',
};

/** Opens an empty set of counters. */
export function openMetrics(): Metrics {
  const counters = new Map<string, Map<string, number>>();
  return {
    count(name, labels, by = 1) {
      const key = Object.entries(labels)
        .map(([label, value]) => `${label}="${value}"`)
        .join(',');
      const series = counters.get(name) ?? new Map<string, number>();
      series.set(key, (series.get(key) ?? 0) + by);
      counters.set(name, series);
    },
    text(gauges) {
      const lines: string[] = [];
      for (const [name, series] of [...counters].sort()) {
        lines.push(`# HELP ${name} ${about[name] ?? name}`, `# TYPE ${name} counter`);
        for (const [labels, value] of [...series].sort()) lines.push(`${name}{${labels}} ${value}`);
      }
      for (const [name, value] of Object.entries(gauges)) lines.push(`# TYPE ${name} gauge`, `${name} ${value}`);
      return `${lines.join('\n')}\n`;
    },
  };
}
