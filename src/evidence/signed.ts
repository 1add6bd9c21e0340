/** What signatures and attestations say of one package that comes in. */
import { type AttestationsEvidence, type Gathered, had, notOffered, type SignaturesEvidence } from '../model/evidence.ts';
import type { IncomingChange } from '../model/package.ts';
import type { Release } from '../model/packument.ts';
import { isSettled } from './contents.ts';
import type { Context } from './context.ts';

/** The registry's own signature. */
export async function signatures({ after }: IncomingChange, { lookup, signing }: Context): Promise<Gathered<SignaturesEvidence>> {
  if (!signing) return notOffered('signatures were not asked for');
  const { release } = await lookup.slices(after.name, after.version);
  return release.ok ? signing.signatures(after.name, release.value.current) : release;
}

/** Attestations of the release and of the one before it. */
export async function attestations(change: IncomingChange, context: Context): Promise<Gathered<AttestationsEvidence>> {
  const { lookup, signing, reading, now, onUntil } = context;
  const { name, version } = change.after;
  if (!signing) return notOffered('attestations were not asked for');
  const slices = await lookup.slices(name, version);
  const { release, trust } = slices;
  if (!release.ok) return release;
  if (!trust.ok) return trust;
  const { current, settled, previous } = release.value;
  if (current.attestationsUrl === undefined) return had({ status: 'none' });
  if (reading && isSettled(change, slices, context))
    return notOffered(`attestations of well-known releases older than ${reading.settledDays} days are not verified again`);
  const own = await signing.attestations(name, current);
  // The next run has asked for some already and gets further.
  if (signing.exhausted()) onUntil(change, now);
  if (!own.ok) return own;
  if (own.value.status === 'false') return had({ status: 'false', detail: own.value.detail });
  const { provenance } = own.value;
  const before = provenance && (await earlier(change, settled ?? previous, context));
  return had({ status: 'verified', ...(provenance && { provenance }), ...(before && { before }) });
}

/** Only what is verified itself is something to compare with. */
async function earlier(
  change: IncomingChange,
  release: Release | undefined,
  { signing, now, onUntil }: Context,
): Promise<AttestationsEvidence['before']> {
  if (!signing || release?.attestationsUrl === undefined) return undefined;
  const found = await signing.attestations(change.after.name, release);
  if (!found.ok && (found.why === 'failed' || signing.exhausted())) onUntil(change, now);
  if (!found.ok || found.value.status !== 'verified' || !found.value.provenance) return undefined;
  return { version: release.version, provenance: found.value.provenance };
}
