/** How bad what a release newly does is: by installing it, by importing it, since its first release. Pure. */
import {
  convicting,
  deploying,
  type Found,
  isBackDoor,
  isEncodedHost,
  isEverywhere,
  isGlobalInstall,
  isMachineCode,
  isMemoryRead,
  isName,
  isNewsInWords,
  isPlace,
  isSentHidden,
  isSweep,
  isTelemetry,
  isUnasked,
  isUnnoticed,
  leavesOpen,
  running,
  sending,
  suspicious,
  tellsWhoWhere,
} from './risk-signs.ts';
import { distinct, flowsOf, hooksOf, pairOf, strangeOf } from './risk-together.ts';

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
  const convict = found.filter((one) => (convicting.has(one.kind) && !isTelemetry(one)) || one.kind === 'desktop-file' || isMemoryRead(one));
  const pair = pairOf(found);
  if (convict.length + pair.length > 0) return { grade: 'convicts', because: distinct([...convict, ...pair]) };
  const suspects = distinct([
    ...found.filter((one) => suspicious.has(one.kind)),
    ...found.filter(isTelemetry),
    ...found.filter(isGlobalInstall),
    ...found.filter(isMachineCode),
    ...found.filter(isEncodedHost),
    ...found.filter((one) => isUnnoticed(one) || isSentHidden(one)),
  ]);
  const kindsSeen = new Set(suspects.map((one) => one.kind));
  const strange = kindsSeen.size > 1 || suspects.some((one) => isMachineCode(one) || isEncodedHost(one) || tellsWhoWhere(one) || leavesOpen(one));
  return { grade: strange ? 'suspicious' : suspects.length > 0 ? 'weak' : 'none', because: suspects };
}

/** Weighs what runs by importing the package, by starting its commands, or only when somebody calls it. */
export function importRisk(capabilities: readonly Found[]): Risk {
  const news = capabilities.filter((one) => (one.reach === 'import' || one.reach === 'bin') && one.novelty !== 'old');
  const found = news.filter((one) => one.novelty === 'kind' || isNewsInWords(one));
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
    ...pairOf(
      news.filter((one) => isUnasked(one) && (isPlace(one) || sending.has(one.kind))),
      isEverywhere,
    ),
    ...runs.filter((one) => one.readAs === 'decoded'),
    ...together,
  ];
  if (convict.length > 0) return { grade: 'convicts', because: distinct(convict) };
  const strange = strangeOf(found, live, runs);
  const many = new Set(rest.map((one) => one.kind)).size > 2 + Number(onlySettings(rest, found));
  if (strange.length > 0 || (many && !onlyNames(capabilities)))
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

/** Settings of a project, where nothing is sent: what sets up projects writes. */
function onlySettings(rest: readonly Found[], found: readonly Found[]): boolean {
  return (
    rest.every(({ kind, detail }) => kind === 'ci-config' || kind === 'agent-config' || / configuration$/.test(detail)) &&
    !found.some((one) => sending.has(one.kind))
  );
}

/** Places and words by their names, where nothing new could make use of them: lists of what to look for. */
function onlyNames(capabilities: readonly Found[]): boolean {
  return capabilities.every((one) => one.reach === 'shipped' || isName(one));
}

/** What is worth a remark by itself. Of commands that are started on purpose, and of tables of addresses, only together with more. */
function restOf(live: readonly Found[]): readonly Found[] {
  const hard = live.filter((one) => convicting.has(one.kind) && !(one.reach === 'bin' && (isTelemetry(one) || isSweep(one.detail))));
  const soft = live.filter((one) => suspicious.has(one.kind));
  const alone = hard.length === 0 && new Set(soft.map((one) => one.kind)).size === 1;
  return distinct([...hard, ...(alone ? soft.filter((one) => one.reach === 'import' && one.kind !== 'address-table') : soft)]);
}

/** What only runs when it is called, and is worth a remark. */
function waitingOf(found: readonly Found[]): readonly Found[] {
  const waiting = found.filter((one) => !isUnasked(one));
  const suspects = waiting.filter((one) => suspicious.has(one.kind));
  const hard = waiting.filter((one) => (convicting.has(one.kind) && !/^page data to /.test(one.detail) && !isSweep(one.detail)) || isBackDoor(one));
  return [...hard, ...pairOf(waiting), ...(new Set(suspects.map((one) => one.kind)).size > 1 ? suspects : [])];
}
