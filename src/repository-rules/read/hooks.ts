/** What runs by itself on a developer's machine: git hooks, and the project's own lifecycle scripts. */
import { commandFacts } from '../../code/command.ts';
import { baseName } from '../../model/repository-rule.ts';
import { readJson } from './json.ts';
import { readManifest } from './project.ts';
import { commandsIn, type ScriptCommand, scriptLines } from './script.ts';
import { at, entriesOf, leavesOf, stringOf, type Untold, type Value } from './value.ts';
import { readYaml } from './yaml.ts';

export interface Hook {
  readonly name: string;
  readonly line: number;
  readonly commands: readonly ScriptCommand[];
  /** What it fetches and runs, in words. */
  readonly downloads: readonly string[];
}

const lifecycle = new Set(['preinstall', 'install', 'postinstall', 'prepare', 'preprepare', 'postprepare']);

/** True for files that define hooks. */
export function isHookFile(path: string): boolean {
  return (
    (/(?:^|\/)\.husky\/[\w.-]+$/.test(path) && !/\.(?:md|gitignore)$|\/_/.test(path)) ||
    /^\.?lefthook(?:-local)?\.ya?ml$|^\.pre-commit-config\.ya?ml$|^\.lintstagedrc(?:\.json|\.ya?ml)?$/.test(baseName(path)) ||
    baseName(path) === 'package.json'
  );
}

/** The hooks of a file. */
export function hooksIn(file: string, text: string): readonly Hook[] | Untold {
  if (baseName(file) === 'package.json') return manifestHooks(file, text);
  if (/ya?ml$/.test(file)) {
    const document = readYaml(text);
    if ('untold' in document) return document;
    if (baseName(file).startsWith('.lintstagedrc')) return staged(document);
    return leavesOf(document).flatMap(({ path, plain, place }) =>
      path.at(-1) === 'run' || path.at(-1) === 'entry' ? [hookOf(path[0] ?? 'hook', String(plain), place.line)] : [],
    );
  }
  if (baseName(file).startsWith('.lintstagedrc')) {
    const document = readJson(text);
    return 'untold' in document ? document : staged(document);
  }
  return [hookOf(baseName(file), text, 1)];
}

function manifestHooks(file: string, text: string): readonly Hook[] | Untold {
  if (!/"(?:scripts|husky|simple-git-hooks|lint-staged|gitHooks|pre-commit|pre-push)"/.test(text)) return [];
  const manifest = readManifest(file, text);
  if ('untold' in manifest) return manifest;
  const scripts = entriesOf(at(manifest, 'scripts')).filter(([name]) => lifecycle.has(name));
  const hooks = [['husky', 'hooks'], ['simple-git-hooks'], ['gitHooks']].flatMap((keys) => entriesOf(at(manifest, ...keys)));
  const onCommit = at(manifest, 'lint-staged');
  return [
    ...(onCommit ? staged(onCommit) : []),
    ...[...scripts, ...hooks].flatMap(([name, value]: readonly [string, Value]) => {
      const script = stringOf(value);
      return script === undefined ? [] : [hookOf(name, script, value.place.line)];
    }),
  ];
}

// lint-staged runs on every commit, by whatever hook.
function staged(document: Value): readonly Hook[] {
  return leavesOf(document).flatMap(({ path, plain, place }) =>
    typeof plain === 'string' ? [hookOf(path[0] ?? 'lint-staged', plain, place.line)] : [],
  );
}

// `node -e "require('https').get(…, … eval(…))"`
function runsDownload(code: string): boolean {
  return (
    /\bfetch\s*\(|\bhttps?\b|urlopen|urllib|requests\.get/.test(code) &&
    /\beval\b|\bFunction\s*\(|\bvm\b|child_process|\bexec\w*\s*\(|\bspawn|os\.system/.test(code)
  );
}

function hookOf(name: string, script: string, line: number): Hook {
  const { doings, inline } = commandFacts(script);
  const runs = doings.some(({ kind }) => kind === 'download-execute' || kind === 'remote-code') || inline.some(({ code }) => runsDownload(code));
  return { name, line, commands: commandsIn(scriptLines(script, line)), downloads: runs ? ['runs what it has just downloaded'] : [] };
}
