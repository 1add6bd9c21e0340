/** An install that may rewrite the lockfile takes what is newest, past every review: in CI this is how chalk and debug 2025 got into builds within minutes. */
import type { RepositoryPaths } from '../model/repository-paths.ts';
import { baseName, defineRepositoryRule, type FileFix, type FileSeen, type FileTexts, folderOf } from '../model/repository-rule.ts';
import type { CiStep } from './read/ci-file.ts';
import { type ClientCall, clientCalls } from './read/client.ts';
import type { Instruction, Stage } from './read/docker.ts';
import { callsInImage } from './read/docker-context.ts';
import { calledByCi, calledFrom, type Followed, followedIn, oncePerPlace } from './read/followed.ts';
import { installBeforeLockfile } from './read/image-lockfile.ts';
import { outOfStep } from './read/out-of-step.ts';
import { ciSystemOf, isDockerfile, isExample, isLockfile, lockfileManagers, type Manager } from './read/paths.ts';
import { clientOf, isBerry, lockfileFor } from './read/project.ts';
import type { ScriptCommand } from './read/script.ts';
import { commandText, inImages, inJobs } from './read/seen.ts';

export default defineRepositoryRule({
  meta: {
    id: 'unfrozen-install',
    family: 'pipeline',
    severity: 'medium',
    summary: 'CI or an image installs in a way that may change the lockfile.',
    why: 'Where package.json and lockfile disagree, such an install quietly resolves anew and takes versions nobody reviewed. A frozen install stops instead. What CI calls is followed: recipes of make, just and Task, scripts of package.json, shell scripts.',
    remedy: 'npm ci · yarn install --immutable (yarn 1: --frozen-lockfile) · pnpm install --frozen-lockfile · bun ci.',
    references: ['npm docs: npm ci', 'yarn docs: enableImmutableInstalls', 'pnpm docs: --frozen-lockfile', 'Docker images as such: hadolint'],
    falsePositives:
      'Jobs whose purpose is to renew the lockfile; those that commit or push are left out. pnpm and yarn 2+ freeze by themselves in CI and count only when told not to.',
    since: '0.1.0',
  },
  kind: 'state',
  reads: (path) => ciSystemOf(path) !== undefined || isDockerfile(path) || isLockfile(path) || path.endsWith('package.json'),
  follows: calledByCi,
  check({ now, paths }) {
    const inCi = inJobs(now, (job, { file, system }) => {
      // Without a pipeline of its own the repository only hands these out, for others to include.
      if (system === 'gitlab' && baseName(file) !== '.gitlab-ci.yml' && !paths.has('.gitlab-ci.yml')) return [];
      const renewing = job.steps.filter(({ commands }) => commands.some(commits));
      if (job.steps.some((step) => /create-pull-request|git-auto-commit|add-and-commit/.test(step.uses ?? ''))) return [];
      const adds = job.steps.some((step) => clientCalls(step.commands, step.folder).some(({ verb }) => verb === 'add'));
      let own = true;
      return job.steps.flatMap((step) => {
        const end = own ? step.commands.findIndex(leavesProject) : 0;
        own &&= end < 0;
        if (renewing.some((other) => isOneJob(step, other))) return [];
        const commands = end < 0 ? step.commands : step.commands.slice(0, end);
        const called = followedIn({ ...step, commands }, now, paths).flatMap((followed) => inFollowed(followed, file, now, paths));
        const calls = withoutFallbacks(clientCalls(commands, step.folder), step.commands);
        const told = calls.flatMap((call) => inCall(call, file, now, paths, true));
        return [...(adds ? told.map(withoutFix) : told), ...called];
      });
    });
    const inImage = inImages(now, (instruction, stage, file) =>
      // Where no lockfile was brought along there is none to change.
      installBeforeLockfile(stage)
        ? []
        : withoutFallbacks(callsInImage(instruction, stage, file), instruction.commands)
            .flatMap((call) => inCall(call, file, now, paths, false))
            .map((told) => (installedBefore(instruction, stage) ? withoutFix(told) : told)),
    );
    return [...oncePerPlace(inCi), ...inImage];
  },
  examples: [
    {
      title: 'npm install in CI',
      now: { 'package-lock.json': '{}', '.github/workflows/ci.yml': 'on: push\njobs:\n  a:\n    steps:\n      - run: npm install\n' },
      flagged: true,
    },
    {
      title: 'yarn 1 in an image',
      now: { 'yarn.lock': '# yarn lockfile v1\n', Dockerfile: 'FROM node:22\nCOPY . .\nRUN yarn install --production\n' },
      flagged: true,
    },
    {
      title: 'npm ci',
      now: { 'package-lock.json': '{}', '.github/workflows/ci.yml': 'on: push\njobs:\n  a:\n    steps:\n      - run: npm ci\n' },
      flagged: false,
    },
    {
      title: 'pnpm freezes in CI by itself',
      now: { 'pnpm-lock.yaml': 'lockfileVersion: 9', '.gitlab-ci.yml': 'a:\n  script:\n    - pnpm install\n' },
      flagged: false,
    },
  ],
});

function commits({ words }: ScriptCommand): boolean {
  return words[0]?.text === 'git' && ['commit', 'push'].includes(words[1]?.text ?? '');
}

// Stages of one pipeline are jobs of their own; what stands in none (a function, what comes after) may belong to any.
function isOneJob(step: CiStep, other: CiStep): boolean {
  return step.stage === undefined || other.stage === undefined || step.stage === other.stage;
}

function inCall(call: ClientCall, file: string, texts: FileTexts, paths: RepositoryPaths, inCi: boolean): readonly FileSeen[] {
  if (call.verb !== 'install' || call.said === 'ci' || isExample(file) || call.folder === undefined || isExample(`${call.folder}x`)) return [];
  const lockfile = isFolder(paths, call.folder) ? lockfileFor(paths, call.folder) : undefined;
  if (lockfile === undefined || !freezable(call, lockfile)) return [];
  const berry = lockfile.endsWith('yarn.lock') && (isBerry(texts.get(lockfile)) || (clientOf(texts, paths, call.folder)?.major ?? 1) > 1);
  if (isFrozen(call, berry, inCi)) return [];
  return [
    {
      file,
      line: call.command.line,
      message: `"${commandText(call.command.text)}" may ${call.flags.has('--no-save') ? 'depart from' : 'change'} ${lockfile}`,
      confidence: 'high',
      ...(isInStep(lockfile, texts, paths) && frozenFix(call, file, texts.get(file) ?? '', berry)),
      facts: { command: commandText(call.command.text), lockfile },
      remedy: `Write ${frozen[call.manager]}${call.manager === 'yarn' && !berry ? ' --frozen-lockfile' : call.manager === 'yarn' ? ' --immutable' : ''}.`,
    },
  ];
}

// A frozen install of a lockfile that lacks something stops: no correction to make without thinking.
function isInStep(lockfile: string, texts: FileTexts, paths: RepositoryPaths): boolean {
  const manifest = `${folderOf(lockfile)}package.json`;
  const found = texts.has(manifest) ? outOfStep(manifest, { now: texts, paths }) : undefined;
  return found === undefined || 'untold' in found;
}

// The second install of an image often is of something that the build made.
function installedBefore(instruction: Instruction, { instructions }: Stage): boolean {
  const before = instructions.slice(0, instructions.indexOf(instruction));
  return before.some(({ commands }) => clientCalls(commands, '').some(({ verb }) => verb === 'install'));
}

// Nor where the job has changed what the project asks for.
function withoutFix(seen: FileSeen): FileSeen {
  if ('untold' in seen) return seen;
  const { fix: _fix, ...rest } = seen;
  return rest;
}

/** What CI runs in another file stands there, and is no correction to make without thinking: people run it too. */
function inFollowed({ file, commands, folder }: Followed, caller: string, texts: FileTexts, paths: RepositoryPaths): readonly FileSeen[] {
  if (commands.some(commits)) return [];
  const calls = withoutFallbacks(clientCalls(commands, folder), commands);
  return calls.flatMap((call) => inCall(call, file, texts, paths, true)).map((seen) => calledFrom(seen, caller));
}

// `if [ -f package-lock.json ]; then npm ci; else npm install; fi`: the second is for where there is none.
function withoutFallbacks(calls: readonly ClientCall[], commands: readonly ScriptCommand[]): readonly ClientCall[] {
  const asked = commands.some(asksForLockfile);
  const frozenBefore = (call: ClientCall) =>
    calls.slice(0, calls.indexOf(call)).some((each) => each.manager === call.manager && holdsTo(each) && (asked || isSame(each, call, calls)));
  return calls.filter((call) => call.verb !== 'install' || !frozenBefore(call));
}

// Behind a frozen install the same script has nothing left to resolve, as long as nothing was added and the files are the same.
function isSame(frozen: ClientCall, call: ClientCall, calls: readonly ClientCall[]): boolean {
  const between = calls.slice(calls.indexOf(frozen) + 1, calls.indexOf(call));
  return frozen.folder !== undefined && frozen.folder === call.folder && !between.some(({ verb }) => verb === 'add');
}

function asksForLockfile({ words }: ScriptCommand): boolean {
  return words.some(({ text }) => /^(?:\[\[?|test)$/.test(text)) && words.some(({ text }) => lockfileManagers.has(baseName(text)));
}

function holdsTo({ said, flags }: ClientCall): boolean {
  return said === 'ci' || ['--frozen-lockfile', '--immutable'].some((flag) => flags.has(flag));
}

// After `rm -rf *`, with a package.json of its own, or with other versions asked for, the job installs something else than the repository.
function leavesProject({ words, redirects }: ScriptCommand): boolean {
  const [program, ...rest] = words.map(({ text }) => text);
  if (asksForOthers(program, rest)) return true;
  if (program === 'rm') return rest.some((text) => /^-\w*r/.test(text)) && rest.some((text) => /^(?:\.\/)?(?:\*|\.)$/.test(text));
  const writes = redirects.some(({ operator, target }) => operator === '>' && /^(?:\.\/)?package\.json$/.test(target));
  return writes && /^(?:echo|printf|cat)$/.test(program ?? '') && !rest.some((text) => text.endsWith('package.json'));
}

/** `yq -i '.overrides = …' pnpm-workspace.yaml`, `npm pkg set overrides.vite=beta`: a frozen install could only stop. */
function asksForOthers(program: string | undefined, rest: readonly string[]): boolean {
  const inPlace =
    program === 'yq' &&
    rest.some((text) => /^(?:-\w*i\w*|--inplace)$/.test(text)) &&
    rest.some((text) => /^(?:package\.json|pnpm-workspace\.yaml)$/.test(baseName(text)));
  const set = (program === 'npm' || program === 'pnpm') && rest[0] === 'pkg' && rest[1] === 'set';
  return (inPlace || set) && rest.some((text) => /\b(?:overrides|resolutions|catalogs?|\w*[dD]ependencies)\b/.test(text));
}

// Only a line on which the command stands as written; a flag goes right behind the word that installs.
const npmForm = /\bnpm(\s+)(?:install|i|in|ins|inst|insta|instal|isnt|isnta|isntal|isntall|add)(?=\s*(?:$|["';&|#\\]|\s-))/;
// In `npm install -g yarn && yarn` only the second is called.
const beforeCommand = /(?:^|[;&|(:'"`[,>-]|\b(?:then|do|else|RUN|run|sudo|time|exec|call|env|sh|bat|script|command)|\w+=\S*|--mount=\S+)\s*$/;
const yarnForm = /\byarn(?:\s+install)?(?=\s*(?:$|["';&|#\\]|\s-))/;

function frozenFix({ manager, command, flags }: ClientCall, file: string, text: string, berry: boolean): { readonly fix?: FileFix } {
  const line = text.split('\n', command.line)[command.line - 1] ?? '';
  const replace = (from: string | undefined, to: string) =>
    from === undefined ? {} : { fix: { kind: 'replace' as const, file, line: command.line, from, to } };
  for (const flag of ['--no-frozen-lockfile', '--no-immutable'])
    if (flags.has(flag) && line.includes(flag)) return replace(flag, flag.replace('no-', ''));
  const insteadOf = (form: RegExp, written: (found: RegExpExecArray) => string) => {
    const found = [...line.matchAll(new RegExp(form, 'g'))].find(({ index }) => beforeCommand.test(line.slice(0, index)));
    const before = line.slice(0, found?.index);
    return found ? replace(before + found[0], before + written(found)) : {};
  };
  if (manager === 'npm') return insteadOf(npmForm, (found) => `npm${found[1] ?? ' '}ci`);
  if (manager === 'bun') return insteadOf(/\bbun\s+(?:install|i)\b/, () => 'bun install --frozen-lockfile');
  return manager === 'yarn' ? insteadOf(yarnForm, () => `yarn install ${berry ? '--immutable' : '--frozen-lockfile'}`) : {};
}

const frozen: Readonly<Record<Manager, string>> = { npm: 'npm ci', yarn: 'yarn install', pnpm: 'pnpm install --frozen-lockfile', bun: 'bun ci' };

// A folder that git does not know holds something fetched or made by the job.
function isFolder(paths: RepositoryPaths, folder: string): boolean {
  return folder === '' || paths.hasFolder(folder);
}

// Another manager than the lockfile's, or an install that writes nothing: not this rule's business.
function freezable({ manager, flags, command }: ClientCall, lockfile: string): boolean {
  const idle = ['--package-lock-only', '--dry-run', '--lockfile-only', '-h', '--help', '--mode', '--no-package-lock'].some((flag) => flags.has(flag));
  const open = command.words.some((word) => !word.exact && word.text.startsWith('…'));
  const own: Readonly<Record<Manager, RegExp>> = {
    npm: /package-lock\.json$|npm-shrinkwrap\.json$/,
    yarn: /yarn\.lock$/,
    pnpm: /pnpm-lock\.yaml$/,
    bun: /bun\.lockb?$/,
  };
  return !idle && !open && own[manager].test(lockfile);
}

function isFrozen({ manager, flags, values, command }: ClientCall, berry: boolean, inCi: boolean): boolean {
  const switchedOff =
    flags.has('--no-immutable') ||
    flags.has('--no-frozen-lockfile') ||
    ['--immutable', '--frozen-lockfile'].some((flag) => values.get(flag) === 'false');
  if (switchedOff) return false;
  if (['--frozen-lockfile', '--immutable', '--frozen', '--pure-lockfile'].some((flag) => flags.has(flag))) return true;
  if (command.assignments.some(({ name }) => /^(?:CI|YARN_ENABLE_IMMUTABLE_INSTALLS|npm_config_frozen_lockfile)$/i.test(name))) return true;
  // pnpm takes the lockfile where it fits, in images too, and stops in CI where it does not; yarn 2 and later stop in CI.
  return manager === 'pnpm' || (berry && inCi);
}
