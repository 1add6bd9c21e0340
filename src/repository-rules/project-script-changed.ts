/**
 * The project's own lifecycle scripts run on every developer's machine and in CI before anything is reviewed there; worms that
 * reach a repository plant themselves so (s1ngularity 2025 and shai-hulud 2025 spread through added postinstall scripts).
 */
import { baseName, defineRepositoryRule, type FileObservation, type FileSeen } from '../model/repository-rule.ts';
import { printable } from '../model/text.ts';
import { readManifest } from './read/project.ts';
import { at, entriesOf, stringOf, type Untold, type Value } from './read/value.ts';

// What npm, pnpm or yarn run by themselves on install in a project; `dependencies` is npm's old name for after-install.
const lifecycle = new Set(['preinstall', 'install', 'postinstall', 'preprepare', 'prepare', 'postprepare', 'dependencies']);
const lifecycleOfPnpm = 'pnpm:devPreinstall';

export default defineRepositoryRule({
  meta: {
    id: 'project-script-changed',
    family: 'pipeline',
    severity: 'high',
    summary: 'The change adds or alters a script that an install of this project runs by itself.',
    why: 'Such a script runs with the rights of whoever installs, in CI next to its secrets, without anybody calling it. In a large diff it is one line of package.json.',
    remedy: 'Read the script and what it calls. Let it through only if somebody you know wants it.',
    references: ['npm scripts: life cycle scripts', 'shai-hulud 2025', 's1ngularity 2025'],
    falsePositives: 'Set-up of git hooks and builds on install. Rare in a change, and always worth a look.',
    since: '0.1.0',
  },
  kind: 'change',
  reads: (path) => baseName(path) === 'package.json',
  check({ now, before = new Map() }) {
    return [...now].flatMap(([file, text]): readonly FileSeen[] => {
      const scripts = scriptsIn(file, text);
      if ('untold' in scripts) return [{ file, untold: scripts.untold }];
      const old = scriptsIn(file, before.get(file) ?? '{}');
      const known = 'untold' in old ? new Map<string, Value>() : old;
      return [...scripts].flatMap(([name, script]) => observation(file, name, script, stringOf(known.get(name))));
    });
  },
  examples: [
    {
      title: 'a postinstall script comes in',
      before: { 'package.json': '{"scripts": {"test": "jest"}}' },
      now: { 'package.json': '{"scripts": {"test": "jest", "postinstall": "node bundle.js"}}' },
      flagged: true,
    },
    {
      title: 'a test script changes',
      before: { 'package.json': '{"scripts": {"test": "jest", "prepare": "husky"}}' },
      now: { 'package.json': '{"scripts": {"test": "jest --ci", "prepare": "husky"}}' },
      flagged: false,
    },
  ],
});

function scriptsIn(file: string, text: string): ReadonlyMap<string, Value> | Untold {
  const manifest = readManifest(file, text);
  if ('untold' in manifest) return manifest;
  return new Map(entriesOf(at(manifest, 'scripts')).filter(([name]) => lifecycle.has(name) || name === lifecycleOfPnpm));
}

function observation(file: string, name: string, script: Value, earlier: string | undefined): FileObservation[] {
  const text = stringOf(script);
  if (text === undefined || text === earlier) return [];
  const facts = { script: name, runs: printable(text), ...(earlier !== undefined && { ran: printable(earlier) }) };
  return [
    {
      file,
      ...script.place,
      message: earlier === undefined ? `adds the script "${name}", which installs run` : `alters the script "${name}", which installs run`,
      confidence: 'high',
      facts,
    },
  ];
}
