/**
 * Whoever decides where packages are fetched decides what they are. One line of .npmrc in a pull request sends every later install
 * to another host (dependency confusion, Birsan 2021, needed no more than a registry that answers for a name).
 */
import { defineRepositoryRule, type FileObservation, type FileSeen } from '../model/repository-rule.ts';
import { printable } from '../model/text.ts';
import { isSettingsFile, type Setting } from './read/settings.ts';
import { type SettingsChange, settingsChanges } from './read/settings-change.ts';

const registryNames = [
  /^registry(?:\.url)?$/,
  /^@[^:]+:registry$/,
  /^registries\./,
  /^scopes\.[^.]+(?:\.url)?$/,
  /^npmRegistryServer$/,
  /^npmScopes\.[^.]+\.npmRegistryServer$/,
];
const routeNames = /^(?:proxy|httpProxy|httpsProxy|cafile|ca|caFilePath|httpsCaFilePath|cert|replaceRegistryHost)$/;

export default defineRepositoryRule({
  meta: {
    id: 'registry-redirected',
    family: 'pipeline',
    severity: 'critical',
    summary: 'The change alters where packages are fetched from.',
    why: 'A registry named in the repository serves whatever it likes under every name, to every developer and to CI, from the next install on. A proxy or a certificate named there can do the same on the way.',
    remedy:
      'Ask who runs that host. If it is your own, let somebody who looks after it agree, and waive this finding; if nobody knows it, undo the line.',
    references: ['npm registry configuration', 'Birsan, Dependency Confusion (2021)'],
    falsePositives: 'A company that moves to another registry. It happens once; a waiver with an end date covers it.',
    since: '0.1.0',
  },
  kind: 'change',
  reads: isSettingsFile,
  check: (files) => settingsChanges(files).flatMap((change): readonly FileSeen[] => ('untold' in change ? [change] : observations(change))),
  examples: [
    {
      title: 'another registry for everything',
      before: { '.npmrc': 'save-exact=true\n' },
      now: { '.npmrc': 'save-exact=true\nregistry=https://mirror.example/\n' },
      flagged: true,
    },
    {
      title: 'another host for one scope, in yarn’s words',
      before: { '.yarnrc.yml': 'npmScopes:\n  acme:\n    npmRegistryServer: https://npm.acme.example\n' },
      now: { '.yarnrc.yml': 'npmScopes:\n  acme:\n    npmRegistryServer: https://npm.acme-cdn.example\n' },
      flagged: true,
    },
    {
      title: 'a comment and another setting',
      before: { '.npmrc': 'registry=https://npm.acme.example/\n' },
      now: { '.npmrc': '; ours\nregistry=https://npm.acme.example/\nfund=false\n' },
      flagged: false,
    },
  ],
});

function observations({ before, now, file }: SettingsChange): readonly FileObservation[] {
  const held = new Set(before.filter(isRoute).map(mark));
  const changed = now.filter((setting) => isRoute(setting) && !held.has(mark(setting))).map((setting) => changedTo(setting, before));
  const left = before.filter((setting) => isRegistry(setting) && !now.some((each) => each.name === setting.name));
  return [...changed, ...left.map((setting) => removed(setting, file))];
}

function changedTo(setting: Setting, before: readonly Setting[]): FileObservation {
  const { file, line, column, name, plain } = setting;
  const earlier = before.findLast((each) => each.name === name);
  const what = isRegistry(setting) ? 'packages would come from' : `the way to the registry (${name}) becomes`;
  return {
    file,
    line,
    column,
    message: `${what} ${shown(plain)}${earlier ? `, not from ${shown(earlier.plain)}` : ''}`,
    confidence: 'high',
    facts: { setting: printable(setting.path.join('.')), to: shown(plain), ...(earlier && { from: shown(earlier.plain) }) },
  };
}

function removed({ path, plain }: Setting, file: string): FileObservation {
  return {
    file,
    message: `packages would no longer come from ${shown(plain)} but from wherever the client is configured for`,
    confidence: 'medium',
    facts: { setting: printable(path.join('.')), from: shown(plain) },
  };
}

function isRegistry({ name }: Setting): boolean {
  return registryNames.some((form) => form.test(name));
}

function isRoute(setting: Setting): boolean {
  return isRegistry(setting) || routeNames.test(setting.name);
}

function mark({ name, plain }: Setting): string {
  return `${name}\n${String(plain).replace(/\/$/, '')}`;
}

// Credentials in a URL are nobody's business.
function shown(plain: Setting['plain']): string {
  return printable(String(plain).replace(/\/\/[^/@]*@/, '//…@'));
}
