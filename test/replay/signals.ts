/** Which documented fact of an incident is which signal of ours, and how often each was seen in incidents whose sources were read. */
import { compareVersions, onSameLine, parseVersion } from '../../src/model/version.ts';

/** What is counted: so many of so many. */
export interface Count {
  readonly seen: number;
  readonly of: number;
}

/** The fields of an incident that are counted; everything may be absent. */
export interface IncidentFacts {
  readonly id: string;
  readonly incident_class: string;
  readonly signals: readonly string[];
  readonly dormancy_gap_days: number | null;
  readonly packages: readonly { readonly name: string; readonly malicious_versions: readonly string[] }[];
  readonly visible_at_publish: {
    readonly publisher_changed: boolean | null;
    readonly publisher_note: string | null;
    readonly provenance_before: boolean | null;
    readonly provenance_after: boolean | null;
  };
  readonly verification: { readonly level: string };
}

const attacks: ReadonlySet<string> = new Set(['established-update', 'new-dependency', 'new-package']);

/** Malicious publications with a source that was read; what is only recalled does not count. */
export function sourced(incidents: readonly IncidentFacts[]): IncidentFacts[] {
  return incidents.filter((one) => attacks.has(one.incident_class) && one.verification.level !== 'recall');
}

type Told = (incident: IncidentFacts) => boolean | undefined;

const says =
  (...signals: readonly string[]): Told =>
  (incident) =>
    signals.some((signal) => incident.signals.includes(signal));

/** `undefined`: nobody documented it, the incident does not count for this signal. */
const told: Readonly<Record<string, Told>> = {
  // What only a new package can show is counted among new packages, what only an update can show among updates.
  'new-package:days': ({ incident_class }) => (incident_class === 'new-package' ? true : undefined),
  'new-package-install-script': (incident) => (incident.incident_class === 'new-package' ? says('new-package-install-script')(incident) : undefined),
  'new-package-install-script:common': ({ incident_class }) => (incident_class === 'new-package' ? false : undefined),
  'install-script-added': says('install-script-added'),
  'install-script-added:common': says('binding-gyp-added'),
  'install-script-added:stood': () => false,
  'install-script-added:harmless': () => false,
  'install-script-added:prerelease': () => false,
  'install-script-changed': says('install-script-changed'),
  'install-script-changed:hook-added': says('install-script-changed'),
  'phantom-dependency:young': says('dependency-too-young'),
  'phantom-dependency:several': (incident) =>
    says('dependency-too-young')(incident) === true && says('dependency-lookalike', 'dependency-install-script')(incident) === true,
  'phantom-dependency:stood': () => false,
  'phantom-dependency:script': () => false,
  'remote-dependency:quiet': says('optional-dependency-added', 'remote-url-dependency'),
  'remote-dependency': (incident) => says('git-url-dependency')(incident) === true && !incident.signals.includes('optional-dependency-added'),
  'remote-dependency:old': () => false,
  'provenance-lost': ({ visible_at_publish: seen }) =>
    seen.provenance_before === true && seen.provenance_after !== null ? !seen.provenance_after : undefined,
  'publisher-changed:new': (incident) => publisherChanged(incident, false),
  'publisher-changed:returning': () => false,
  'publisher-changed:channel-left': () => false,
  'publisher-changed:dormant': (incident) => publisherChanged(incident, true),
  'maintainer-added': says('maintainer-added'),
  'maintainer-added:all-replaced': says('maintainer-replaced'),
  'publisher-mail-changed': () => false,
  'publisher-mail-changed:anonymous': ({ incident_class, visible_at_publish: seen }) =>
    incident_class === 'new-package' || seen.publisher_changed === null ? undefined : /anonymous mail/.test(seen.publisher_note ?? ''),
  'mail-domain-expired': says('maintainer-domain-expired'),
  'package-grown': says('large-file-added'),
  'package-grown:new-line': () => false,
  'unusual-pace:speed': () => false,
  'unusual-pace:hour': () => false,
  'version-jump': () => false,
  'version-jump:first': says('internal-name-shadow'),
  'name-taken-again': () => false,
  'dormant-revival': (incident) => silent(incident, 365),
  'dormant-revival:long': (incident) => silent(incident, 730),
  // Several unrelated packages of one account at once.
  'publisher-burst': ({ incident_class, packages }) => (incident_class === 'new-package' ? undefined : packages.length >= 4),
  'version-burst:lines': (incident) => incident.signals.includes('multi-line-burst') || largestBurst(incident).lines > 1,
  'version-burst': (incident) => largestBurst(incident).versions > 2,
};

/** How often a signal was seen in these incidents; undefined for a signal no incident could tell of. */
export function countIn(incidents: readonly IncidentFacts[], signal: string): Count | undefined {
  const tell = told[signal];
  if (!tell) return undefined;
  const answers = incidents.map(tell).filter((answer) => answer !== undefined);
  return { seen: answers.filter(Boolean).length, of: answers.length };
}

/** Only updates have a publisher to compare with. */
function publisherChanged({ incident_class, visible_at_publish: seen }: IncidentFacts, dormant: boolean): boolean | undefined {
  if (incident_class === 'new-package' || seen.publisher_changed === null) return undefined;
  return seen.publisher_changed && /not a first-time publisher/.test(seen.publisher_note ?? '') === dormant;
}

function silent({ signals, dormancy_gap_days: gap }: IncidentFacts, days: number): boolean {
  return gap === null ? days < 730 && signals.includes('dormant-package-revived') : gap >= days;
}

function largestBurst({ packages }: IncidentFacts): { readonly versions: number; readonly lines: number } {
  const bursts = packages.map(({ malicious_versions }) => ({ versions: malicious_versions.length, lines: linesOf(malicious_versions) }));
  return bursts.reduce((most, burst) => (burst.versions > most.versions ? burst : most), { versions: 0, lines: 0 });
}

function linesOf(versions: readonly string[]): number {
  const parsed = versions.flatMap((text) => parseVersion(text) ?? []).sort(compareVersions);
  return parsed.filter((version, index) => index === 0 || !onSameLine(version, parsed[index - 1] ?? version)).length;
}
