/** What a release contains, seen against the release before: only what is new or runs on install is kept. Pure. */
import type { Capability, CapabilityKind, ContentFile, ContentsEvidence, InstallStep, TarballFacts } from '../model/contents.ts';
import type { Release } from '../model/packument.ts';
import { printable } from '../model/text.ts';
import { oneBuildOnly } from './builds.ts';
import { isAgentConfig, isCiConfig } from './config-files.ts';
import { confusionOf } from './confusion.ts';
import { movedEntries } from './entry-moved.ts';
import { newHiding } from './new-hiding.ts';
import { beforeOf, fromLeast, noveltyOf } from './novelty.ts';
import { noveltyOfSent, sentBefore } from './sent-credential.ts';

/** What a release is compared with. */
export interface Baseline {
  readonly version: string;
  readonly facts: TarballFacts;
  /** The dependencies it had. */
  readonly dependencies: ReadonlySet<string>;
}

/** Sums up a tarball for the rules. `listed` is what the registry says of the release, under that name. */
export function compareContents(facts: TarballFacts, listed: Release, base: Baseline | undefined, name?: string): ContentsEvidence {
  const before = base?.facts;
  return {
    ...(base && { against: base.version, filesBefore: base.facts.files.length, bytesBefore: base.facts.unpackedSize }),
    files: facts.files.length,
    bytes: facts.unpackedSize,
    install: facts.install.map((step) => ({ ...step, isNew: !before?.install.some((old) => sameStep(old, step)) })),
    ...(facts.harmlessInstall && { harmlessInstall: true }),
    calls: [],
    capabilities: capabilitiesOf(facts, before),
    hiding: newHiding(facts, before),
    anomalies: facts.anomalies,
    added: addedFiles(facts, before),
    confusion: confusionOf(facts.manifest, listed, name),
    bundled: facts.bundled.filter((found) => !before?.bundled.some((old) => old.name === found.name && old.version === found.version)),
    copies: [],
    bins: [...facts.manifest.bin.keys()],
    unusedDependencies: unusedOf(facts, base),
    unread: unreadOf(facts, before),
    hasNativeSources: facts.files.some((file) => file.type === 'native-source' && !/\.h(pp|h)?$/.test(file.path)),
    hasCode: facts.files.some((file) => file.path !== 'package.json' && codeTypes.has(file.type)),
    oneBuildOnly: oneBuildOnly(facts, before),
    movedEntries: movedEntries(facts, before),
  };
}

/** Everything a release does, as that of a first release is seen. */
export function standingCapabilities(facts: TarballFacts): ContentsEvidence['capabilities'] {
  return capabilitiesOf(facts, undefined);
}

function sameStep(a: InstallStep, b: InstallStep): boolean {
  return a.trigger === b.trigger && a.command === b.command;
}

/** Kinds so common that only their appearance in the install says something. */
const ordinary: ReadonlySet<CapabilityKind> = new Set<CapabilityKind>([
  'process',
  'dynamic-code',
  'gated',
  'native-load',
  'environment',
  'credential-env',
  'page-data',
  'clipboard',
  'network',
  'download',
  'package-install',
  'credential-sent',
]);

function capabilitiesOf(facts: TarballFacts, before: TarballFacts | undefined): ContentsEvidence['capabilities'] {
  const old = before && beforeOf(before.capabilities);
  const sent = before && sentBefore(before.capabilities);
  return facts.capabilities
    .map((found) => ({ ...found, novelty: found.kind === 'credential-sent' ? noveltyOfSent(found.detail, sent) : noveltyOf(found, old) }))
    .map((found) => (found.byPath ? { ...found, reach: 'import' as const } : found))
    .filter(
      (found) =>
        found.novelty !== 'old' &&
        (before !== undefined || !ordinary.has(found.kind) || found.reach === 'install' || found.kind === 'network' || found.kind === 'environment'),
    )
    .sort((a, b) => fromLeast.indexOf(b.reach) - fromLeast.indexOf(a.reach))
    .filter(fewOfEach());
}

/** Of very many each file keeps its first few of a kind: much of one must not hide what comes after it. */
function fewOfEach(): (found: Pick<Capability, 'kind' | 'file' | 'waits'>, at: number) => boolean {
  const counts = new Map<string, number>();
  return ({ kind, file, waits = false }, at) => {
    const key = `${kind} ${waits} ${file}`;
    const count = (counts.get(key) ?? 0) + 1;
    counts.set(key, count);
    return at < 200 || count <= few;
  };
}

const few = 8;

const addable = new Set(['executable', 'archive', 'shell', 'powershell', 'batch', 'python', 'gyp', 'wasm']);
const codeTypes = new Set(['javascript', 'typescript', 'declaration', 'json', 'executable', 'wasm', 'shell', 'native-source']);

function addedFiles(facts: TarballFacts, before: TarballFacts | undefined): readonly ContentFile[] {
  const known = new Set(before?.files.map((file) => file.path));
  const hashes = new Set(before?.files.map((file) => file.hash));
  // The names of prebuilt files carry versions and platforms: another file of a kind it had is no news.
  const natives = new Set(before?.files.filter((file) => file.type === 'executable').map((file) => nativeKind(file.path)));
  return facts.files
    .filter((file) => !known.has(file.path) && !hashes.has(file.hash) && !(file.type === 'executable' && natives.has(nativeKind(file.path))))
    .filter(
      (file) =>
        addable.has(file.type) ||
        isAgentConfig(file.path) ||
        isCiConfig(file.path) ||
        isControl(file.path) ||
        (before !== undefined && file.size > 300_000 && file.type === 'javascript'),
    )
    .slice(0, 100);
}

function nativeKind(path: string): string {
  return /\.(so|dylib|dll|node|exe)(\.[\d.]+)?$/.exec(path)?.[1] ?? 'program';
}

/** Files that steer npm itself. */
function isControl(path: string): boolean {
  return path === 'npm-shrinkwrap.json' || path === 'package-lock.json' || /(^|\/)\.(npmrc|yarnrc|yarnrc\.yml|pnpmfile\.cjs)$/.test(path);
}

/** Added dependencies that nothing imports: there only to be installed. */
function unusedOf(facts: TarballFacts, base: Baseline | undefined): readonly string[] {
  if (!base || facts.notRead.length > 0) return [];
  const imported = new Set(facts.imports);
  const mentioned = [...facts.manifest.scripts.values()].join(' ');
  return [...facts.manifest.dependencies.keys(), ...facts.manifest.optionalDependencies.keys()].filter(
    (name) =>
      !base.dependencies.has(name) &&
      !imported.has(name) &&
      !name.startsWith('@types/') &&
      !mentioned.includes(name) &&
      !name.startsWith(`${facts.manifest.name ?? ''}-`) &&
      !isPlatform(name),
  );
}

/** Prebuilt binaries for one platform are loaded by a name made up at run time. */
function isPlatform(name: string): boolean {
  return /(linux|darwin|win32|windows|freebsd|android|musl|gnu|wasm32?|x64|arm64|ia32)/.test(name);
}

function unreadOf(facts: TarballFacts, before: TarballFacts | undefined): ContentsEvidence['unread'] {
  const known = new Set([...(before?.notParsed.map(({ file }) => file) ?? []), ...(before?.notRead ?? [])]);
  const all = [...facts.notRead.map((file) => ({ file, why: 'too large to be read' })), ...facts.notParsed];
  return all.filter(({ file }) => !known.has(file)).slice(0, 20);
}

/**
 * Bytes of other files ahead of the payload use up what is read of a tarball. Where all that runs was read of the release before,
 * or where an install runs it, that is not to be told from hiding; of releases that are always that large it is said only.
 */
export function hiddenByBulk(facts: TarballFacts, before: TarballFacts | undefined): string | undefined {
  const unread = new Set(facts.notRead);
  const atInstall = facts.files.find((file) => file.reach === 'install' && unread.has(file.path));
  const first = atInstall?.path ?? (before?.notRead.length === 0 ? facts.notRead[0] : undefined);
  return first === undefined ? undefined : `code that runs was not read, for the release holds more than is read of one: ${printable(first, 100)}`;
}
