/** What capabilities mean together: which convict by themselves, which only as a pair of taking and sending. Pure. */
import type { Capability, CapabilityKind, ContentsEvidence } from '../model/contents.ts';
import { printable } from '../model/text.ts';

type Found = ContentsEvidence['capabilities'][number];

/** Hardly ever honest where they are new and run unasked. */
const convicting = kinds(
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
const suspicious = kinds(
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

/** Takes something that is somebody's own. */
const taking = kinds('credential-file', 'environment', 'browser-data', 'wallet-file', 'wallet-hook', 'clipboard', 'page-data');

/** Brings it somewhere. */
const sending = kinds('network', 'messenger', 'blockchain', 'dns-exfiltration');

function kinds(...list: CapabilityKind[]): ReadonlySet<CapabilityKind> {
  return new Set(list);
}

/** How bad the new capabilities of one reach are together. */
export interface Risk {
  readonly grade: 'convicts' | 'suspicious' | 'weak' | 'none';
  /** The capabilities it rests on, the worst first. */
  readonly because: readonly Found[];
  /** True when importing alone runs what was fetched or decoded. */
  readonly runs?: boolean;
}

/** Weighs what runs by installing. */
export function installRisk(capabilities: readonly Found[]): Risk {
  const found = capabilities.filter((one) => one.reach === 'install' && one.novelty !== 'old');
  const convict = found.filter((one) => convicting.has(one.kind) && !isTelemetry(one));
  const pair = pairOf(found);
  if (convict.length + pair.length > 0) return { grade: 'convicts', because: distinct([...convict, ...pair]) };
  const suspects = distinct([
    ...found.filter((one) => suspicious.has(one.kind)),
    ...found.filter(isTelemetry),
    ...found.filter(isGlobalInstall),
    ...found.filter(isMachineCode),
  ]);
  const kindsSeen = new Set(suspects.map((one) => one.kind));
  return { grade: kindsSeen.size > 1 || suspects.some(isMachineCode) ? 'suspicious' : suspects.length === 1 ? 'weak' : 'none', because: suspects };
}

/** Weighs what runs by importing the package or starting its commands. */
export function importRisk(capabilities: readonly Found[]): Risk {
  const found = capabilities.filter(
    (one) =>
      (one.reach === 'import' || one.reach === 'bin') && (one.novelty === 'kind' || (one.kind === 'script-injection' && one.novelty === 'detail')),
  );
  const flows = found.filter((one) => (one.kind === 'exfiltration' && !isTelemetry(one)) || one.kind === 'dns-exfiltration');
  const hooks = found.filter((one) => one.kind === 'wallet-hook' || one.kind === 'page-hook' || one.kind === 'address-table');
  const hooked = new Set(hooks.map((one) => one.kind)).size > 1 ? hooks : [];
  const runs = found.filter((one) => one.kind === 'remote-code' || one.kind === 'decode-execute' || one.kind === 'download-execute');
  const rest = distinct(found.filter((one) => convicting.has(one.kind) || suspicious.has(one.kind)));
  const together = runs.length > 0 && new Set(rest.map((one) => one.kind)).size > 1 + Number(rest.some((one) => one.kind === 'download')) ? rest : [];
  // Files that go where somebody's own credential leads.
  const upload = found.some((one) => one.kind === 'embedded-secret') ? found.filter(isTelemetry) : [];
  const convict = [...flows, ...upload, ...hooked, ...pairOf(found), ...runs.filter((one) => one.readAs === 'decoded'), ...together];
  if (convict.length > 0) return { grade: 'convicts', because: distinct(convict) };
  const runsOnImport = runs.some((one) => one.reach === 'import');
  const strange = runsOnImport || rest.some((one) => one.kind === 'script-injection' && one.detail.includes('.'));
  return {
    runs: runsOnImport,
    grade: strange || new Set(rest.map((one) => one.kind)).size > 2 ? 'suspicious' : rest.length > 0 ? 'weak' : 'none',
    because: rest,
  };
}

/** One that takes and one that sends, both new, in one file. */
function pairOf(found: readonly Found[]): readonly Found[] {
  for (const take of found) {
    if (!taking.has(take.kind) || take.readAs === 'tokens') continue;
    const send = found.find((one) => sending.has(one.kind) && one.file === take.file && one !== take && !/^module /.test(one.detail));
    if (send && take.kind !== 'page-data' && take.kind !== 'clipboard') return [take, send];
  }
  return [];
}

/** Facts about the machine alone are what telemetry sends, contents of files alone what uploads send. */
function isTelemetry(found: Capability): boolean {
  return (
    found.kind === 'exfiltration' && /^(facts about the host|contents of files)(, (facts about the host|contents of files))* to /.test(found.detail)
  );
}

function isGlobalInstall(found: Capability): boolean {
  return found.kind === 'package-install' && /\s(-g|--global|global)\b/.test(found.detail);
}

/** A program that came with the package and is started by installing it. */
function isMachineCode(found: Capability): boolean {
  return found.kind === 'process' && found.detail === 'a program of machine code';
}

/** One of each kind and detail, the strongest first. */
function distinct(found: readonly Found[]): readonly Found[] {
  const seen = new Map<string, Found>();
  for (const one of found) if (!seen.has(`${one.kind} ${one.detail}`)) seen.set(`${one.kind} ${one.detail}`, one);
  return [...seen.values()].slice(0, 12);
}

const words: Readonly<Record<CapabilityKind, string>> = {
  network: 'talks to',
  exfiltration: 'sends',
  'dns-exfiltration': 'hides data in a name lookup:',
  process: 'starts',
  'dynamic-code': 'runs text as code:',
  'decode-execute': 'decodes and runs:',
  'remote-code': 'runs what it fetched:',
  'download-execute': 'fetches and starts:',
  download: 'fetches',
  'credential-file': 'names',
  'credential-env': 'reads the variable',
  environment: 'takes the whole environment:',
  'browser-data': 'names',
  'wallet-file': 'names',
  persistence: 'names a place that is run again later:',
  'agent-config': 'names',
  'ci-config': 'names',
  'wallet-hook': 'uses the wallet of the page:',
  'page-hook': 'replaces',
  clipboard: 'uses the clipboard:',
  'self-publish': 'publishes:',
  'secret-scanner': 'uses a',
  'runtime-download': 'fetches',
  'package-install': 'installs:',
  'package-tamper': 'rewrites',
  destructive: 'deletes',
  gated: 'looks at',
  'native-load': 'loads native code:',
  blockchain: 'asks a',
  messenger: 'posts to a',
  mining: 'names a',
  'script-injection': 'adds a script to the page from',
  'page-data': 'reads',
  'address-table': 'holds',
  'embedded-secret': 'holds a credential:',
};

/** A capability in a few words, such as `talks to host.example`. */
export function capabilityText({ kind, detail }: Pick<Capability, 'kind' | 'detail'>): string {
  return `${words[kind]} ${printable(detail, 80)}`;
}

/** A capability with its place, for facts: `index.js:3 talks to host.example`. */
export function placedText(found: Capability): string {
  const how = found.readAs === 'decoded' ? ' (encoded)' : found.readAs === 'assembled' ? ' (put together)' : '';
  return `${printable(found.file, 80)}:${found.line} ${capabilityText(found)}${how}`;
}
