/** Logs of CI are read by more people than secrets are meant for, and those of public projects by everybody; masking misses whatever is encoded, cut or written by another job. */
import { defineRepositoryRule, type FileSeen } from '../model/repository-rule.ts';
import { printable } from '../model/text.ts';
import type { CiStep } from './read/ci-file.ts';
import { clientCalls } from './read/client.ts';
import { isRegistryToken } from './read/expression.ts';
import { registrySecrets, textsOf } from './read/job-secrets.ts';
import { ciSystemOf } from './read/paths.ts';
import type { ScriptCommand } from './read/script.ts';
import { commandText, inJobs } from './read/seen.ts';
import { at } from './read/value.ts';

export default defineRepositoryRule({
  meta: {
    id: 'token-printed',
    family: 'pipeline',
    severity: 'high',
    summary: 'CI prints a credential of a registry, or a file that holds one.',
    why: 'Logs are kept, mirrored and shown to everybody who may see the project. CI systems mask only values they know, and only as they stand.',
    remedy: 'Drop the line, or turn the trace off around it (set +x). To see which settings are in force, npm config get registry is enough.',
    references: ['GitHub docs: security hardening, using secrets', 'OpenSSF npm best practices guide'],
    falsePositives: 'A file whose credential is a variable that is not filled in.',
    since: '0.1.0',
  },
  kind: 'state',
  reads: (path) => ciSystemOf(path) !== undefined,
  check: ({ now }) =>
    inJobs(now, (job, { file }) => {
      const written = job.steps.some(({ commands }) => commands.some(writesToken));
      return job.steps.flatMap((step) => inStep(step, written, file));
    }),
  examples: [
    {
      title: 'the file just written',
      now: {
        '.gitlab-ci.yml':
          'publish:\n  script:\n    - echo "//registry.example/:_authToken=${NPM_TOKEN}" > .npmrc\n    - cat .npmrc\n    - npm publish\n',
      },
      flagged: true,
    },
    {
      title: 'a trace beside the token',
      now: {
        '.github/workflows/a.yml':
          'on: push\njobs:\n  a:\n    steps:\n      - env:\n          NPM_TOKEN: ${{ secrets.NPM_TOKEN }}\n        run: |\n          set -x\n          npm config set //registry.example/:_authToken "$NPM_TOKEN"\n',
      },
      flagged: true,
    },
    {
      title: 'written, not printed',
      now: { '.gitlab-ci.yml': 'publish:\n  script:\n    - echo "//registry.example/:_authToken=${NPM_TOKEN}" > .npmrc\n    - npm publish\n' },
      flagged: false,
    },
  ],
});

function inStep(step: CiStep, written: boolean, file: string): readonly FileSeen[] {
  const held = registrySecrets(step).length > 0;
  // `$npmrc = Join-Path …`: put together by the script itself.
  const isPath = (name: string) =>
    /npmrc$/i.test(name) && step.commands.some(({ text }) => text.replace(/^\$/, '').startsWith(name) && /^\$?\w+\s*=/.test(text));
  let traced = /^\S*sh\s+(?:-\w+\s+)*-\w*x/.test(step.shell ?? '');
  const uploaded = written ? uploads(step, file) : [];
  const printed = step.commands.flatMap((command, index): readonly FileSeen[] => {
    const next = step.commands[index + 1];
    const piped = next?.joint === 'pipe' && next.line === command.line && !isFilter(next);
    traced = isTrace(command) ?? traced;
    const said = reasonFor(command, { written, held, traced, piped, isPath });
    if (said === undefined) return [];
    return [{ file, line: command.line, message: said, confidence: 'high', facts: { command: commandText(command.text) } }];
  });
  return [...uploaded, ...printed];
}

// Artefacts are handed to whoever may see the run.
function uploads({ uses = '', inputs, line }: CiStep, file: string): readonly FileSeen[] {
  const named = /^actions\/upload-artifact@/.test(uses)
    ? textsOf(at(inputs, 'path')).find((path) => /(?:^|\/)\.(?:npmrc|yarnrc\.yml)$/.test(path.trim()))
    : undefined;
  if (named === undefined) return [];
  return [{ file, line, message: `uploads ${printable(named.trim())}, which holds a credential`, confidence: 'high', facts: { uses } }];
}

// What passes such a program is still shown.
function isFilter(command: ScriptCommand): boolean {
  return (
    /^(?:tee|cat|sort|grep|sed|awk|tr|rev|base64|xxd|head|tail|nl|fold|jq)$/.test(programOf(command)) &&
    !command.words.some(({ text }) => /^-\w*q/.test(text)) &&
    command.redirects.every(({ operator }) => !operator.includes('>'))
  );
}

interface Around {
  readonly written: boolean;
  readonly held: boolean;
  /** Whether a variable holds where a file is, not what is in it. */
  readonly isPath: (name: string) => boolean;
  readonly traced: boolean;
  readonly piped: boolean;
}

function reasonFor(command: ScriptCommand, { written, held, traced, piped, isPath }: Around): string | undefined {
  const program = programOf(command);
  const tokens = command.words.flatMap((word) => word.variables).filter((name) => isRegistryToken(name) && !isPath(name));
  if (traced && tokens.length > 0 && !isTrace(command)) return `the trace shows what ${tokens[0]} is`;
  const shown = command.redirects.every(({ operator }) => !operator.includes('>') || /^2/.test(operator)) && !piped;
  if (!shown) return undefined;
  if (
    written &&
    /^(?:cat|more|less|head|tail|type|bat|Get-Content)$/i.test(program) &&
    command.words.some((word) => /(?:\.npmrc|\.yarnrc\.yml|\.yarnrc)$/.test(word.text))
  )
    return 'prints a file that holds a credential';
  if (/^(?:echo|printf|Write-Host|Write-Output)$/i.test(program) && tokens.length > 0 && command.joint !== 'substitution')
    return `prints ${tokens[0]}`;
  if (held && (program === 'printenv' || program === 'env') && command.words.length === 1)
    return 'prints the environment, a credential of a registry in it';
  return held && listsConfig(command) ? 'prints settings beside a credential of a registry' : undefined;
}

function listsConfig(command: ScriptCommand): boolean {
  return clientCalls([command], '').some(
    ({ manager, words, flags }) =>
      manager === 'npm' &&
      /^(?:config|c)$/.test(words[0] ?? '') &&
      /^(?:list|ls)$/.test(words[1] ?? '') &&
      (flags.has('--json') || flags.has('-l') || flags.has('--long')),
  );
}

/** What the command does to the shell's trace; undefined when nothing. */
function isTrace({ words }: ScriptCommand): boolean | undefined {
  const [program, ...rest] = words.map((word) => word.text);
  if (program !== 'set') return undefined;
  if (rest.some((word) => /^-[a-z]*x/.test(word)) || rest.join(' ').includes('-o xtrace')) return true;
  return rest.some((word) => /^\+[a-z]*x/.test(word)) || rest.join(' ').includes('+o xtrace') ? false : undefined;
}

function writesToken(command: ScriptCommand): boolean {
  const filled = command.words.some((word) => word.variables.length > 0 && /_authToken|_auth=|_password|npmAuthToken/.test(command.text));
  return filled && !/'[^']*\$\{?\w+[^']*'/.test(command.text);
}

function programOf(command: ScriptCommand): string {
  return command.words[0]?.text.replace(/^.*\//, '') ?? '';
}
