/** Of the attacks of the last years nearly all were found within days; a waiting time would have kept them out (see release-age). Every client but yarn 1 has one by now. */
import { baseName, defineRepositoryRule, type FileFix, type FileSeen, type FileTexts } from '../model/repository-rule.ts';
import { day } from '../model/time.ts';
import { clientText, isAtLeast, type Project, projectsIn, settingOf, tellsOfProjects, toldOnce } from './read/installs.ts';
import { readJson } from './read/json.ts';
import { isExample } from './read/paths.ts';
import { at, entriesOf, itemsOf, stringOf, type Value } from './read/value.ts';
import { baseOfAge, daysIn } from './read/waiting-time.ts';
import { readYaml } from './read/yaml.ts';

const bots = /(?:^|\/)(?:renovate\.json|\.renovaterc(?:\.json)?)$|^\.github\/dependabot\.ya?ml$/;

export default defineRepositoryRule({
  meta: {
    id: 'cooldown-missing',
    family: 'pipeline',
    severity: 'medium',
    summary: 'Nothing keeps versions out that were published a moment ago, or less than wanted.',
    why: 'The client takes whatever is newest. Bad versions mostly live for hours; whoever waits some days never meets them.',
    remedy:
      'npm 11.10+: min-release-age=3 (days). pnpm: minimumReleaseAge: 4320 (minutes). yarn 4.10+: npmMinimalAgeGate: 3d. bun: minimumReleaseAge = 259200 (seconds). Set the same in renovate or dependabot.',
    references: [
      'chalk and debug 2025',
      'npm docs: min-release-age',
      'pnpm docs: minimumReleaseAge',
      'yarn docs: npmMinimalAgeGate',
      'bun docs: install.minimumReleaseAge',
      'zizmor: dependabot-cooldown',
    ],
    falsePositives:
      'A waiting time set outside of the repository, or kept by the registry (depward proxy). Frozen installs do not ask for it: that is what depward gate is for.',
    since: '0.1.0',
  },
  kind: 'state',
  options: { days: { type: 'number', default: 1, min: 0, max: 365, about: 'waiting time wanted, in days' } },
  reads: (path) => tellsOfProjects(path) || bots.test(path),
  check({ now, paths }, { options }) {
    const { projects, untold } = projectsIn(now, paths);
    return [...untold, ...toldOnce(projects.flatMap((project) => inProject(project, options.days))), ...inBots(now, options.days)];
  },
  examples: [
    { title: 'npm without', now: { 'package.json': '{"packageManager": "npm@11.12.0"}', 'package-lock.json': '{}' }, flagged: true },
    { title: 'pnpm’s own switched off', now: { 'pnpm-lock.yaml': '', 'pnpm-workspace.yaml': 'minimumReleaseAge: 0\n' }, flagged: true },
    { title: 'three days', now: { 'package-lock.json': '{}', '.npmrc': 'min-release-age=3\n' }, flagged: false },
    { title: 'pnpm 11 waits by itself', now: { 'package.json': '{"packageManager": "pnpm@11.2.0"}', 'pnpm-lock.yaml': '' }, flagged: false },
  ],
});

function inProject(project: Project, days: number): readonly FileSeen[] {
  const setting = settingOf(project, 'minReleaseAge', 'minimumReleaseAge', 'npmMinimalAgeGate');
  const everyone = project.settings.find(
    ({ name, plain, inList }) =>
      inList && /^(?:minReleaseAgeExclude|minimumReleaseAgeExcludes?|npmPreapprovedPackages)$/.test(name) && /^\*+$/.test(String(plain)),
  );
  if (everyone)
    return [
      seen(everyone.file, everyone.line, `"${everyone.path.join('.')}" exempts every package from waiting`, { setting: everyone.path.join('.') }),
    ];
  if (!setting) return waitsByItself(project) ? [] : [absent(project)];
  const waits = daysIn(setting.plain, baseOfAge(setting.file, setting.name));
  if (waits === undefined || waits >= days) return [];
  const name = setting.path.join('.');
  return [
    seen(setting.file, setting.line, waits === 0 ? `"${name}" is off` : `"${name}" waits less than ${days} days`, {
      setting: name,
      value: String(setting.plain),
    }),
  ];
}

/** Clients with a waiting time of their own, and those that have none to set. */
function waitsByItself({ client }: Project): boolean {
  switch (client.manager) {
    case 'npm':
      return false;
    case 'pnpm':
      return isAtLeast(client, 11) ?? true;
    case 'yarn':
      return isAtLeast(client, 4, 10) ?? true;
    case 'bun':
      return false;
  }
}

function absent(project: Project): FileSeen {
  const { client, lockfile } = project;
  const none = client.manager === 'yarn' && isAtLeast(client, 4, 10) === false;
  return {
    file: lockfile,
    message: none ? `${clientText(client)} has no waiting time for new versions` : `${clientText(client)} takes versions published a moment ago`,
    confidence: client.major === undefined ? 'medium' : 'high',
    ...fixFor(project),
    about: 'waiting time',
    facts: { client: clientText(client), told: client.told },
  };
}

/** A line for the client's own settings, where its version is known to have one. */
function fixFor({ client, folder }: Project): { readonly fix?: FileFix } {
  const append = (name: string, line: string) => ({ fix: { kind: 'append' as const, file: folder + name, lines: [line] } });
  if (client.manager === 'npm' && isAtLeast(client, 11, 10)) return append('.npmrc', 'min-release-age=3');
  if (client.manager === 'pnpm' && isAtLeast(client, 10, 16)) return append('pnpm-workspace.yaml', 'minimumReleaseAge: 4320');
  return {};
}

function inBots(texts: FileTexts, days: number): readonly FileSeen[] {
  return [...texts].flatMap(([file, text]): readonly FileSeen[] => {
    if (!bots.test(file) || isExample(file)) return [];
    const document = /\.ya?ml$/.test(file) ? readYaml(text) : readJson(text);
    if ('untold' in document) return [{ file, ...document }];
    return waitsOf(baseName(file), document)
      .filter(({ waits }) => waits !== undefined && waits < days)
      .map(({ line, name, value }) => seen(file, line, `"${name}" waits less than ${days} days`, { setting: name, value }));
  });
}

interface Wait {
  readonly name: string;
  readonly value: string;
  readonly waits: number | undefined;
  readonly line: number;
}

function waitsOf(name: string, document: Value): readonly Wait[] {
  const found = name.startsWith('dependabot')
    ? itemsOf(at(document, 'updates'))
        .filter((update) => /^(?:npm|bun)$/.test(stringOf(at(update, 'package-ecosystem')) ?? ''))
        .map((update) => ['default-days', at(update, 'cooldown', 'default-days')] as const)
    : entriesOf(document).filter(([key]) => key === 'minimumReleaseAge' || key === 'stabilityDays');
  return found.flatMap(([key, value]) =>
    value?.kind === 'plain' ? [{ name: key, value: String(value.plain), waits: daysIn(value.plain, day), line: value.place.line }] : [],
  );
}

function seen(file: string, line: number, message: string, facts: Readonly<Record<string, string>>): FileSeen {
  return { file, line, message, confidence: 'high', facts };
}
