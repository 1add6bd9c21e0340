/** What is in a release: what it runs, what its code can do, what it hides. Immutable facts of one tarball. */
import type { Anomaly } from './archive.ts';

/** When a file's code runs: by installing, by importing the package, by starting its command, or only when somebody asks for that very file. */
export type Reach = 'install' | 'import' | 'bin' | 'shipped';

/** The reaches, the worst first. */
export const reaches: readonly Reach[] = ['install', 'import', 'bin', 'shipped'];

/** Something code can do. Weak ones describe; strong ones accuse when they are new and come together. */
export type CapabilityKind =
  /** Talks to a host. */
  | 'network'
  /** Sends what it found (environment, credentials, key material) to a host. */
  | 'exfiltration'
  /** Sends a credential the package is given to a host. */
  | 'credential-sent'
  /** Writes a file where people look: on the desktop. */
  | 'desktop-file'
  /** Looks a name up whose text carries data. */
  | 'dns-exfiltration'
  /** Starts another program. */
  | 'process'
  /** Runs text as code: eval, Function, vm. */
  | 'dynamic-code'
  /** Decodes or decrypts something and runs it. */
  | 'decode-execute'
  /** Runs what it fetched. */
  | 'remote-code'
  /** Fetches a file and starts it. */
  | 'download-execute'
  /** Fetches a file. */
  | 'download'
  /** Reads credentials of registries, hosts, clouds, repositories. */
  | 'credential-file'
  /** Reads an environment variable that holds a secret. */
  | 'credential-env'
  /** Takes the environment as a whole. */
  | 'environment'
  /** Reads profiles of browsers. */
  | 'browser-data'
  /** Reads files of wallets. */
  | 'wallet-file'
  /** Writes where it will be run again later. */
  | 'persistence'
  /** Writes configuration of coding agents or editors. */
  | 'agent-config'
  /** Writes CI workflow files. */
  | 'ci-config'
  /** Hooks a wallet provider of the page. */
  | 'wallet-hook'
  /** Replaces fetch, XMLHttpRequest or the like. */
  | 'page-hook'
  | 'clipboard'
  /** Publishes packages. */
  | 'self-publish'
  /** Fetches or starts a secret scanner. */
  | 'secret-scanner'
  /** Fetches another JavaScript runtime. */
  | 'runtime-download'
  /** Installs further packages. */
  | 'package-install'
  /** Rewrites other installed packages, or its own manifest. */
  | 'package-tamper'
  /** Deletes whole folders of the user. */
  | 'destructive'
  /** Behaves by country, language, time zone or by whether it runs in CI. */
  | 'gated'
  /** Loads native code. */
  | 'native-load'
  /** Asks a block chain what to do next. */
  | 'blockchain'
  /** Posts to a chat service. */
  | 'messenger'
  | 'mining'
  /** Adds a script element from elsewhere to the page. */
  | 'script-injection'
  /** Reads cookies or form fields of the page. */
  | 'page-data'
  /** A table of payment addresses. */
  | 'address-table'
  /** A credential of somebody in the code. */
  | 'embedded-secret';

/** How a capability was read: as written, put together from constants, decoded, or only from tokens because the file does not parse. */
export type ReadAs = 'written' | 'assembled' | 'decoded' | 'tokens';

/** One capability with its place and words. Text is that of strangers: reporters neutralise it. */
export interface Capability {
  readonly kind: CapabilityKind;
  /** What exactly: host, command, path, variable. */
  readonly detail: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly snippet: string;
  readonly reach: Reach;
  readonly readAs: ReadAs;
  /** Loading the file does not run it: somebody has to call what the file gives away. */
  readonly waits?: boolean;
  /** Nothing in the package leads to its file, which can be imported by its path all the same: news once more when something does. */
  readonly byPath?: boolean;
}

/** A way to hide what code does. */
export type HidingKind =
  /** Output of an obfuscator: hex names, string tables with an accessor, flattened control flow. */
  | 'obfuscated'
  /** Names of modules, functions or hosts written in pieces, reversed or encoded. */
  | 'disguised-name'
  /** Modules or functions whose names only running the code would tell. */
  | 'computed-name'
  | 'off-screen'
  | 'invisible-text'
  | 'bidirectional-text'
  | 'lookalike-identifier'
  /** A long encoded literal in code. */
  | 'encoded-blob'
  /** Code in a file whose name promises something else. */
  | 'misnamed'
  | 'minified';

/** One sign of hiding, with its place and the measure that tripped it. */
export interface Hiding {
  readonly kind: HidingKind;
  readonly detail: string;
  readonly file: string;
  readonly line: number;
  readonly snippet: string;
  readonly reach: Reach;
  /** 0 to 1: how far from anything honest tools write. */
  readonly strength: number;
}

/** The sorts of files; kept facts name them by their place here. */
export const fileTypes = [
  'javascript',
  'typescript',
  'declaration',
  'json',
  'shell',
  'powershell',
  'batch',
  'python',
  'gyp',
  'native-source',
  'executable',
  'wasm',
  'archive',
  'image',
  'text',
  'data',
] as const;

/** What sort of file it is, by content first and name second. */
export type FileType = (typeof fileTypes)[number];

/** A file of the release. */
export interface ContentFile {
  readonly path: string;
  readonly size: number;
  readonly hash: string;
  readonly type: FileType;
  readonly reach: Reach;
}

/** Something that runs on install. */
export interface InstallStep {
  /** The lifecycle event, or `binding.gyp` for what building it runs. */
  readonly trigger: 'preinstall' | 'install' | 'postinstall' | 'prepare' | 'binding.gyp';
  readonly command: string;
  /** Files of the package it runs, as far as they can be followed. */
  readonly files: readonly string[];
  /** Commands it needs from elsewhere. */
  readonly tools: readonly string[];
  /** Packages it fetches from the registry to run or install them; left out where there are none. */
  readonly fetches?: readonly FetchedPackage[];
  /** False for what npm runs without being told: a binding.gyp without an install script. */
  readonly declared: boolean;
}

/** A package that an install fetches by itself, past the lockfile. */
export interface FetchedPackage {
  /** As written: `name` or `name@range`. */
  readonly spec: string;
  /** The command of it that is started; undefined where it is only installed. */
  readonly command?: string;
}

/** A command of another package that an install calls. */
export interface InstallCall {
  readonly command: string;
  /** The dependency that offers it, `name@version`; undefined when none does, or when it was not looked up (`notRead`). */
  readonly from?: string;
  /** True when no dependency offers it, and it is fetched from the registry when the install runs. */
  readonly fetched?: true;
  /** The file it starts, where it was read. */
  readonly file?: string;
  /** Why that file was not read. */
  readonly notRead?: string;
  /** True when it should have been and could not be: nobody knows what it does, or even whose it is. */
  readonly failed?: true;
}

/** What the package.json inside the tarball says. */
export interface PackedManifest {
  readonly name?: string;
  readonly version?: string;
  readonly scripts: ReadonlyMap<string, string>;
  readonly dependencies: ReadonlyMap<string, string>;
  readonly optionalDependencies: ReadonlyMap<string, string>;
  readonly peerDependencies: ReadonlyMap<string, string>;
  readonly bundled: readonly string[];
  readonly bin: ReadonlyMap<string, string>;
  /** Entry points as written: main, module, browser, exports. */
  readonly entries: readonly string[];
  readonly module: boolean;
  /** False when the package opts out of npm's implicit node-gyp. */
  readonly gypfile?: boolean;
  /** Where the well-known tools fetch its machine code from. */
  readonly binaryHost?: string;
  /** The folder all files of which are commands, instead of a list. */
  readonly binFolder?: string;
}

/** A package bundled inside the release. */
export interface BundledPackage {
  readonly path: string;
  readonly name: string;
  readonly version: string;
}

/** A bundled package held against the registry's own release of that name and version. */
export interface BundledCopy extends BundledPackage {
  readonly status: 'equal' | 'differs' | 'no-such-version' | 'not-compared';
  /** Code files that the registry's release does not have in this form, below the copy's folder. */
  readonly files: readonly string[];
  /** Why it was not compared. */
  readonly why?: string;
}

/** Everything known of one tarball. Never changes: kept by integrity and analyser version. */
export interface TarballFacts {
  readonly integrity: string;
  readonly packedSize: number;
  readonly unpackedSize: number;
  readonly anomalies: readonly Anomaly[];
  readonly manifest: PackedManifest;
  readonly files: readonly ContentFile[];
  readonly install: readonly InstallStep[];
  readonly capabilities: readonly Capability[];
  readonly hiding: readonly Hiding[];
  /** Packages its reachable code imports, by name. */
  readonly imports: readonly string[];
  readonly bundled: readonly BundledPackage[];
  /** Files whose code could only be read as tokens, and why. */
  readonly notParsed: readonly { readonly file: string; readonly why: string }[];
  /** Code too large to be kept in memory or beyond the work allowed: its contents are unknown. */
  readonly notRead: readonly string[];
  /** Set where all that installing runs is known, and can do nothing but print. */
  readonly harmlessInstall?: true;
}

/** Whether something is new against the release compared with: new in kind, or only in its words (another host, another path). */
export type Novelty = 'kind' | 'detail' | 'old';

/** What a release contains and what of it is new: small for the many that have nothing remarkable. */
export interface ContentsEvidence {
  /** The version compared with; undefined where there is none. */
  readonly against?: string;
  readonly files: number;
  readonly bytes: number;
  readonly filesBefore?: number;
  readonly bytesBefore?: number;
  /** What runs on install, with whether it did before. */
  readonly install: readonly (InstallStep & { readonly isNew: boolean })[];
  /** Set where all that installing runs is known, and can do nothing but print. */
  readonly harmlessInstall?: true;
  /** Commands that new steps of the install need from elsewhere and that the machine does not have by itself. */
  readonly calls: readonly InstallCall[];
  /** Remarkable capabilities; those that are not new only where they run on install. */
  readonly capabilities: readonly (Capability & { readonly novelty: Novelty })[];
  /** What runs unasked and is hardly ever honest though the release before did it as well; only of packages that are added and little known. */
  readonly standing?: readonly (Capability & { readonly novelty: Novelty })[];
  /** Signs of hiding that were not there before. */
  readonly hiding: readonly Hiding[];
  readonly anomalies: readonly Anomaly[];
  /** Files added that are programs, archives, scripts, or configuration others obey. */
  readonly added: readonly ContentFile[];
  /** Fields in which the package.json of the tarball says something else than the registry. */
  readonly confusion: readonly Confusion[];
  /** Packages inside the package that were not before. */
  readonly bundled: readonly BundledPackage[];
  /** Bundled packages that are new or not as they were before, against the registry's. */
  readonly copies: readonly BundledCopy[];
  /** Commands it installs. */
  readonly bins: readonly string[];
  /** Dependencies this release adds and no code of it imports. */
  readonly unusedDependencies: readonly string[];
  /** Reachable code that could only be read as tokens, or not at all, and was not there before. */
  readonly unread: readonly { readonly file: string; readonly why: string }[];
  /** True when there are sources that a native build would compile. */
  readonly hasNativeSources: boolean;
  /** False when there is no code in it at all. */
  readonly hasCode: boolean;
  /** Set when the bytes are not those the lockfile or the registry names. */
  readonly contradicts?: 'lockfile' | 'registry';
  /** The sha512 of the bytes that came, where they contradict. */
  readonly packed?: string;
  /** Capabilities only one of the builds for `require` and `import` has. */
  readonly oneBuildOnly: readonly string[];
  /** Entry points and commands that now mean a new file which does more. */
  readonly movedEntries: readonly MovedEntry[];
}

/** An entry point or command that now means a file the release before did not have. */
export interface MovedEntry {
  /** `entry point`, or `command` with its name. */
  readonly what: string;
  readonly from: string;
  readonly to: string;
  /** Kinds of capabilities that came with it. */
  readonly can: readonly string[];
}

/** One field that the registry and the tarball tell differently. */
export interface Confusion {
  readonly field: string;
  readonly listed: string;
  readonly packed: string;
}
