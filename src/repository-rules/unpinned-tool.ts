/** A tool fetched by name on every run is a package without lockfile, review or hash, started at once: zizmor reports the same in workflows as adhoc-packages. */
import type { RepositoryPaths } from '../model/repository-paths.ts';
import { defineRepositoryRule, type FileSeen, folderOf } from '../model/repository-rule.ts';
import { type ClientCall, clientCalls, fetchesNothing } from './read/client.ts';
import { calledByCi, calledFrom, followedIn, oncePerPlace } from './read/followed.ts';
import { ciSystemOf, isDockerfile, isExample, isLockfile } from './read/paths.ts';
import { commandText, inImages, inJobs } from './read/seen.ts';
import { isKnownTool } from './read/tools.ts';

export default defineRepositoryRule({
  meta: {
    id: 'unpinned-tool',
    family: 'pipeline',
    severity: 'medium',
    summary: 'CI or an image runs or installs a tool in whatever version is newest.',
    why: 'Nothing records which version ran, nothing judged it, and it starts with the secrets of the job. A version published a minute ago is taken like any other. What CI calls is followed: recipes of make, just and Task, scripts of package.json, shell scripts.',
    remedy: 'Make the tool a dependency, so that the lockfile holds it, or name an exact version: npx tool@1.2.3.',
    references: ['zizmor: adhoc-packages', 'hadolint: DL3016', 'nx s1ngularity 2025'],
    falsePositives: 'A command that a dependency of another name brings along, where no lockfile of npm tells the names of commands.',
    since: '0.1.0',
  },
  kind: 'state',
  reads: (path) => ciSystemOf(path) !== undefined || isDockerfile(path) || isLockfile(path) || path.endsWith('package.json'),
  follows: calledByCi,
  check: ({ now, paths }) => [
    ...oncePerPlace(
      inJobs(now, (job, { file }) => {
        const own = job.steps.flatMap((step) => clientCalls(step.commands, step.folder).map((call) => ({ call, at: file })));
        const called = job.steps.flatMap((step) =>
          followedIn(step, now, paths).flatMap(({ file: at, commands, folder }) => clientCalls(commands, folder).map((call) => ({ call, at }))),
        );
        const calls = [...own, ...called];
        const added = new Set(calls.flatMap(({ call: { verb, packages } }) => (verb === 'add' ? packages.map(nameIn) : [])));
        // What the job has installed by name is there when it is called.
        return calls
          .filter(
            ({
              call: {
                verb,
                packages: [spec],
              },
            }) => verb !== 'run' || spec === undefined || !added.has(spec),
          )
          .flatMap(({ call, at }) => inCall(call, at, now, paths).map((seen) => calledFrom(seen, file)));
      }),
    ),
    ...inImages(now, (instruction, _stage, file) =>
      clientCalls(instruction.commands, '').flatMap((call) => inCall({ ...call, folder: folderOf(file) }, file, now, paths)),
    ),
  ],
  examples: [
    {
      title: 'npx of a package that is no dependency',
      now: { 'package.json': '{}', '.github/workflows/ci.yml': 'on: push\njobs:\n  a:\n    steps:\n      - run: npx --yes some-linter .\n' },
      flagged: true,
    },
    { title: 'a global install in an image', now: { Dockerfile: 'FROM node:22\nRUN npm install -g some-server\n' }, flagged: true },
    {
      title: 'an exact version, and a dependency',
      now: {
        'package.json': '{"devDependencies": {"eslint": "^9.0.0"}}',
        '.github/workflows/ci.yml': 'on: push\njobs:\n  a:\n    steps:\n      - run: npx some-linter@1.2.3 . && npx eslint .\n',
      },
      flagged: false,
    },
  ],
});

function inCall(call: ClientCall, file: string, texts: ReadonlyMap<string, string>, paths: RepositoryPaths): readonly FileSeen[] {
  if ((call.verb !== 'run' && call.verb !== 'global') || isExample(file) || fetchesNothing(call)) return [];
  // What the job has fetched or made may bring the tool along.
  if (call.verb === 'run' && call.said === 'npx' && call.folder && !paths.hasFolder(call.folder)) return [];
  return call.packages
    .filter((spec) => isFetched(spec) && !(call.verb === 'run' && isKnownTool(texts, paths, call, nameIn(spec), versionIn(spec))))
    .map((spec) => ({
      file,
      line: call.command.line,
      message: `"${commandText(call.command.text)}" takes ${versionIn(spec) === undefined ? 'the newest' : 'a floating version'} of ${nameIn(spec)}`,
      confidence: versionIn(spec) === undefined || versionIn(spec) === 'latest' ? 'high' : 'medium',
      facts: {
        package: nameIn(spec),
        ...(versionIn(spec) !== undefined && { version: versionIn(spec) ?? '' }),
        command: commandText(call.command.text),
      },
    }));
}

// An exact version is pinned; files, addresses and what only the run would tell are not judged here.
function isFetched(spec: string): boolean {
  if (/[…$]/.test(spec) || /^[./~]|:|\.tgz$/.test(spec) || !/^(?:@[\w.-]+\/)?[\w.-]+(?:@.*)?$/.test(spec)) return false;
  return !/^v?=?\d+\.\d+\.\d+/.test(versionIn(spec) ?? '');
}

function nameIn(spec: string): string {
  return /^(?:@[^/]+\/)?[^@]+/.exec(spec)?.[0] ?? spec;
}

function versionIn(spec: string): string | undefined {
  return /^(?:@[^/]+\/)?[^@]+@(.+)$/.exec(spec)?.[1];
}
