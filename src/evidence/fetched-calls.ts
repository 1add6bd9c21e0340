/** Packages that an install fetches past the lockfile (`npx tool`, `npm install tool`): what of them runs. */
import { binFile } from '../code/bin-file.ts';
import type { ContentsEvidence, FetchedPackage, InstallCall } from '../model/contents.ts';
import { day } from '../model/time.ts';
import type { ContentsReading, Context } from './context.ts';
import { tarballOf } from './tarball-of.ts';

const mostFetched = 4;
/** Well-known packages that have stood so long are not read again for each that fetches them. */
const standingDays = 30;

/** What one of them comes to: nothing where the registry has no such package, or a well-known one that has stood; a call where a command is started. */
export interface Fetched {
  readonly call?: InstallCall;
  readonly capabilities: ContentsEvidence['capabilities'];
}

/** The packages that new steps fetch, each once. */
export function fetchedBy(install: ContentsEvidence['install']): readonly FetchedPackage[] {
  const all = install.filter(({ isNew }) => isNew).flatMap(({ fetches = [] }) => fetches);
  return [...new Map(all.map((one) => [`${one.spec} ${one.command}`, one])).values()].slice(0, mostFetched);
}

/** Reads what of it runs: its own install, and the command that is started. Throws a DepwardError where that cannot be had. */
export async function readFetched(fetched: FetchedPackage, context: Context & { readonly reading: ContentsReading }): Promise<Fetched> {
  const { name, range } = partsOf(fetched.spec);
  const meant = await context.lookup.meant(name, range);
  if ('unknown' in meant) return { capabilities: [] };
  const slices = await context.lookup.slices(name, meant.version);
  const current = slices.release.ok ? slices.release.value.current : undefined;
  const stands = (context.names(name).downloads ?? 0) > 0 && (!slices.times.ok || slices.times.value.published + standingDays * day <= context.now);
  if (current?.tarball === undefined || stands) return { capabilities: [] };
  const from = `${name}@${meant.version}`;
  const { facts } = await context.reading.tarballs.read(tarballOf(current));
  const command = fetched.command === undefined ? undefined : commandOf([...facts.manifest.bin.keys()], fetched.command);
  const started = command === undefined ? [] : (await context.reading.tarballs.read({ ...tarballOf(current), command })).facts.capabilities;
  const file = command === undefined ? undefined : binFile(facts.manifest, command)?.replace(/^\.\//, '');
  const seen = new Set<string>();
  const capabilities = [...facts.capabilities, ...started].flatMap((found) => {
    const place = `${found.kind} ${found.file} ${found.line} ${found.column}`;
    if (found.reach !== 'install' || seen.has(place)) return [];
    seen.add(place);
    return [{ ...found, file: `${from}/${found.file}`, novelty: 'kind' as const }];
  });
  if (fetched.command === undefined) return { capabilities };
  return { call: { command: fetched.command, from, fetched: true, ...(file !== undefined && { file: `${from}/${file}` }) }, capabilities };
}

/** npx starts the only command there is, whatever its name. */
function commandOf(bins: readonly string[], wanted: string): string | undefined {
  return bins.find((bin) => bin.toLowerCase() === wanted) ?? (bins.length === 1 ? bins[0] : undefined);
}

function partsOf(spec: string): { readonly name: string; readonly range: string } {
  const at = spec.indexOf('@', 1);
  return at < 0 ? { name: spec, range: 'latest' } : { name: spec.slice(0, at), range: spec.slice(at + 1) || 'latest' };
}
