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

/** A credential the package is given for one service goes to a host that was never named before, and nobody hears when it fails. */
function isUnnoticed({ kind, detail, novelty }: Found): boolean {
  return kind === 'credential-sent' && novelty === 'kind' && detail.endsWith(' unnoticed');
}

/** A way back in, or back to life, in the home folder: what sets up projects writes elsewhere. */
function isBackDoor({ kind, detail }: Found): boolean {
  return (kind === 'credential-file' || kind === 'persistence') && detail.endsWith(', written') && !detail.startsWith('git hook');
}

/** Changes files of other packages, or removes those of the project: tools do so when they are started. */
function changesOthers({ kind, detail }: Found): boolean {
  return (kind === 'package-tamper' && !detail.startsWith('own ')) || (kind === 'destructive' && isSweep(detail));
}

function isSweep(detail: string): boolean {
  return detail === 'what it finds in the project';
}

/** A workflow that takes all secrets, where workflows are written. */
function takesSecrets({ detail, file }: Found, found: readonly Found[]): boolean {
  return detail.startsWith('workflow ') && found.some((one) => one.kind === 'ci-config' && one.file === file && one.detail.endsWith(', written'));
}

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
  const convict = found.filter((one) => (convicting.has(one.kind) && !isTelemetry(one)) || one.kind === 'desktop-file');
  const pair = pairOf(found);
  if (convict.length + pair.length > 0) return { grade: 'convicts', because: distinct([...convict, ...pair]) };
  const suspects = distinct([
    ...found.filter((one) => suspicious.has(one.kind)),
    ...found.filter(isTelemetry),
    ...found.filter(isGlobalInstall),
    ...found.filter(isMachineCode),
    ...found.filter(isEncodedHost),
    ...found.filter((one) => isUnnoticed(one)),
  ]);
  const kindsSeen = new Set(suspects.map((one) => one.kind));
  const strange = kindsSeen.size > 1 || suspects.some((one) => isMachineCode(one) || isEncodedHost(one) || tellsWhoWhere(one) || leavesOpen(one));
  return { grade: strange ? 'suspicious' : suspects.length > 0 ? 'weak' : 'none', because: suspects };
}

/** Weighs what runs by importing the package, by starting its commands, or only when somebody calls it. */
export function importRisk(capabilities: readonly Found[]): Risk {
  const found = capabilities.filter(
    (one) =>
      (one.reach === 'import' || one.reach === 'bin') &&
      (one.novelty === 'kind' || ((one.kind === 'script-injection' || one.kind === 'credential-sent') && one.novelty === 'detail')),
  );
  const live = found.filter(isUnasked);
  const rest = restOf(live);
  const runs = live.filter((one) => running.has(one.kind));
  const together = runs.length > 0 && new Set(rest.map((one) => one.kind)).size > 1 + Number(rest.some((one) => one.kind === 'download')) ? rest : [];
  // Files that go where somebody's own credential leads.
  const upload = found.some((one) => one.kind === 'embedded-secret') ? found.filter(isTelemetry) : [];
  const convict = [
    ...flowsOf(found),
    ...upload,
    ...hooksOf(live),
    ...pairOf(live, isEverywhere),
    ...runs.filter((one) => one.readAs === 'decoded'),
    ...together,
  ];
  if (convict.length > 0) return { grade: 'convicts', because: distinct(convict) };
  const strange = strangeOf(found, live, runs);
  if (strange.length > 0 || new Set(rest.map((one) => one.kind)).size > 2 + Number(onlySettings(rest, found)))
    return { grade: 'suspicious', because: distinct([...strange, ...rest]), runs: strange.some((one) => one.reach === 'import') };
  const waiting = waitingOf(found);
  return { grade: rest.length + waiting.length > 0 ? 'weak' : 'none', because: distinct([...rest, ...waiting]) };
}

/** What convicts a package by itself, whatever its releases before did: what is taken and sent, not what may be meant together. */
export function standingHarm(capabilities: readonly Found[]): readonly Found[] {
  return distinct(
    [importRisk(capabilities), installRisk(capabilities)]
      .flatMap(({ grade, because }) => (grade === 'convicts' ? because : []))
      .filter(({ kind }) => (convicting.has(kind) && !deploying.has(kind)) || kind === 'desktop-file'),
  );
}

/** How packages that carry programs set themselves up, too: held against a release only where it is new. */
const deploying = kinds('download-execute', 'decode-execute');

/** Settings of a project, where nothing is sent: what sets up projects writes. */
function onlySettings(rest: readonly Found[], found: readonly Found[]): boolean {
  return (
    rest.every(({ kind, detail }) => kind === 'ci-config' || kind === 'agent-config' || / configuration$/.test(detail)) &&
    !found.some((one) => sending.has(one.kind))
  );
}

/** What is worth a remark by itself. Of commands that are started on purpose, and of tables of addresses, only together with more. */
function restOf(live: readonly Found[]): readonly Found[] {
  const hard = live.filter((one) => convicting.has(one.kind) && !(one.reach === 'bin' && (isTelemetry(one) || isSweep(one.detail))));
  const soft = live.filter((one) => suspicious.has(one.kind));
  const alone = hard.length === 0 && new Set(soft.map((one) => one.kind)).size === 1;
  return distinct([...hard, ...(alone ? soft.filter((one) => one.reach === 'import' && one.kind !== 'address-table') : soft)]);
}

/** What fetched or decoded text comes to life by. */
const running = kinds('remote-code', 'decode-execute', 'download-execute');

/** True for what runs by importing, or by starting a command of the package: nobody has to call a function of it. */
function isUnasked(one: Found): boolean {
  return one.reach === 'bin' || !one.waits;
}

/** What leaves the machine. Credentials that a function sends when it is called are what clients of services are for. */
function flowsOf(found: readonly Found[]): readonly Found[] {
  return found.filter((one) => {
    if (one.kind === 'dns-exfiltration' || isUnnoticed(one)) return true;
    if (one.detail.startsWith('hidden copy of mail') || one.detail.endsWith(', one of its own written')) return true;
    if (one.kind === 'secret-scanner') return takesSecrets(one, found);
    if (one.kind === 'desktop-file' || isBackDoor(one) || changesOthers(one)) return one.reach === 'import' && isUnasked(one);
    if (one.kind !== 'exfiltration' || isTelemetry(one)) return false;
    if (one.detail.endsWith(' unnoticed')) return true;
    return (
      isUnasked(one) || /the environment|browser data|wallet files|the clipboard/.test(one.detail) || /key material.* to (?!a host$)/.test(one.detail)
    );
  });
}

/** Functions of the page or of a module replaced, together with what makes use of it. */
function hooksOf(live: readonly Found[]): readonly Found[] {
  const hooks = live.filter((one) => one.kind === 'wallet-hook' || one.kind === 'page-hook' || one.kind === 'address-table');
  const table = hooks.find((one) => one.kind === 'address-table');
  const copied = live.find((one) => one.kind === 'clipboard' && one.file === table?.file);
  if (copied && table) return [copied, table];
  if (new Set(hooks.map((one) => one.kind)).size > 1) return hooks;
  const hook = hooks.find((one) => one.kind === 'page-hook');
  const send = hook && live.find((one) => one.kind === 'network' && one.file === hook.file && namesHost(one));
  return hook && send ? [hook, send] : [];
}

/** True where the host is written down, not given by who calls. */
function namesHost({ detail }: Found): boolean {
  return !detail.includes('…') && !detail.includes(' ');
}

/** The loop of colors 2022. */
const endlessLoop = 'a loop without end';

/** What few honest packages do, most of it only where nobody asked for it. */
function strangeOf(found: readonly Found[], live: readonly Found[], runs: readonly Found[]): readonly Found[] {
  const imported = live.filter((one) => one.reach === 'import');
  const calls = imported.filter((one) => one.kind === 'network' && !/^module /.test(one.detail));
  const starts = imported.filter((one) => one.kind === 'process' && !/^module /.test(one.detail) && !harmless.test(one.detail));
  const started = starts.filter((one) => calls.some((call) => call.file === one.file));
  return [
    ...found.filter((one) => one.kind === 'destructive' && !isSweep(one.detail) && !(one.waits && one.detail === endlessLoop)),
    ...runs.filter((one) => one.reach === 'import'),
    ...found.filter((one) => one.kind === 'remote-code' && one.detail.endsWith('of what a request brings')),
    ...found.filter(
      (one) => one.kind === 'remote-code' && found.some((host) => host.kind === 'network' && host.file === one.file && namesHost(host)),
    ),
    ...imported.filter((one) => one.kind === 'clipboard' || (isTelemetry(one) && /facts about the host/.test(one.detail))),
    ...(started.length > 0 ? [...started, ...calls] : []),
    ...acrossOf(imported),
    ...tokensOf(imported),
    ...imported.filter(
      (one) =>
        one.kind === 'wallet-hook' &&
        one.detail === 'a transaction' &&
        imported.some((hook) => hook.kind === 'wallet-hook' && hook.file === one.file && hook !== one),
    ),
    ...live.filter(isEncodedHost),
    ...imported.filter((one) => one.detail.endsWith(', written')),
    ...found.filter((one) => one.kind === 'credential-sent' && one.reach === 'import'),
    ...live.filter((one) => one.kind === 'script-injection' && one.detail.includes('.')),
  ];
}

/** All of the environment and a host that is written down, in a script of which only tokens are read: what goes where cannot be told. */
function tokensOf(imported: readonly Found[]): readonly Found[] {
  const read = imported.filter((one) => one.readAs === 'tokens');
  const take = read.find((one) => one.kind === 'environment');
  const send = take && read.find((one) => one.kind === 'network' && one.file === take.file && namesHost(one));
  return take && send ? [take, send] : [];
}

/** What is taken in one file and may be sent in another: several kinds of credentials, and a host that is written down. */
function acrossOf(imported: readonly Found[]): readonly Found[] {
  const takes = distinct(imported.filter((one) => one.kind === 'credential-file' || one.kind === 'browser-data' || one.kind === 'wallet-file'));
  const send = imported.find((one) => one.kind === 'network' && namesHost(one));
  return takes.length > 1 && send ? [...takes, send] : [];
}

/** Programs asked about the machine and the project. */
const harmless = /^(git|which|where|uname|sw_vers|ldd|getconf|node|npm|tput|stty|locale|reg query|sysctl)\b/;

/** What only runs when it is called, and is worth a remark. */
function waitingOf(found: readonly Found[]): readonly Found[] {
  const waiting = found.filter((one) => !isUnasked(one));
  const suspects = waiting.filter((one) => suspicious.has(one.kind));
  const hard = waiting.filter((one) => (convicting.has(one.kind) && !/^page data to /.test(one.detail) && !isSweep(one.detail)) || isBackDoor(one));
  return [...hard, ...pairOf(waiting), ...(new Set(suspects.map((one) => one.kind)).size > 1 ? suspects : [])];
}

/** Settings of a project, and names of variables: every bundle that holds a reader of settings, or looks for PATH, takes them. */
function isEverywhere({ detail }: Found): boolean {
  return detail === 'environment files' || detail === 'Object.keys(process.env)';
}

/** One that takes and one that sends, both new, in one file; what is common is held only against a host that is written down. */
function pairOf(found: readonly Found[], isCommon: (take: Found) => boolean = () => false): readonly Found[] {
  for (const take of found) {
    if (!taking.has(take.kind) || take.readAs === 'tokens') continue;
    const send = found.find(
      (one) => sending.has(one.kind) && one.file === take.file && one !== take && !/^module /.test(one.detail) && (namesHost(one) || !isCommon(take)),
    );
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

/** Nobody encodes the name of a host but to hide it; a worker carried as text encodes the modules it uses. */
function isEncodedHost(found: Capability): boolean {
  return found.kind === 'network' && found.readAs === 'decoded' && !found.detail.startsWith('module ');
}

/** Whose machine it is: no install needs to tell anybody. */
function tellsWhoWhere(found: Capability): boolean {
  return isTelemetry(found) && found.detail.includes('facts about the host');
}

/** Places through which others come back, or code comes back to life, after the install. */
function leavesOpen({ kind, detail }: Capability): boolean {
  return (
    kind === 'agent-config' ||
    kind === 'ci-config' ||
    (kind === 'persistence' && !detail.startsWith('git hook')) ||
    (kind === 'credential-file' && detail.startsWith('SSH keys'))
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
  'credential-sent': 'sends what it is given:',
  'desktop-file': 'writes',
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
  destructive: 'does harm with',
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
  const when = found.waits && found.reach !== 'bin' ? ' (when it is called)' : '';
  return `${printable(found.file, 80)}:${found.line} ${capabilityText(found)}${how}${when}`;
}
