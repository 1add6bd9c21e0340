/** What a release contains, seen against the release before: only what is new or runs on install is kept. Pure. */
import type {
  Capability,
  CapabilityKind,
  ContentFile,
  ContentsEvidence,
  Hiding,
  InstallStep,
  Novelty,
  Reach,
  TarballFacts,
} from '../model/contents.ts';
import type { Release } from '../model/packument.ts';
import { printable } from '../model/text.ts';
import { isAgentConfig, isCiConfig } from './config-files.ts';
import { confusionOf } from './confusion.ts';
import { movedEntries } from './entry-moved.ts';
import { noveltyOfSent, sentBefore } from './sent-credential.ts';

/** What a release is compared with. */
export interface Baseline {
  readonly version: string;
  readonly facts: TarballFacts;
  /** The dependencies it had. */
  readonly dependencies: ReadonlySet<string>;
}

/** Sums up a tarball for the rules. `listed` is what the registry says of the release. */
export function compareContents(facts: TarballFacts, listed: Release, base: Baseline | undefined): ContentsEvidence {
  const before = base?.facts;
  return {
    ...(base && { against: base.version, filesBefore: base.facts.files.length, bytesBefore: base.facts.unpackedSize }),
    files: facts.files.length,
    bytes: facts.unpackedSize,
    install: facts.install.map((step) => ({ ...step, isNew: !before?.install.some((old) => sameStep(old, step)) })),
    calls: [],
    capabilities: capabilitiesOf(facts, before),
    hiding: hidingOf(facts, before),
    anomalies: facts.anomalies,
    added: addedFiles(facts, before),
    confusion: confusionOf(facts.manifest, listed),
    bundled: facts.bundled.filter((found) => !before?.bundled.some((old) => old.name === found.name && old.version === found.version)),
    copies: [],
    bins: [...facts.manifest.bin.keys()],
    unusedDependencies: unusedOf(facts, base),
    unread: unreadOf(facts, before),
    hasNativeSources: facts.files.some((file) => file.type === 'native-source' && !/\.h(pp|h)?$/.test(file.path)),
    hasCode: facts.files.some((file) => codeTypes.has(file.type)),
    oneBuildOnly: oneBuildOnly(facts, before),
    movedEntries: movedEntries(facts, before),
  };
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

const order: readonly Reach[] = ['shipped', 'bin', 'import', 'install'];

function capabilitiesOf(facts: TarballFacts, before: TarballFacts | undefined): ContentsEvidence['capabilities'] {
  const old = before && index(before.capabilities);
  const sent = before && sentBefore(before.capabilities);
  return facts.capabilities
    .map((found) => ({ ...found, novelty: found.kind === 'credential-sent' ? noveltyOfSent(found.detail, sent) : noveltyOf(found, old) }))
    .filter(
      (found) =>
        found.novelty !== 'old' &&
        (before !== undefined || !ordinary.has(found.kind) || found.reach === 'install' || found.kind === 'network' || found.kind === 'environment'),
    )
    .sort((a, b) => order.indexOf(b.reach) - order.indexOf(a.reach))
    .slice(0, 200);
}

interface Index {
  /** How far each kind reached before. */
  readonly kinds: ReadonlyMap<string, number>;
  readonly details: ReadonlySet<string>;
}

function index(capabilities: readonly Capability[]): Index {
  const kinds = new Map<string, number>();
  const details = new Set<string>();
  for (const { kind, detail, reach } of capabilities) {
    kinds.set(kind, Math.max(kinds.get(kind) ?? 0, order.indexOf(reach) + 1));
    details.add(`${kind} ${detail}`);
  }
  return { kinds, details };
}

/** A capability that only shipped before and now runs on import or install is new. */
function noveltyOf(found: Capability, old: Index | undefined): Novelty {
  if (!old) return 'kind';
  const reached = old.kinds.get(found.kind) ?? 0;
  if (reached === 0 || (reached <= 1 && found.reach !== 'shipped') || (found.reach === 'install' && reached < 4)) return 'kind';
  return old.details.has(`${found.kind} ${found.detail}`) ? 'old' : 'detail';
}

function hidingOf(facts: TarballFacts, before: TarballFacts | undefined): readonly Hiding[] {
  const minified = facts.hiding.filter((sign) => sign.kind === 'minified' && before && wasPlain(sign.file, before));
  const others = facts.hiding.filter((sign) => sign.kind !== 'minified' && sign.kind !== 'encoded-blob' && !wasThere(sign, before));
  const blobs = facts.hiding.filter(
    (sign) => sign.kind === 'encoded-blob' && before !== undefined && !before.hiding.some((old) => old.kind === 'encoded-blob'),
  );
  return [...others, ...blobs, ...minified].slice(0, 60);
}

/** The same sort of hiding, in as much strength, was in the release before. */
function wasThere(sign: Hiding, before: TarballFacts | undefined): boolean {
  return (
    before?.hiding.some(
      (old) =>
        old.kind === sign.kind &&
        old.strength >= sign.strength - 0.05 &&
        (old.file === sign.file || old.detail === sign.detail || sign.kind === 'computed-name'),
    ) ?? false
  );
}

function wasPlain(file: string, before: TarballFacts): boolean {
  return before.files.some((old) => old.path === file) && !before.hiding.some((old) => old.kind === 'minified' && old.file === file);
}

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

const telling: ReadonlySet<CapabilityKind> = new Set<CapabilityKind>([
  'process',
  'exfiltration',
  'remote-code',
  'decode-execute',
  'credential-file',
  'wallet-hook',
  'page-hook',
  'browser-data',
  'wallet-file',
  'self-publish',
  'persistence',
]);

/** New capabilities of one of two builds that are otherwise alike. */
function oneBuildOnly(facts: TarballFacts, before: TarballFacts | undefined): readonly string[] {
  const builds = ['cjs', 'esm'].map((build) =>
    facts.files.filter((file) => file.reach === 'import' && buildOf(file.path) === build).map((file) => file.path),
  );
  const [cjs = [], esm = []] = builds;
  if (cjs.length === 0 || esm.length === 0) return [];
  const kindsOf = (paths: readonly string[]): ReadonlySet<string> =>
    new Set(facts.capabilities.filter((found) => telling.has(found.kind) && paths.includes(found.file)).map((found) => found.kind));
  const a = kindsOf(cjs);
  const b = kindsOf(esm);
  const differing = [...a].filter((kind) => !b.has(kind)).concat([...b].filter((kind) => !a.has(kind)));
  return differing.filter((kind) => !before?.capabilities.some((old) => old.kind === kind));
}

function buildOf(path: string): 'cjs' | 'esm' | undefined {
  if (/\.cjs$|(^|[/.-])(cjs|commonjs|umd)([/.-])/.test(path)) return 'cjs';
  return /\.mjs$|(^|[/.-])(esm?|module)([/.-])/.test(path) ? 'esm' : undefined;
}
