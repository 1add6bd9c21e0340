/**
 * Some files of a repository are code that the package manager itself runs or is: .pnpmfile.cjs, yarn's own release and plug-ins,
 * bun's preloads. They rewrite what is resolved, or run on install, and hide in diffs of thousands of generated lines.
 */
import { baseName, defineRepositoryRule, type FileObservation, type FileSeen, type RepositoryFiles } from '../model/repository-rule.ts';
import { printable } from '../model/text.ts';
import { isSettingsFile, type Setting } from './read/settings.ts';
import { type SettingsChange, settingsChanges } from './read/settings-change.ts';

const hookFile = /(?:^|\/)(?:\.?pnpmfile\.(?:c|m)?js|\.npm-extension\.[^/]+|\.yarn\/(?:releases|plugins)\/.+)$/;
const hookName =
  /^(?:yarnPath|yarn-path|plugins(?:\.path|\.spec)?|preload|security\.scanner|nodeOptions|scriptShell|shell|git|pnpmfile|globalPnpmfile|configDependencies\..+|packageManager)$/;

export default defineRepositoryRule({
  meta: {
    id: 'install-hook-changed',
    family: 'pipeline',
    severity: 'high',
    summary: 'The change alters code that the package manager runs, or which package manager runs.',
    why: 'Such code decides what is resolved and runs with the rights of whoever installs, before any lockfile check can object.',
    remedy: 'Read the code, or compare it with the official release of the package manager or plug-in, by its hash.',
    references: ['pnpm .pnpmfile.cjs', 'Yarn yarnPath and plugins', 'bun preload and install.security.scanner', 'Corepack packageManager'],
    falsePositives: 'An update of the package manager. It comes seldom; compare the hash with the official one.',
    since: '0.1.0',
  },
  kind: 'change',
  reads: (path) => hookFile.test(path) || isSettingsFile(path),
  check: (files) => [...changedFiles(files), ...changedSettings(files)],
  examples: [
    {
      title: 'a pnpmfile comes in',
      before: { 'package.json': '{}' },
      now: { 'package.json': '{}', '.pnpmfile.cjs': 'module.exports = { hooks: {} }' },
      flagged: true,
    },
    {
      title: 'yarn is run from another file',
      before: { '.yarnrc.yml': 'yarnPath: .yarn/releases/yarn-4.0.0.cjs\n' },
      now: { '.yarnrc.yml': 'yarnPath: tools/yarn.cjs\n' },
      flagged: true,
    },
    {
      title: 'nothing of the kind',
      before: { '.yarnrc.yml': 'yarnPath: .yarn/releases/yarn-4.0.0.cjs\n', '.pnpmfile.cjs': 'x' },
      now: { '.yarnrc.yml': 'yarnPath: .yarn/releases/yarn-4.0.0.cjs\nnodeLinker: pnp\n', '.pnpmfile.cjs': 'x' },
      flagged: false,
    },
  ],
});

function changedFiles({ now, before }: RepositoryFiles): readonly FileObservation[] {
  return [...now]
    .filter(([file, text]) => hookFile.test(file) && before?.get(file) !== text)
    .map(([file]) => ({
      file,
      message: before?.has(file) ? 'code that the package manager runs is altered' : 'code comes in that the package manager runs',
      confidence: 'high' as const,
      facts: { file: printable(baseName(file)) },
    }));
}

function changedSettings(files: RepositoryFiles): readonly FileSeen[] {
  const settings: RepositoryFiles = { ...files, now: onlySettings(files.now), before: onlySettings(files.before ?? new Map()) };
  return settingsChanges(settings).flatMap((change): readonly FileSeen[] => ('untold' in change ? [change] : observations(change)));
}

function onlySettings(texts: RepositoryFiles['now']): RepositoryFiles['now'] {
  return new Map([...texts].filter(([path]) => isSettingsFile(path)));
}

function observations({ before, now, file }: SettingsChange): readonly FileObservation[] {
  const held = new Set(before.map(mark));
  return now
    .filter((setting) => hookName.test(setting.name) && !held.has(mark(setting)))
    .map((setting) => ({
      file,
      line: setting.line,
      column: setting.column,
      message: `${printable(setting.path.join('.'), 100)} becomes ${printable(String(setting.plain), 100)}`,
      confidence: 'high' as const,
      facts: { setting: printable(setting.path.join('.'), 100), to: printable(String(setting.plain)), ...earlier(setting, before) },
    }));
}

function earlier(setting: Setting, before: readonly Setting[]): { readonly from?: string } {
  const old = setting.inList ? undefined : before.findLast((each) => each.name === setting.name);
  return old ? { from: printable(String(old.plain)) } : {};
}

function mark({ name, plain }: Setting): string {
  return `${name}\n${plain}`;
}
