/** The replay's tables, for the terminal and for the README. */
import type { HonestAlerts } from './alerts.ts';
import { foldCount } from './folds.ts';
import type { JudgedCase, Row } from './main.ts';

const begin = '<!-- replay: written by npm run replay, do not edit -->';
const end = '<!-- replay end -->';

/** Everything for the terminal. */
export function textTable(rows: readonly Row[], unread: readonly string[], alerts: HonestAlerts | undefined): string {
  const lines = rows.flatMap((row) => [
    `${row.verdict.padEnd(8)} ${row.id.padEnd(30)} ${baselineWords(row)}${row.files ? '' : '  (no files documented)'}`,
    ...row.cases.map((one) => `         ${caseLine(one)}`),
  ]);
  return [
    ...lines,
    ...unread.map((line) => `unread   ${line}`),
    '',
    ...totals(rows).map(([what, count]) => `${what.padEnd(66)} ${count}`),
    ...notBlocked(rows).map((line) => `not blocked: ${line}`),
    '',
    ...(alerts ? honestText(alerts) : []),
  ].join('\n');
}

/** The README with its table renewed between the markers. */
export function withTables(readme: string, rows: readonly Row[], alerts: HonestAlerts | undefined): string {
  const [from, to] = [readme.indexOf(begin), readme.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`the README has no place for the table: ${begin} … ${end}`);
  return `${readme.slice(0, from)}${begin}\n\n${markdown(rows, alerts)}\n\n${readme.slice(to)}`;
}

function markdown(rows: readonly Row[], alerts: HonestAlerts | undefined): string {
  const attacks = rows.filter((row) => row.malicious);
  return [
    ...totals(rows).map(([what, count]) => `- ${what}: **${count}**`),
    ...notBlocked(rows).map((line) => `- not blocked: ${line}`),
    '',
    `<details><summary>The ${attacks.length} attacks one by one</summary>`,
    '',
    '| attack | at publication | deciding facts | 3-day hold | scripts denied | trust downgrade |',
    '|---|---|---|---|---|---|',
    ...attacks.map(
      (row) =>
        `| ${row.id} | ${words[row.verdict]} | ${because(row)} | ${row.baselines.ageHold} | ${row.baselines.scriptsDenied} | ${row.baselines.trustDowngrade} |`,
    ),
    '',
    '</details>',
    ...(alerts
      ? [
          '',
          `Honest releases: **${rate(alerts.blocked, alerts.releases)}** of 1,000 blocked${alerts.blockedOutOfFold === undefined ? '' : ` (${rate(alerts.blockedOutOfFold, alerts.releases)} by weights counted without the package itself, in ${foldCount} folds)`} and ${rate(alerts.warned, alerts.releases)} warned of (${alerts.releases} releases of ${alerts.packages} packages, the age rule left out; since ${alerts.recent.since}: ${rate(alerts.recent.blocked, alerts.recent.releases)} blocked of 1,000, ${alerts.recent.releases} releases).`,
          '',
          '<details><summary>By rule</summary>',
          '',
          '| rule | blocks per 1,000 honest releases | warnings |',
          '|---|---|---|',
          ...alerts.rules.map((one) => `| ${one.rule} | ${rate(one.block, alerts.releases)} | ${rate(one.warn, alerts.releases)} |`),
          '',
          '</details>',
        ]
      : []),
  ].join('\n');
}

const words: Readonly<Record<Row['verdict'], string>> = {
  blocked: '**blocked**',
  held: 'held (age only)',
  warned: 'warned of',
  missed: 'missed',
  broken: 'not judged',
};

/** Each fact once, without its weight: the weights stand in the report of a case, the table says what was seen. */
function because(row: Row): string {
  const facts = row.cases
    .flatMap((one) => (one.bump ?? one.add).because)
    .flatMap((part) => part.replace(/^joined-evidence \((.*)\)$/, '$1').split(', '))
    .map((fact) => fact.replace(/ [+-]\d+$/, ''));
  const rules = new Map(facts.map((fact) => [fact.split(':')[0], fact]));
  for (const fact of facts) if (fact.includes(':')) rules.set(fact.split(':')[0], fact);
  return [...rules.values()].join(', ');
}

/** Each user alone; an update reaches whoever moves a lockfile, a new package whoever adds it. */
const doors = [
  ['add', 'somebody who adds the package'],
  ['bump', 'a lockfile that moves to it'],
  ['proxy', 'somebody behind the proxy'],
] as const;

function totals(rows: readonly Row[]): [string, string][] {
  const attacks = rows.filter((row) => row.malicious);
  const documented = attacks.filter((row) => row.files);
  const share = (some: readonly Row[], of: readonly Row[]): string =>
    of.length === 0 ? 'none' : `${some.length} of ${of.length} (${Math.round((100 * some.length) / of.length)} %)`;
  const known = attacks.filter((row) => row.baselines.ageHold !== 'unknown');
  return [
    [
      'attacks blocked or held at publication',
      share(
        attacks.filter((row) => row.verdict === 'blocked' || row.verdict === 'held'),
        attacks,
      ),
    ],
    [
      'attacks blocked without the age rule',
      share(
        attacks.filter((row) => row.verdict === 'blocked'),
        attacks,
      ),
    ],
    [
      'attacks blocked without the age rule, where files are documented',
      share(
        documented.filter((row) => row.verdict === 'blocked'),
        documented,
      ),
    ],
    ...doors.flatMap(([door, who]): [string, string][] => {
      const asked = attacks.filter((row) => row.cases.some((one) => one[door] !== undefined));
      const stopped = asked.filter((row) => row.cases.every((one) => one[door] === undefined || one[door].verdict === 'blocked'));
      return asked.length === 0 ? [] : [[`the same for ${who}`, share(stopped, asked)]];
    }),
    [
      'baseline: age hold of 3 days (where the takedown is known)',
      share(
        known.filter((row) => row.baselines.ageHold === 'stopped'),
        known,
      ),
    ],
    [
      'baseline: install scripts denied',
      share(
        attacks.filter((row) => row.baselines.scriptsDenied === 'stopped'),
        attacks,
      ),
    ],
    [
      'baseline: trust downgrade',
      share(
        attacks.filter((row) => row.baselines.trustDowngrade === 'stopped'),
        attacks,
      ),
    ],
  ];
}

/** The honest misses, each with its reason. */
function notBlocked(rows: readonly Row[]): string[] {
  return rows.filter((row) => row.malicious && row.verdict !== 'blocked').map((row) => `${row.id}: ${row.why ?? 'nobody looked into why yet'}`);
}

function baselineWords({ baselines }: Row): string {
  return `hold ${baselines.ageHold}, scripts denied ${baselines.scriptsDenied}, trust ${baselines.trustDowngrade}`;
}

function caseLine(one: JudgedCase): string {
  const doors = [
    ['add', one.add] as const,
    ...(one.bump ? [['gate', one.bump] as const] : []),
    ...(one.proxy ? [['proxy', one.proxy] as const] : []),
  ];
  return `${one.name}@${one.version}  ${doors.map(([door, outcome]) => `${door}: ${outcome.verdict} ${outcome.because.join('; ')}`).join(' | ')}`;
}

function honestText(alerts: HonestAlerts): string[] {
  const per = (count: number): string => rate(count, alerts.releases);
  return [
    `${alerts.releases} honest releases of ${alerts.packages} packages (${alerts.releasesPerSecond} a second, ${alerts.cpuMsPerRelease} ms CPU each), the age rule left out, per 1,000:`,
    `${'any rule'.padEnd(30)} block ${per(alerts.blocked).padStart(6)}   warn ${per(alerts.warned).padStart(6)}`,
    ...(alerts.blockedOutOfFold === undefined
      ? []
      : [`${'any rule, weights without it'.padEnd(30)} block ${per(alerts.blockedOutOfFold).padStart(6)}`]),
    `${`any rule, since ${alerts.recent.since}`.padEnd(30)} block ${rate(alerts.recent.blocked, alerts.recent.releases).padStart(6)}   warn ${rate(alerts.recent.warned, alerts.recent.releases).padStart(6)}`,
    ...alerts.rules.map((one) => `${one.rule.padEnd(30)} block ${per(one.block).padStart(6)}   warn ${per(one.warn).padStart(6)}`),
    ...alerts.unread.map((line) => `unread ${line}`),
    ...alerts.blocks.map((line) => `  blocked ${line}`),
  ];
}

function rate(count: number, of: number): string {
  return of === 0 ? '0' : ((1000 * count) / of).toFixed(2);
}
