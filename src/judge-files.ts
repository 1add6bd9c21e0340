/** Runs the repository rules over files: findings and gaps for the engine. No I/O of its own. */
import { differingLines } from './model/differing-lines.ts';
import type { Facts, Finding, Gap, Observation } from './model/finding.ts';
import type { Policy } from './model/policy.ts';
import { pathsOf } from './model/repository-paths.ts';
import type {
  FileFix,
  FileObservation,
  FileSeen,
  FileTexts,
  FileUntold,
  Following,
  JudgingRepositoryRule,
  RepositoryFiles,
} from './model/repository-rule.ts';
import { defaultOptions } from './model/rule.ts';
import { withoutSecrets, withoutShaped } from './model/secrets.ts';
import type { Instant } from './model/time.ts';
import { settingFor } from './policy/decide.ts';

/** What a door knows of the repository. */
export interface FileEvaluation {
  readonly rules: readonly JudgingRepositoryRule[];
  readonly files: RepositoryFiles;
  readonly policy: Policy;
  readonly now: Instant;
  /** Files that some rule asked for and nobody could read. */
  readonly untold?: readonly FileUntold[];
}

/** What goes into the engine's evaluation. */
export interface JudgedFiles {
  readonly fileFindings: readonly Finding[];
  readonly fileGaps: readonly Gap[];
  /** Corrections that rules offer, each with the finding it would end. */
  readonly fixes: readonly { readonly finding: Finding; readonly fix: FileFix }[];
  /** Values that no output may repeat. */
  readonly secrets: ReadonlySet<string>;
  /** True when a rule asked for the time: the next minute it may say something else. */
  readonly tellsTime: boolean;
}

/** A test whether any rule that is on wants the text of a file: what a door has to read. */
export function fileFilter(rules: readonly JudgingRepositoryRule[], policy: Policy): (path: string) => boolean {
  const on = rules.filter((rule) => isOn(rule, policy));
  return (path) => on.some((rule) => rule.reads(path));
}

/** The same for files that are read only where others call them. */
export function followFilter(rules: readonly JudgingRepositoryRule[], policy: Policy): (path: string) => boolean {
  const following = followings(rules, policy);
  return (path) => following.some(({ mayCall }) => mayCall(path));
}

/** Files that are called and that nobody has tried to read yet. What was called may call more. */
export function calledNext({ rules, policy, files }: Pick<FileEvaluation, 'rules' | 'policy' | 'files'>, tried: Set<string>): readonly string[] {
  const called = followings(rules, policy).flatMap(({ calledIn }) => [...calledIn(files.now, files.paths)]);
  const next = [...new Set(called)].filter((path) => !tried.has(path));
  for (const path of next) tried.add(path);
  return next;
}

function followings(rules: readonly JudgingRepositoryRule[], policy: Policy): readonly Following[] {
  return [...new Set(rules.flatMap((rule) => (rule.follows && isOn(rule, policy) ? [rule.follows] : [])))];
}

/** Every finding of the rules that are on, in the order of rules and files. */
export function judgeFiles(input: FileEvaluation): JudgedFiles {
  const observed: { readonly rule: JudgingRepositoryRule; readonly seen: FileObservation }[] = [];
  const untold = new Map<string, { readonly seen: FileUntold; readonly ruleIds: string[] }>();
  const clock = watched(input.now);
  for (const rule of input.rules.filter((each) => isOn(each, input.policy))) {
    for (const seen of input.untold ?? []) if (isShown(rule, seen.file)) noteUntold(untold, seen, rule.meta.id);
    const told = new Set<string>();
    for (const seen of observations(rule, input, clock.time)) {
      if ('untold' in seen) noteUntold(untold, seen, rule.meta.id);
      else if (isNew(told, seen)) observed.push({ rule, seen });
    }
  }
  const secrets = new Set(observed.flatMap(({ seen }) => seen.secret ?? []));
  const found = observed.map(({ rule, seen }) => ({ finding: findingOf(seen, rule, secrets), fix: seen.fix }));
  return {
    fileFindings: found.map(({ finding }) => finding),
    fileGaps: [...untold.values()].map(gapOf),
    fixes: found.flatMap(({ finding, fix }) => (fix ? [{ finding, fix }] : [])),
    secrets,
    tellsTime: clock.asked(),
  };
}

/** A line that many jobs have from one place is spoken of once. */
function isNew(told: Set<string>, { file, line, message, fingerprint }: FileObservation): boolean {
  const key = `${file}:${line} ${fingerprint} ${message}`;
  return !told.has(key) && told.add(key) !== undefined;
}

/** The time, and whether anybody asked for it. */
function watched(now: Instant): { readonly time: () => Instant; asked(): boolean } {
  let asked = false;
  return {
    time: () => {
      asked = true;
      return now;
    },
    asked: () => asked,
  };
}

function isOn(rule: JudgingRepositoryRule, policy: Policy): boolean {
  return (settingFor(policy, rule.meta.id, undefined)?.level ?? 'off') !== 'off';
}

function isShown(rule: JudgingRepositoryRule, path: string): boolean {
  return rule.reads(path) || rule.follows?.mayCall(path) === true;
}

function observations(rule: JudgingRepositoryRule, { files, policy, now }: FileEvaluation, time: () => Instant): readonly FileSeen[] {
  const { before } = files;
  if (rule.kind === 'change' && !before) return [];
  const shown = (texts: FileTexts) => new Map([...texts].filter(([path]) => isShown(rule, path)));
  const [after, earlier] = [shown(files.now), before && shown(before)];
  // The state it looks at is the same before and after: whatever it says of it is not the change's.
  if (rule.kind === 'state' && before && earlier && samePaths(files) && sameTexts(after, earlier)) return [];
  const context = {
    options: { ...defaultOptions(rule.options), ...settingFor(policy, rule.meta.id, undefined)?.options },
    get now() {
      // A rule that is shown nothing has nothing to say at any time.
      return after.size + (earlier?.size ?? 0) > 0 ? time() : now;
    },
  };
  const brief = before && earlier && briefly(rule, after, earlier);
  if (brief) {
    const told = rule.check({ ...files, ...brief }, context);
    const old = rule.check({ now: brief.before, paths: files.pathsBefore ?? pathsOf(before.keys()) }, context);
    if (![...told, ...old].some(({ file }) => brief.shortened.has(file))) return newOnes(told, old);
  }
  const seen = rule.check({ ...files, now: after, ...(earlier && { before: earlier }) }, context);
  if (rule.kind === 'change' || !before || seen.length === 0) return seen;
  // In a change a rule on states speaks of what the change brings in; what stood there before is the doctor's.
  return newOnes(seen, rule.check({ now: earlier ?? new Map(), paths: files.pathsBefore ?? pathsOf(before.keys()) }, context));
}

function newOnes(seen: readonly FileSeen[], old: readonly FileSeen[]): readonly FileSeen[] {
  const known = new Set(old.map(identity));
  return seen.filter((each) => !known.has(identity(each)));
}

/** Long files cut down to the lines that differ, for a rule on states that goes by lines. */
function briefly({ kind, byLine }: JudgingRepositoryRule, now: FileTexts, before: FileTexts) {
  if (kind !== 'state' || !byLine) return undefined;
  const [shortNow, shortBefore, shortened] = [new Map(now), new Map(before), new Set<string>()];
  for (const [file, text] of now) {
    const old = before.get(file);
    const cut = old !== undefined && byLine(file) ? differing(file, old, text) : undefined;
    if (!cut) continue;
    shortened.add(file);
    shortBefore.set(file, cut[0]);
    shortNow.set(file, cut[1]);
  }
  return shortened.size === 0 ? undefined : { now: shortNow, before: shortBefore, shortened };
}

/** The last answer serves the next rule. */
let cut: { readonly file: string; readonly before: string; readonly now: string; readonly lines: ReturnType<typeof differingLines> } | undefined;

function differing(file: string, before: string, now: string): ReturnType<typeof differingLines> {
  if (cut?.file !== file || cut.before !== before || cut.now !== now) cut = { file, before, now, lines: differingLines(before, now) };
  return cut.lines;
}

/** True where the change brings no path and takes none away. */
function samePaths({ paths, pathsBefore, changed }: RepositoryFiles): boolean {
  return pathsBefore !== undefined && changed !== undefined && [...changed].every((path) => paths.has(path) === pathsBefore.has(path));
}

function sameTexts(now: FileTexts, before: FileTexts): boolean {
  return now.size === before.size && [...now].every(([path, text]) => before.get(path) === text);
}

// Lines move; the same words about the same file are the same finding.
function identity(seen: FileSeen): string {
  if ('untold' in seen) return `${seen.file}\n${seen.untold}`;
  return `${seen.file}\n${seen.about ?? `${seen.message}\n${JSON.stringify(seen.facts)}`}`;
}

function findingOf(seen: FileObservation, rule: JudgingRepositoryRule, secrets: ReadonlySet<string>): Finding {
  const { file, line, column, fingerprint, about: _about, fix: _fix, secret: _secret, ...observation } = seen;
  const subject = {
    kind: 'file' as const,
    file: withoutShaped(file),
    ...(line !== undefined && { line }),
    ...(column !== undefined && { column }),
    ...(fingerprint !== undefined && { fingerprint }),
  };
  return { ...observation, ...withoutSecretsIn(observation, secrets), ruleId: rule.meta.id, severity: rule.meta.severity, subject, path: [] };
}

/** Rules quote what they read, and anything read may hold a credential: none leaves here. */
export function withoutSecretsIn(
  { message, facts, remedy }: Observation,
  secrets: ReadonlySet<string>,
): Pick<Observation, 'message' | 'facts' | 'remedy'> {
  const safe = (text: string) => withoutSecrets(text, secrets);
  const fact = (value: Facts[string]) => (typeof value === 'string' ? safe(value) : Array.isArray(value) ? value.map(safe) : value);
  return {
    message: safe(message),
    facts: Object.fromEntries(Object.entries(facts).map(([key, value]) => [key, fact(value)])),
    ...(remedy !== undefined && { remedy: safe(remedy) }),
  };
}

function noteUntold(untold: Map<string, { readonly seen: FileUntold; readonly ruleIds: string[] }>, seen: FileUntold, ruleId: string): void {
  const held = untold.get(identity(seen)) ?? { seen, ruleIds: [] };
  held.ruleIds.push(ruleId);
  untold.set(identity(seen), held);
}

function gapOf({ seen, ruleIds }: { readonly seen: FileUntold; readonly ruleIds: readonly string[] }): Gap {
  return { subject: { kind: 'file', file: withoutShaped(seen.file) }, missing: 'file', why: 'failed', reason: seen.untold, ruleIds };
}
