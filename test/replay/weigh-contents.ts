/**
 * Derives data/contents-weights.json: `npm run data:contents-weights -- REPORT…`, where the reports are those of `depward gate
 * --format json` over trees of honest packages, every release read with the settled one before it. Attacks are counted here.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import type { Report } from '../../src/model/report.ts';
import { rules } from '../../src/rules/index.ts';
import { judgeIncidents } from './contents-alone.ts';
import type { Count } from './signals.ts';

const aboutContents = new Map(rules.filter(({ needs }) => needs.includes('contents')).map(({ meta }) => [meta.id, meta.family]));
/** New features do the same: held back further. */
const ordinary = new Set(['network-host-added', 'code-capability-added:weak', 'dependency-unused']);

/** Counts, derives, writes. */
export async function main(words: readonly string[], root: string): Promise<number> {
  if (words.length === 0) {
    console.error('no reports on honest releases were named: nothing counted, data/contents-weights.json left as it is');
    return 2;
  }
  const file = `${root}/data/contents-weights.json`;
  const held = JSON.parse(readFileSync(file, 'utf8')) as { signals: Record<string, unknown> };
  const told = await judgeIncidents(`${root}/fixtures/incidents`);
  const attacks = gather(told.map(({ id, bad }) => ({ id, report: bad })));
  const reports = words.map((word) => JSON.parse(readFileSync(word, 'utf8')) as Report);
  const honest = gather(reports.flatMap((report, at) => releasesOf(report).map((one) => ({ id: `${at} ${one.id}`, report: one.report }))));
  const of = { attacks: new Set(told.map(({ id }) => id)).size, honest: reports.reduce((sum, report) => sum + report.coverage.judged, 0) };
  const signals = [...new Set([...Object.keys(held.signals), ...attacks.keys(), ...honest.keys()])].sort();
  const rows = signals.flatMap((signal) => {
    const family = aboutContents.get(signal.split(':')[0] ?? '');
    const [seen, elsewhere] = [attacks.get(signal)?.size ?? 0, honest.get(signal)?.size ?? 0];
    const decibans = weightOf(signal, { seen, of: of.attacks }, { seen: elsewhere, of: of.honest });
    return family === undefined
      ? []
      : [
          `    ${JSON.stringify(signal)}: { "family": "${family}", "decibans": ${decibans}, "incidents": [${seen}, ${of.attacks}], "honest": [${elsewhere}, ${of.honest}] }`,
        ];
  });
  const about = {
    about:
      'How strongly a signal of the contents speaks for an attack: decibans = 10 log10 of the ratio of the two rates, half a case added on either side; at most 15, because attacks told again by one hand are not independent of each other, at most 6 for what new features do as well, and at most 5 where no counted attack shows it.',
    incidents: `${of.attacks} attacks of fixtures/incidents whose files are told again`,
    honest: `${of.honest} releases, each against the settled one before it: the trees of express, vite, eslint and of 17 packages with prebuilt programs or install scripts`,
    counted: new Date().toISOString().slice(0, 10),
    by: 'npm run data:contents-weights',
  };
  writeFileSync(file, `${JSON.stringify(about, null, 2).slice(0, -2)},\n  "signals": {\n${rows.join(',\n')}\n  }\n}\n`);
  console.log(`${rows.length} signals weighed from ${of.attacks} attacks and ${of.honest} honest releases`);
  return 0;
}

/** By signal, who shows it. */
function gather(judged: readonly { readonly id: string; readonly report: Pick<Report, 'findings'> }[]): ReadonlyMap<string, ReadonlySet<string>> {
  const by = new Map<string, Set<string>>();
  for (const { id, report } of judged) {
    for (const { ruleId, signal = ruleId } of report.findings) by.set(signal, (by.get(signal) ?? new Set()).add(id));
  }
  return by;
}

function releasesOf({ findings }: Report): { readonly id: string; readonly report: Pick<Report, 'findings'> }[] {
  return findings.flatMap((finding) =>
    finding.subject.kind === 'package' ? [{ id: `${finding.subject.name}@${finding.subject.version}`, report: { findings: [finding] } }] : [],
  );
}

function weightOf(signal: string, attacks: Count, honest: Count): number {
  const rate = ({ seen, of }: Count): number => (seen + 0.5) / (of + 1);
  const counted = Math.round(100 * Math.log10(rate(attacks) / rate(honest))) / 10;
  return Math.min(counted, ordinary.has(signal) ? 6 : 15, attacks.seen === 0 ? 5 : 15);
}
