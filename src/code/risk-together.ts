/** What capabilities mean together: what is taken and sent, replaced and used, fetched and started. Pure. */
import {
  changesOthers,
  type Found,
  homeSwept,
  isBackDoor,
  isEncodedHost,
  isFromWasm,
  isMemoryRead,
  isSentHidden,
  isSweep,
  isTelemetry,
  isUnasked,
  isUnnoticed,
  namesHost,
  sending,
  taking,
} from './risk-signs.ts';

/** A workflow that takes all secrets, where workflows are written. */
function takesSecrets({ detail, file }: Found, found: readonly Found[]): boolean {
  return detail.startsWith('workflow ') && found.some((one) => one.kind === 'ci-config' && one.file === file && one.detail.endsWith(', written'));
}

/** What leaves the machine. Credentials that a function sends when it is called are what clients of services are for. */
export function flowsOf(found: readonly Found[]): readonly Found[] {
  return found.filter((one) => {
    if (one.kind === 'dns-exfiltration' || isUnnoticed(one) || isSentHidden(one) || isFromWasm(one)) return true;
    if (one.detail.startsWith('hidden copy of mail') || one.detail.endsWith(', one of its own written')) return true;
    if (one.kind === 'secret-scanner') return takesSecrets(one, found);
    // Tools publish when they are started; a library that is loaded has nothing to publish.
    if (one.kind === 'self-publish') return one.reach === 'import' && isUnasked(one) && one.detail.endsWith(' publish');
    if (one.kind === 'desktop-file' || isBackDoor(one) || changesOthers(one) || isMemoryRead(one)) return one.reach === 'import' && isUnasked(one);
    if (one.kind !== 'exfiltration' || isTelemetry(one)) return false;
    if (one.detail.endsWith(' unnoticed')) return true;
    return (
      isUnasked(one) || /the environment|browser data|wallet files|the clipboard/.test(one.detail) || /key material.* to (?!a host$)/.test(one.detail)
    );
  });
}

/** Functions of the page or of a module replaced, together with what makes use of it. */
export function hooksOf(live: readonly Found[]): readonly Found[] {
  const hooks = live.filter((one) => one.kind === 'wallet-hook' || one.kind === 'page-hook' || one.kind === 'address-table');
  const table = hooks.find((one) => one.kind === 'address-table');
  const copied = live.find((one) => one.kind === 'clipboard' && one.file === table?.file);
  if (copied && table) return [copied, table];
  if (new Set(hooks.map((one) => one.kind)).size > 1) return hooks;
  const hook = hooks.find((one) => one.kind === 'page-hook');
  const send = hook && live.find((one) => one.kind === 'network' && one.file === hook.file && namesHost(one));
  return hook && send ? [hook, send] : [];
}

/** The loop of colors 2022. */
const endlessLoop = 'a loop without end';

/** Commands throw away what they kept in the home folder: old logs, caches. */
function isTidying({ reach, detail }: Found): boolean {
  return reach === 'bin' && detail === homeSwept;
}

/** What few honest packages do, most of it only where nobody asked for it. */
export function strangeOf(found: readonly Found[], live: readonly Found[], runs: readonly Found[]): readonly Found[] {
  const imported = live.filter((one) => one.reach === 'import');
  const calls = imported.filter((one) => one.kind === 'network' && !/^module /.test(one.detail));
  const starts = imported.filter((one) => one.kind === 'process' && !/^module /.test(one.detail) && !harmless.test(one.detail));
  const started = starts.filter((one) => calls.some((call) => call.file === one.file));
  return [
    ...found.filter((one) => one.kind === 'destructive' && !isSweep(one.detail) && !isTidying(one) && !(one.waits && one.detail === endlessLoop)),
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
    ...found.filter(isMemoryRead),
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

/** One that takes and one that sends, both new, in one file; what is common is held only against a host that is written down. */
export function pairOf(found: readonly Found[], isCommon: (take: Found) => boolean = () => false): readonly Found[] {
  for (const take of found) {
    if (!taking.has(take.kind) || take.readAs === 'tokens') continue;
    const send = found.find(
      (one) =>
        sending.has(one.kind) &&
        one.file === take.file &&
        one !== take &&
        !/^module /.test(one.detail) &&
        (namesHost(one) || !isCommon(take)) &&
        !isHome(take, one),
    );
    if (send && take.kind !== 'page-data' && take.kind !== 'clipboard') return [take, send];
  }
  return [];
}

/** Commands that are started on purpose use the account somebody has at a service, at that service. */
function isHome(take: Found, send: Found): boolean {
  return take.reach === 'bin' && /^gh auth\b/.test(take.detail) && /^(?:[\w-]+\.)?github\.com$/.test(send.detail);
}

/** One of each kind and detail, the strongest first. */
export function distinct(found: readonly Found[]): readonly Found[] {
  const seen = new Map<string, Found>();
  for (const one of found) if (!seen.has(`${one.kind} ${one.detail}`)) seen.set(`${one.kind} ${one.detail}`, one);
  return [...seen.values()].slice(0, 12);
}
