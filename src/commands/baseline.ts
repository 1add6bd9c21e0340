/**
 * `--baseline FILE`: the findings of a saved report are known. Each counts for the very artefact, or for the very words in
 * the very file, and for a season, not for ever. A baseline that a change itself brings or alters does not count: like the
 * policy, it is the one from before.
 */
import { readFile } from 'node:fs/promises';
import { relative, resolve, sep } from 'node:path';
import { DepwardError } from '../model/errors.ts';
import type { Waiver } from '../model/policy.ts';
import type { PolicyNote, Report } from '../model/report.ts';
import { printable } from '../model/text.ts';
import { day, type Instant, isoOf, parseInstant, plural } from '../model/time.ts';
import type { GateTarget } from './gate-target.ts';
import type { Io } from './io.ts';

/** How long a saved report counts. */
const season = 90 * day;
const largest = 64 * 1024 * 1024;

/** What is known already. */
export interface Baseline {
  readonly waivers: readonly Waiver[];
  /** The remark on it, once it is clear what it covered. */
  note(report: Report): readonly PolicyNote[];
}

/** Reads the saved report; without one nothing is known. */
export async function baselineOf(file: string | undefined, target: GateTarget, io: Io): Promise<Baseline> {
  if (file === undefined) return { waivers: [], note: () => [] };
  const shown = printable(file, 200);
  const text = await textOf(file, target, io.cwd);
  if (text === undefined)
    return remark(`${shown} comes with this change itself: nothing in it counts before it is merged (or keep it outside what git tracks)`);
  const { findings, asOf } = reportIn(text, shown);
  const until = asOf + season;
  if (until <= io.now())
    return remark(`${shown} was saved on ${dayOf(asOf)} and counted until ${dayOf(until)}: nothing in it counts; save a new one`);
  const waivers = findings.flatMap((finding) => waiverOf(finding, asOf, until));
  return {
    waivers,
    note: ({ waived }) => {
      const known = waived.filter(({ owner }) => owner === 'baseline').length;
      const saved = `${shown} of ${dayOf(asOf)} with ${plural(waivers.length, 'finding')}`;
      return [
        {
          kind: 'baseline',
          message: `baseline ${saved}: ${known} of what was found here ${known === 1 ? 'is' : 'are'} known from it; it counts until ${dayOf(until)}`,
        },
      ];
    },
  };
}

function remark(message: string): Baseline {
  return { waivers: [], note: () => [{ kind: 'baseline', message: `baseline ${message}` }] };
}

/** From the state before the change where that holds it; undefined when only the change does. */
async function textOf(file: string, { root, before, after }: GateTarget, cwd: string): Promise<string | undefined> {
  const path = relative(root, resolve(cwd, file)).split(sep).join('/');
  const shown = printable(file, 200);
  try {
    if (before && path !== '' && !path.startsWith('../')) {
      if (await before.first([path])) return (await before.text(path, largest)) ?? '';
      if (await after.first([path])) return undefined;
    }
    return await readFile(resolve(cwd, file), 'utf8');
  } catch (cause) {
    throw new DepwardError('input', `the baseline ${shown} cannot be read`, { cause, hint: 'save one with --format json=FILE' });
  }
}

function reportIn(text: string, shown: string): { readonly findings: readonly unknown[]; readonly asOf: Instant } {
  const wrong = () => new DepwardError('input', `${shown} is not a report of depward`, { hint: 'save one with --format json=FILE' });
  let report: unknown;
  try {
    report = JSON.parse(text);
  } catch {
    throw wrong();
  }
  const { schema, findings, asOf } = Object(report) as { readonly schema?: unknown; readonly findings?: unknown; readonly asOf?: unknown };
  const at = typeof asOf === 'string' ? parseInstant(asOf) : undefined;
  if (schema !== 1 || !Array.isArray(findings) || at === undefined) throw wrong();
  return { findings, asOf: at };
}

function waiverOf(finding: unknown, asOf: Instant, expires: Instant): Waiver[] {
  const { ruleId, subject, message } = Object(finding) as { readonly ruleId?: unknown; readonly subject?: unknown; readonly message?: unknown };
  const { kind, name, version, integrity, fingerprint, file } = Object(subject) as Readonly<Record<string, unknown>>;
  const about = kind === 'file' ? file : version === '' ? name : `${String(name)}@${String(version)}`;
  const artefact = kind === 'file' ? fingerprint : integrity;
  if (typeof ruleId !== 'string' || typeof about !== 'string') return [];
  return [
    {
      rule: ruleId,
      subject: about,
      ...(typeof artefact === 'string' && { integrity: artefact }),
      // A file has no artefact to be bound to: the same rule may find something else in it tomorrow.
      ...(kind === 'file' && typeof message === 'string' && { message }),
      owner: 'baseline',
      reason: `known since ${dayOf(asOf)}`,
      expires,
    },
  ];
}

function dayOf(instant: Instant): string {
  return isoOf(instant).slice(0, 10);
}
