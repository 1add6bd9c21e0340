/** What is in a package that lies on this machine: a tarball, or a folder that the client links. */
import type { ContentsEvidence } from '../model/contents.ts';
import { type Gathered, notOffered } from '../model/evidence.ts';
import type { IncomingChange } from '../model/package.ts';
import type { ContentsReading, Context } from './context.ts';
import { bytesJudged } from './remote-contents.ts';

/** A tarball is judged whole. A folder is the user's own to read: of it counts what installing runs. */
export async function localContents(
  change: IncomingChange,
  context: Context & { readonly reading: ContentsReading },
): Promise<Gathered<ContentsEvidence>> {
  const { local } = context.reading;
  if (!local) return notOffered('what lies on this machine is not read here');
  const found = await local(change.after);
  if (found.kind === 'idle') return { ok: false, why: 'not-offered', reason: 'installing it runs nothing', moot: true };
  const judged = await bytesJudged(found.read, undefined, change, context);
  return judged.ok && found.kind === 'folder' ? { ...judged, value: onInstall(judged.value) } : judged;
}

function onInstall(evidence: ContentsEvidence): ContentsEvidence {
  const runs = new Set(evidence.install.flatMap(({ files }) => files));
  return {
    ...evidence,
    capabilities: evidence.capabilities.filter(({ reach }) => reach === 'install'),
    hiding: evidence.hiding.filter(({ reach }) => reach === 'install'),
    unread: evidence.unread.filter(({ file }) => runs.has(file)),
    anomalies: [],
    added: [],
    confusion: [],
    bundled: [],
    copies: [],
    bins: [],
    unusedDependencies: [],
    oneBuildOnly: [],
    movedEntries: [],
  };
}
