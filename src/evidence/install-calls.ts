/** Commands of other packages that an install calls (`"postinstall": "some-tool setup"`): whose they are, and what they do. */
import { binFile } from '../code/bin-file.ts';
import { isSystemTool } from '../code/system-tools.ts';
import type { ContentsEvidence, FetchedPackage, InstallCall, TarballFacts } from '../model/contents.ts';
import { DepwardError } from '../model/errors.ts';
import type { IncomingChange } from '../model/package.ts';
import type { Release } from '../model/packument.ts';
import { isCommonScript } from '../model/scripts.ts';
import { printable } from '../model/text.ts';
import { day } from '../model/time.ts';
import type { ContentsReading, Context } from './context.ts';
import { fetchedBy, readFetched } from './fetched-calls.ts';
import type { Slices } from './slices.ts';
import { tarballOf } from './tarball-of.ts';

/** Commands followed and those named besides, and dependencies asked for each. */
const mostCommands = 6;
const mostNamed = 20;
const mostAsked = 60;
/** Well-known tools that have stood so long are named, not read again for each package that calls them. */
const standingDays = 30;

/** What the calls come to: who offers each command, what the files do that they start, and what kept one from being told. */
export interface Followed {
  readonly calls: readonly InstallCall[];
  readonly capabilities: ContentsEvidence['capabilities'];
  readonly trouble?: DepwardError;
}

/** The same while it is gathered. */
interface Following {
  readonly calls: InstallCall[];
  readonly capabilities: ContentsEvidence['capabilities'][number][];
  trouble?: DepwardError;
}

interface Provider {
  readonly name: string;
  readonly version: string;
  readonly slices: Slices;
  readonly release: Release;
}

/** Follows the commands of the steps that are new. Where a dependency that may offer one cannot be asked or read, that is said of this command alone. */
export async function followCalls(
  facts: TarballFacts,
  install: ContentsEvidence['install'],
  listed: Release,
  change: IncomingChange,
  context: Context & { readonly reading: ContentsReading },
): Promise<Followed> {
  const followed: Following = { calls: [], capabilities: [] };
  const commands = commandsOf(facts, install);
  for (const command of commands.slice(0, mostCommands)) {
    const { call, capabilities, trouble } = await follow(command, listed, change, context);
    followed.calls.push(call);
    followed.capabilities.push(...capabilities);
    if (trouble) followed.trouble ??= trouble;
  }
  await followFetched(install, listed, followed, change, context);
  // The one that matters may hide behind idle ones: what was left is told, and warned of.
  const notRead = `not followed: its install calls more than ${mostCommands} commands`;
  followed.calls.push(...commands.slice(mostCommands, mostCommands + mostNamed).map((command) => ({ command, notRead })));
  return followed;
}

/** What no dependency offers and the install fetches by itself. */
async function followFetched(
  install: ContentsEvidence['install'],
  { dependencies }: Release,
  followed: Following,
  change: IncomingChange,
  context: Context & { readonly reading: ContentsReading },
): Promise<void> {
  const isOffered = ({ spec, command }: FetchedPackage): boolean =>
    command === undefined
      ? [dependencies.prod, dependencies.optional].some((own) => own.has(spec.replace(/(?<=.)@[^@]*$/, '')))
      : followed.calls.some((call) => call.command === command && call.from !== undefined);
  const making = new Set(fetchedBy(install.filter(isMaking)).map(({ spec }) => spec));
  for (const one of fetchedBy(install)) {
    if (isOffered(one)) continue;
    // What it fetches tomorrow may be another release.
    context.onUntil(change, context.now);
    try {
      const { call, capabilities } = await readFetched(one, context);
      followed.capabilities.push(...capabilities);
      const at = followed.calls.findIndex(({ command }) => command === one.command || command === one.spec);
      if (call) followed.calls.splice(at < 0 ? followed.calls.length : at, at < 0 ? 0 : 1, call);
    } catch (error) {
      if (!(error instanceof DepwardError) || error.code === 'interrupted') throw error;
      if (making.has(one.spec)) continue;
      const words = `${printable(one.spec, 60)}, which its install fetches, could not be read: ${error.message}`;
      followed.trouble ??= new DepwardError(error.code, words);
    }
  }
}

interface FollowedCall {
  readonly call: InstallCall;
  readonly capabilities: Followed['capabilities'];
  readonly trouble?: DepwardError;
}

async function follow(
  command: string,
  listed: Release,
  change: IncomingChange,
  context: Context & { readonly reading: ContentsReading },
): Promise<FollowedCall> {
  let from: string | undefined;
  try {
    const provider = await providerOf(command, listed, change, context);
    from = provider && `${provider.name}@${provider.version}`;
    return provider ? await readCall(command, provider, context) : { call: { command }, capabilities: [] };
  } catch (error) {
    if (!(error instanceof DepwardError) || error.code === 'interrupted') throw error;
    const whose = from === undefined ? '' : ` of ${from}`;
    const trouble = new DepwardError(
      error.code,
      `the command ${printable(command, 60)}${whose}, which its install calls, could not be read: ${error.message}`,
    );
    return { call: { command, ...(from !== undefined && { from }), notRead: error.message, failed: true }, capabilities: [], trouble };
  }
}

/** What makes a package of a repository has commands of development dependencies, which nobody knows here. */
function isMaking({ trigger }: ContentsEvidence['install'][number]): boolean {
  return trigger === 'prepare';
}

/** Neither the machine's nor its own; of the usual words of honest scripts only those that a dependency may answer for. */
function commandsOf(facts: TarballFacts, install: ContentsEvidence['install']): readonly string[] {
  const steps = install.filter((step) => step.isNew && step.trigger !== 'binding.gyp' && !isMaking(step) && !isCommonScript(step.command));
  const words = steps.flatMap((step) => step.tools).map((tool) => tool.replace(/(?<=.)@[^@/]*$/, ''));
  return [...new Set(words)].filter(
    (word) => word !== '' && !word.includes('…') && !isSystemTool(word) && binFile(facts.manifest, word) === undefined,
  );
}

/** The dependency that offers the command: first those whose name says so, so that few need to be asked. */
async function providerOf(command: string, { dependencies }: Release, change: IncomingChange, context: Context): Promise<Provider | undefined> {
  const declared = [...dependencies.prod, ...dependencies.optional, ...dependencies.peer];
  const likely = declared.sort(([a], [b]) => likeness(b, command) - likeness(a, command)).slice(0, mostAsked);
  let trouble: string | undefined;
  for (const [as, spec] of likely) {
    const found = await describe(as, spec, change, context);
    if (typeof found === 'string') trouble ??= found;
    else if (found?.release.bins.some((bin) => bin.toLowerCase() === command)) return found;
  }
  if (trouble !== undefined) throw new DepwardError('network', `whose it is could not be told: ${trouble}`);
  return undefined;
}

function likeness(name: string, command: string): number {
  if (name === command || name.endsWith(`/${command}`)) return 2;
  return name.includes(command) || command.includes(name.split('/').at(-1) ?? name) ? 1 : 0;
}

/** A declared dependency as it is or would be installed; a sentence where it could not be told, undefined where it is none of the registry's. */
async function describe(as: string, spec: string, change: IncomingChange, context: Context): Promise<Provider | string | undefined> {
  const { name, range } = meaning(as, spec);
  const installed = context.installed(change.after, as);
  if (installed && installed.source !== 'registry') return undefined;
  // The answer is another when another version of the dependency is in the tree.
  context.onOthers(change);
  const meant = installed ?? { name, ...(await context.lookup.meant(name, range)) };
  if ('unknown' in meant) return 'failed' in meant ? meant.unknown : undefined;
  const slices = await context.lookup.slices(meant.name, meant.version);
  if (!slices.release.ok) return slices.release.why === 'failed' && slices.listing.ok === false ? slices.release.reason : undefined;
  return { name: meant.name, version: meant.version, slices, release: slices.release.value.current };
}

function meaning(as: string, spec: string): { readonly name: string; readonly range: string } {
  const [, name, range] = /^npm:(@?[^@]+)(?:@(.*))?$/.exec(spec) ?? [];
  return name === undefined ? { name: as, range: spec } : { name, range: range ?? '*' };
}

async function readCall(
  command: string,
  { name, version, slices, release }: Provider,
  { names, now, reading }: Context & { readonly reading: ContentsReading },
): Promise<FollowedCall> {
  const from = `${name}@${version}`;
  const stands = (names(name).downloads ?? 0) > 0 && (!slices.times.ok || slices.times.value.published + standingDays * day <= now);
  if (stands) return { call: { command, from, notRead: 'well known, and judged where it comes in' }, capabilities: [] };
  if (release.tarball === undefined) throw new DepwardError('input', `the registry does not say where the tarball of ${from} is`);
  const { facts } = await reading.tarballs.read({ ...tarballOf(release), command });
  const file = binFile(facts.manifest, command)?.replace(/^\.\//, '');
  const capabilities = facts.capabilities
    .filter((found) => found.reach === 'install')
    .map((found) => ({ ...found, file: `${from}/${found.file}`, novelty: 'kind' as const }));
  return { call: { command, from, ...(file !== undefined && { file: `${from}/${file}` }) }, capabilities };
}
