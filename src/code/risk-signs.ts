/** What one capability says by itself: which kinds convict, which take, which send. Pure. */
import type { Capability, CapabilityKind, ContentsEvidence } from '../model/contents.ts';
import { memoryOfOthers } from './places.ts';
import { goesHidden } from './sent-credential.ts';

/** A capability, and what of it is new. */
export type Found = ContentsEvidence['capabilities'][number];

/** Hardly ever honest where they are new and run unasked. */
export const convicting = kinds(
  'exfiltration',
  'dns-exfiltration',
  'remote-code',
  'decode-execute',
  'download-execute',
  'self-publish',
  'browser-data',
  'wallet-file',
  'mining',
  'destructive',
  'secret-scanner',
);

/** True for what is hardly ever honest where it is new. */
export function isConvicting(kind: CapabilityKind): boolean {
  return convicting.has(kind);
}

/** Honest at times, seldom two together. */
export const suspicious = kinds(
  'runtime-download',
  'persistence',
  'agent-config',
  'ci-config',
  'credential-file',
  'package-tamper',
  'messenger',
  'blockchain',
  'wallet-hook',
  'page-hook',
  'address-table',
  'embedded-secret',
  'clipboard',
  'download',
  'script-injection',
);

/** Kinds that a name in a text is enough for. */
const named = kinds(
  'credential-file',
  'browser-data',
  'wallet-file',
  'persistence',
  'agent-config',
  'ci-config',
  'messenger',
  'mining',
  'secret-scanner',
  'self-publish',
  'blockchain',
);

/** A place or a word that stands in a text as it is: it says nothing of what is done with it. */
export function isName({ kind, detail, readAs }: Found): boolean {
  return readAs === 'written' && !detail.endsWith(', written') && (named.has(kind) || detail === 'a transaction');
}

/** A credential the package is given for one service goes to a host that was never named before, and nobody hears when it fails. */
export function isUnnoticed({ kind, detail, novelty }: Found): boolean {
  return kind === 'credential-sent' && novelty === 'kind' && detail.endsWith(' unnoticed');
}

/** Text out of a WebAssembly module is run and given modules: its functions are called by that module, whoever starts it. */
export function isFromWasm({ kind, detail, readAs }: Found): boolean {
  return kind === 'decode-execute' && readAs === 'decoded' && detail.endsWith(' of what a WebAssembly module holds');
}

/** Anything at all goes to a new host that is written so that nobody reads it. */
export function isSentHidden({ kind, detail, novelty }: Found): boolean {
  return kind === 'credential-sent' && novelty === 'kind' && goesHidden(detail);
}

/** A way back in, or back to life, in the home folder: what sets up projects writes elsewhere. */
export function isBackDoor({ kind, detail }: Found): boolean {
  return (kind === 'credential-file' || kind === 'persistence') && detail.endsWith(', written') && !detail.startsWith('git hook');
}

/** News though the release before did something of the kind: what is taken, and where it goes, is what counts. */
export function isNewsInWords(one: Found): boolean {
  if (one.novelty !== 'detail') return false;
  return one.kind === 'script-injection' || one.kind === 'credential-sent' || isMemoryRead(one) || (one.kind === 'exfiltration' && !isTelemetry(one));
}

/** A place in which somebody keeps what is theirs. */
export function isPlace({ kind }: Found): boolean {
  return kind === 'credential-file' || kind === 'browser-data' || kind === 'wallet-file';
}

/** Another program's memory: what runs by installing or importing has no business there, whether or not it is seen to send anything. */
export function isMemoryRead({ kind, detail }: Found): boolean {
  return kind === 'credential-file' && detail === `${memoryOfOthers}, read`;
}

/** Changes files of other packages, or removes those of the project: tools do so when they are started. */
export function changesOthers({ kind, detail }: Found): boolean {
  return (kind === 'package-tamper' && !detail.startsWith('own ')) || (kind === 'destructive' && isSweep(detail));
}

/** How finding names and deleting them in the home folder is told. */
export const homeSwept = 'all it finds in the home folder';

export function isSweep(detail: string): boolean {
  return detail === 'what it finds in the project';
}

/** Takes something that is somebody's own. */
export const taking = kinds('credential-file', 'environment', 'browser-data', 'wallet-file', 'wallet-hook', 'clipboard', 'page-data');

/** Brings it somewhere. */
export const sending = kinds('network', 'messenger', 'blockchain', 'dns-exfiltration');

function kinds(...list: CapabilityKind[]): ReadonlySet<CapabilityKind> {
  return new Set(list);
}

/** How packages that carry programs set themselves up, too: held against a release only where it is new. */
export const deploying = kinds('download-execute', 'decode-execute');

/** What fetched or decoded text comes to life by. */
export const running = kinds('remote-code', 'decode-execute', 'download-execute');

/** True for what runs by importing, or by starting a command of the package: nobody has to call a function of it. */
export function isUnasked(one: Found): boolean {
  return one.reach === 'bin' || !one.waits;
}

/** True where the host is written down, not given by who calls. */
export function namesHost({ detail }: Found): boolean {
  return !detail.includes('…') && !detail.includes(' ');
}

/** Settings of a project, and names of variables: every bundle that holds a reader of settings, or looks for PATH, takes them. */
export function isEverywhere({ detail }: Found): boolean {
  return detail === 'environment files' || detail === 'Object.keys(process.env)';
}

/** Facts about the machine alone are what telemetry sends, contents of files alone what uploads send. */
export function isTelemetry(found: Capability): boolean {
  return (
    found.kind === 'exfiltration' && /^(facts about the host|contents of files)(, (facts about the host|contents of files))* to /.test(found.detail)
  );
}

/** Nobody encodes the name of a host but to hide it; a worker carried as text encodes the modules it uses. */
export function isEncodedHost(found: Capability): boolean {
  return found.kind === 'network' && found.readAs === 'decoded' && !found.detail.startsWith('module ');
}

/** Whose machine it is: no install needs to tell anybody. */
export function tellsWhoWhere(found: Capability): boolean {
  return isTelemetry(found) && found.detail.includes('facts about the host');
}

/** Places through which others come back, or code comes back to life, after the install. */
export function leavesOpen({ kind, detail }: Capability): boolean {
  return (
    kind === 'agent-config' ||
    kind === 'ci-config' ||
    (kind === 'persistence' && !detail.startsWith('git hook')) ||
    (kind === 'credential-file' && detail.startsWith('SSH keys'))
  );
}

export function isGlobalInstall(found: Capability): boolean {
  return found.kind === 'package-install' && /\s(-g|--global|global)\b/.test(found.detail);
}

/** A program that came with the package and is started by installing it. */
export function isMachineCode(found: Capability): boolean {
  return found.kind === 'process' && found.detail === 'a program of machine code';
}
