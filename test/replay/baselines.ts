/** What simpler guards would have done with the same facts. */

import type { Case, Incident } from './incident.ts';
import { fieldsOf, textOf } from './pieces.ts';

/** What a baseline does with an incident. */
export type Baseline = 'stopped' | 'missed';

export interface Baselines {
  /** No release younger than three days: stops what was gone within three days; `unknown` where nobody says when it went. */
  readonly ageHold: Baseline | 'unknown';
  /** No install scripts: stops what acts in one (the release's own or a new dependency's, a git dependency's prepare among them). */
  readonly scriptsDenied: Baseline;
  /** No release vouched for less than any earlier one, whatever its line. */
  readonly trustDowngrade: Baseline;
}

/** The baselines on all cases of an incident; one case let through is a miss. */
export function baselinesOf(incident: Incident): Baselines {
  const roots = incident.cases.filter((one) => !isBroughtIn(one, incident));
  const every = (stops: (one: Case) => boolean): Baseline => (roots.every(stops) ? 'stopped' : 'missed');
  const { exposedHours } = incident;
  return {
    ageHold: exposedHours === undefined ? 'unknown' : exposedHours <= 72 ? 'stopped' : 'missed',
    scriptsDenied: every((one) => runsAtInstall(incident, one.name, one.version)),
    trustDowngrade: every((one) => losesTrust(incident, one)),
  };
}

/** Whoever stops the package that brings a dependency in has stopped the dependency. */
function isBroughtIn({ name }: Case, incident: Incident): boolean {
  return incident.cases.some((other) => {
    const { dependencies } = fieldsOf(fieldsOf(incident.documents.get(other.name)?.['versions'])[other.version]);
    return other.name !== name && fieldsOf(dependencies)[name] !== undefined;
  });
}

function runsAtInstall(incident: Incident, name: string, version: string, seen: Set<string> = new Set()): boolean {
  if (seen.has(`${name}@${version}`)) return false;
  seen.add(`${name}@${version}`);
  const versions = fieldsOf(incident.documents.get(name)?.['versions']);
  const { scripts, dependencies, optionalDependencies } = fieldsOf(versions[version]);
  if (['preinstall', 'install', 'postinstall'].some((hook) => fieldsOf(scripts)[hook] !== undefined)) return true;
  return Object.entries({ ...fieldsOf(dependencies), ...fieldsOf(optionalDependencies) }).some(([dependency, spec]) => {
    if (/[/:]/.test(String(spec)) && !/^npm:/.test(String(spec))) return true;
    return Object.keys(fieldsOf(incident.documents.get(dependency)?.['versions'])).some((one) => runsAtInstall(incident, dependency, one, seen));
  });
}

function losesTrust(incident: Incident, one: Case): boolean {
  const document = incident.documents.get(one.name);
  const time = fieldsOf(document?.['time']);
  const versions = fieldsOf(document?.['versions']);
  const earlier = Object.keys(versions).filter((version) => Date.parse(textOf(time[version]) ?? '') < Date.parse(one.at) && !version.includes('-'));
  return earlier.some((version) => trustOf(versions[version]) > trustOf(versions[one.version]));
}

function trustOf(manifest: unknown): number {
  const { dist, _npmUser } = fieldsOf(manifest);
  const attested = fieldsOf(fieldsOf(dist)['attestations'])['provenance'] !== undefined;
  if (fieldsOf(_npmUser)['approver'] !== undefined) return 3;
  return attested ? (fieldsOf(_npmUser)['trustedPublisher'] !== undefined ? 2 : 1) : 0;
}
