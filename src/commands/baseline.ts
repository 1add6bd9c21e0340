/** `--baseline FILE`: findings of a saved report are accepted, as long as they are about the same artefact. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { DepwardError } from '../model/errors.ts';
import type { Waiver } from '../model/policy.ts';
import { printable } from '../model/text.ts';
import { day } from '../model/time.ts';
import type { Io } from './io.ts';

/** The findings of a saved JSON report, as waivers. */
export async function acceptedBy(file: string | undefined, io: Io): Promise<readonly Waiver[]> {
  if (file === undefined) return [];
  const report = await readJson(file, io.cwd);
  const findings = typeof report === 'object' && report !== null && 'findings' in report ? report.findings : undefined;
  if (!Array.isArray(findings))
    throw new DepwardError('input', `${printable(file)} is not a report of depward`, { hint: 'save one with --format json=FILE' });
  return findings.flatMap((finding: unknown) => waiverOf(finding, io.now() + 3650 * day));
}

async function readJson(file: string, folder: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(resolve(folder, file), 'utf8'));
  } catch (cause) {
    throw new DepwardError('input', `the baseline ${printable(file)} cannot be read`, { cause, hint: 'save one with --format json=FILE' });
  }
}

function waiverOf(finding: unknown, expires: number): Waiver[] {
  const { ruleId, subject } = Object(finding) as { readonly ruleId?: unknown; readonly subject?: unknown };
  const { kind, name, version, integrity, file } = Object(subject) as Readonly<Record<string, unknown>>;
  const about = kind === 'file' ? file : version === '' ? name : `${String(name)}@${String(version)}`;
  if (typeof ruleId !== 'string' || typeof about !== 'string') return [];
  return [
    {
      rule: ruleId,
      subject: about,
      ...(typeof integrity === 'string' && { integrity }),
      owner: 'baseline',
      reason: 'accepted in the baseline',
      expires,
    },
  ];
}
