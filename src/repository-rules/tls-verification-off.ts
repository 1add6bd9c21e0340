/** With certificates unchecked, https protects from nothing: Node's own documentation calls NODE_TLS_REJECT_UNAUTHORIZED=0 insecure and warns at run time. */
import { baseName, defineRepositoryRule, type FileSeen } from '../model/repository-rule.ts';
import type { CiStep } from './read/ci-file.ts';
import { clientCalls } from './read/client.ts';
import { ciSystemOf, isDockerfile, isExample } from './read/paths.ts';
import { readManifest } from './read/project.ts';
import type { ScriptCommand } from './read/script.ts';
import { inImages, inSteps } from './read/seen.ts';
import { isSettingsFile, settingsIn } from './read/settings.ts';
import { at, entriesOf, stringOf } from './read/value.ts';

const variable = 'NODE_TLS_REJECT_UNAUTHORIZED';

export default defineRepositoryRule({
  meta: {
    id: 'tls-verification-off',
    family: 'pipeline',
    severity: 'high',
    summary: 'Certificates of registries are not checked.',
    why: 'Anybody on the way can pose as the registry, hand out other packages and collect the credentials sent to it.',
    remedy:
      'Check certificates. For a company certificate name its authority: cafile in .npmrc, httpsCaFilePath in .yarnrc.yml, NODE_EXTRA_CA_CERTS.',
    references: ['Node.js docs: NODE_TLS_REJECT_UNAUTHORIZED', 'npm docs: strict-ssl', 'yarn docs: enableStrictSsl'],
    falsePositives: 'The variable set for a job that also tests against a server with a certificate of its own: set it for that step alone.',
    since: '0.1.0',
  },
  kind: 'state',
  reads: (path) => isSettingsFile(path) || ciSystemOf(path) !== undefined || isDockerfile(path),
  check: ({ now }) => [
    ...[...now].flatMap(([file, text]) => {
      if (isExample(file) || !isSettingsFile(file)) return [];
      return baseName(file) === 'package.json' ? inScripts(file, text) : inSettings(file, text);
    }),
    ...inSteps(now, (step, _job, { file }) => inStep(step, file)),
    ...inImages(now, (instruction, _stage, file) => {
      const set = ['ENV', 'ARG'].includes(instruction.name) ? /\b(\w+)(?:=|\s+)["']?(0|false)\b/i.exec(instruction.text) : null;
      return set && isOff(set[1] ?? '', set[2] ?? '')
        ? [seen(file, instruction.line, set[1] ?? '')]
        : instruction.commands.flatMap((command) => inCommand(command, file));
    }),
  ],
  examples: [
    { title: 'strict-ssl off', now: { '.npmrc': 'strict-ssl=false\n' }, flagged: true },
    {
      title: 'the variable beside an install',
      now: { '.github/workflows/ci.yml': `on: push\nenv:\n  ${variable}: 0\njobs:\n  a:\n    steps:\n      - run: npm ci\n` },
      flagged: true,
    },
    { title: 'an authority of its own', now: { '.npmrc': 'cafile=./company.pem\nstrict-ssl=true\n' }, flagged: false },
    {
      title: 'the variable for a test alone',
      now: {
        '.github/workflows/ci.yml': `on: push\njobs:\n  a:\n    steps:\n      - run: npm ci\n      - run: npm test\n        env:\n          ${variable}: 0\n`,
      },
      flagged: false,
    },
  ],
});

function inSettings(file: string, text: string): readonly FileSeen[] {
  const settings = settingsIn(file, text);
  if ('untold' in settings) return [{ file, ...settings }];
  return settings
    .filter(({ name, plain }) => /(?:^|\.)(?:strictSsl|enableStrictSsl)$/.test(name) && (plain === false || plain === 'false'))
    .map(({ path, line }) => seen(file, line, path.join('.')));
}

function isOff(name: string, value: string): boolean {
  const bare = value.replace(/^["']|["']$/g, '');
  return (
    (name === variable && bare === '0') ||
    (/^(?:npm|pnpm)_config_strict_ssl$|^yarn_(?:enable_)?strict_ssl$/i.test(name) && /^(?:false|0)$/i.test(bare))
  );
}

const onInstall = /^(?:pre|post)?(?:install|prepare|publish)$|^prepublishOnly$/;

// The scripts that run on install; what a project's tests do is its own business.
function inScripts(file: string, text: string): readonly FileSeen[] {
  if (!text.includes(variable)) return [];
  const manifest = readManifest(file, text);
  if ('untold' in manifest) return [{ file, ...manifest }];
  return entriesOf(at(manifest, 'scripts'))
    .filter(([name, script]) => onInstall.test(name) && new RegExp(`\\b${variable}=["']?0\\b`).test(stringOf(script) ?? ''))
    .map(([, script]) => seen(file, script.place.line, variable));
}

function inStep(step: CiStep, file: string): readonly FileSeen[] {
  const installs = clientCalls(step.commands, '').some(({ verb }) => verb !== 'other' && verb !== 'run');
  const off = step.variables.filter(({ name, value }) => isOff(name, value) && (installs || name !== variable));
  const variables = [...new Map(off.map((each) => [each.line, each])).values()];
  return [...variables.map(({ line, name }) => seen(file, line, name)), ...step.commands.flatMap((command) => inCommand(command, file))];
}

function inCommand(command: ScriptCommand, file: string): readonly FileSeen[] {
  const said = command.words.map((word) => word.text).join(' ');
  const isClient = /^(?:sudo )?(?:npm|pnpm|yarn|bun)\b/.test(said);
  if (isClient && /config set ["']?strict-ssl["']?[ =]+false|--(?:no-strict-ssl|strict-ssl[= ]false)|enableStrictSsl false/i.test(said))
    return [seen(file, command.line, 'strict-ssl')];
  const set = command.assignments.some(({ name, value }) => name === variable && value === '0') || new RegExp(`^export ${variable}=0$`).test(said);
  return set && (isClient || command.words.length === 0 || said.startsWith('export')) ? [seen(file, command.line, variable)] : [];
}

function seen(file: string, line: number, said: string): FileSeen {
  return { file, line, message: `"${said}" leaves certificates unchecked`, confidence: 'high', facts: { setting: said } };
}
