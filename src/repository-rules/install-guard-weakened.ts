/**
 * Package managers have guards of their own: scripts off, waiting times, no git sources, pinned certificates. Each can be switched
 * off in one line of the repository, in the same pull request that brings the package they would have stopped.
 */
import { defineRepositoryRule, type FileObservation, type FileSeen } from '../model/repository-rule.ts';
import { printable } from '../model/text.ts';
import { isSettingsFile, type Setting } from './read/settings.ts';
import { lastOf, type SettingsChange, settingsChanges } from './read/settings-change.ts';

/** Settings with one safe value. */
const safeValues: ReadonlyMap<string, string> = new Map([
  ...['ignoreScripts', 'strictAllowScripts', 'strictDepBuilds', '--install.ignore-scripts'].map((name) => [name, 'true'] as const),
  ...['strictSsl', 'strict-ssl', 'enableStrictSsl', 'verifyStoreIntegrity', 'enableHardenedMode'].map((name) => [name, 'true'] as const),
  ...['packageLock', 'lockfile', 'frozenLockfile', 'enableImmutableInstalls', 'preferFrozenLockfile'].map((name) => [name, 'true'] as const),
  ...['blockExoticSubdeps', 'minimumReleaseAgeStrict'].map((name) => [name, 'true'] as const),
  ...['dangerouslyAllowAllScripts', 'dangerouslyAllowAllBuilds', 'minimumReleaseAgeIgnoreMissingTime'].map((name) => [name, 'false'] as const),
  ['enableScripts', 'false'],
  ['trustPolicy', 'no-downgrade'],
  ['checksumBehavior', 'throw'],
  ...['allowGit', 'allowRemote', 'allowFile', 'allowDirectory'].map((name) => [name, 'none'] as const),
]);

/** Settings that guard the more the greater they are: waiting times. */
const waitingTimes: ReadonlySet<string> = new Set(['minReleaseAge', 'minimumReleaseAge', 'npmMinimalAgeGate']);

/** Lists that let more through with each entry. */
const allowances: readonly (readonly [form: RegExp, what: string])[] = [
  [/^(?:onlyBuiltDependencies|trustedDependencies)$/, 'may run install scripts'],
  [/^(?:allowBuilds|allowScripts)\.(?<package>.+)$/, 'may run install scripts'],
  [/^dependenciesMeta\.(?<package>.+)\.built$/, 'may run install scripts'],
  [/^(?:minReleaseAgeExclude|minimumReleaseAgeExcludes?|npmPreapprovedPackages)$/, 'need not wait any more'],
  [/^trustPolicyExclude$/, 'need not keep its provenance'],
  [/^(?:unsafeHttpWhitelist)$/, 'is spoken to without encryption'],
];

export default defineRepositoryRule({
  meta: {
    id: 'install-guard-weakened',
    family: 'pipeline',
    severity: 'high',
    summary: 'The change weakens a guard of the package manager.',
    why: 'Scripts switched on, a waiting time shortened or a package exempted let something through from the next install on that the repository kept out so far.',
    remedy: 'Undo it, or let somebody answer for it who knows what comes through now. Exempt one exact version rather than a name.',
    references: [
      'npm ignore-scripts, allow-git, min-release-age',
      'pnpm minimumReleaseAge, onlyBuiltDependencies, trustPolicy',
      'Yarn npmMinimalAgeGate, enableScripts',
    ],
    falsePositives: 'A native package that does need its build. Its name in the list is the right way, and worth one look.',
    since: '0.1.0',
  },
  kind: 'change',
  reads: isSettingsFile,
  check: (files) => settingsChanges(files).flatMap((change): readonly FileSeen[] => ('untold' in change ? [change] : observations(change))),
  examples: [
    {
      title: 'scripts are switched on',
      before: { '.npmrc': 'ignore-scripts=true\n' },
      now: { '.npmrc': 'ignore-scripts=false\n' },
      flagged: true,
    },
    {
      title: 'one more package may run scripts',
      before: { 'pnpm-workspace.yaml': 'onlyBuiltDependencies:\n  - esbuild\n' },
      now: { 'pnpm-workspace.yaml': 'onlyBuiltDependencies:\n  - esbuild\n  - left-pad\n' },
      flagged: true,
    },
    {
      title: 'the waiting time is shortened',
      before: { 'bunfig.toml': '[install]\nminimumReleaseAge = 259200\n' },
      now: { 'bunfig.toml': '[install]\nminimumReleaseAge = 60\n' },
      flagged: true,
    },
    {
      title: 'guards are set up',
      before: { '.npmrc': 'min-release-age=1\n' },
      now: { '.npmrc': 'ignore-scripts=true\nmin-release-age=3\n', 'pnpm-workspace.yaml': 'allowBuilds:\n  esbuild: false\n' },
      flagged: false,
    },
  ],
});

function observations(change: SettingsChange): readonly FileObservation[] {
  const names = new Set([...change.now, ...change.before].filter((setting) => !setting.inList).map((setting) => setting.name));
  const flags = [...names].flatMap((name) => (safeValues.has(name) ? switched(name, change) : waitingTimes.has(name) ? shortened(name, change) : []));
  return [...flags, ...allowed(change)];
}

function switched(name: string, { file, before, now }: SettingsChange): readonly FileObservation[] {
  const safe = safeValues.get(name) ?? '';
  const [old, next] = [lastOf(before, name), lastOf(now, name)];
  if (next && String(next.plain) !== safe && String(next.plain) !== String(old?.plain))
    return [said(file, next, `sets ${key(next)} to ${text(next)}`, old)];
  return old && !next && String(old.plain) === safe ? [said(file, undefined, `no longer sets ${key(old)} to ${text(old)}`, old)] : [];
}

function shortened(name: string, { file, before, now }: SettingsChange): readonly FileObservation[] {
  const [old, next] = [lastOf(before, name), lastOf(now, name)];
  if (next && lengthOf(next) < (old ? lengthOf(old) : 1))
    return [said(file, next, old ? `shortens ${key(next)} to ${text(next)}` : `switches ${key(next)} off`, old)];
  return old && !next && lengthOf(old) > 0 ? [said(file, undefined, `no longer sets ${key(old)}`, old)] : [];
}

// Yarn writes `3d`; within one file the unit stays the same otherwise. What is no number is no waiting time.
function lengthOf({ plain }: Setting): number {
  const { count, unit } = /^(?<count>\d+(?:\.\d+)?)\s*(?<unit>[smhdw]?)/.exec(String(plain))?.groups ?? {};
  const factor = new Map([
    ['s', 1 / 60],
    ['h', 60],
    ['d', 1440],
    ['w', 10_080],
  ]).get(unit ?? '');
  return Number(count ?? 0) * (factor ?? 1);
}

function allowed({ file, before, now }: SettingsChange): readonly FileObservation[] {
  const held = new Set(before.flatMap(allowanceOf).map(({ mark }) => mark));
  return now.flatMap((setting) =>
    allowanceOf(setting).flatMap(({ mark, who, what }) => (held.has(mark) ? [] : [said(file, setting, `${printable(who, 80)} ${what}`)])),
  );
}

function allowanceOf(setting: Setting): readonly { readonly mark: string; readonly who: string; readonly what: string }[] {
  for (const [form, what] of allowances) {
    const found = form.exec(setting.name);
    if (!found) continue;
    const inKey = found.groups?.package;
    if (inKey !== undefined && setting.plain !== true) return [];
    const who = inKey ?? String(setting.plain);
    return [{ mark: `${what}\n${who}`, who, what }];
  }
  return [];
}

function said(file: string, at: Setting | undefined, message: string, earlier?: Setting): FileObservation {
  const setting = at ?? earlier;
  const facts = { ...(setting && { setting: key(setting) }), ...(at && { to: text(at) }), ...(earlier && { from: text(earlier) }) };
  return { file, ...(at && { line: at.line, column: at.column }), message, confidence: 'high', facts };
}

function key(setting: Setting): string {
  return printable(setting.path.join('.'), 100);
}

function text(setting: Setting): string {
  return printable(String(setting.plain), 100);
}
