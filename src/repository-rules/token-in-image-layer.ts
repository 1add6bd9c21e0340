/** Build arguments and variables stand in the history of the image for everybody who pulls it (Docker docs: SecretsUsedInArgOrEnv). */
import { defineRepositoryRule, type FileSeen } from '../model/repository-rule.ts';
import type { CiStep } from './read/ci-file.ts';
import type { Instruction } from './read/docker.ts';
import { isRegistryToken } from './read/expression.ts';
import { textsOf } from './read/job-secrets.ts';
import { ciSystemOf, isDockerfile } from './read/paths.ts';
import type { ScriptCommand } from './read/script.ts';
import { commandText, inImages, inSteps } from './read/seen.ts';
import { at } from './read/value.ts';

export default defineRepositoryRule({
  meta: {
    id: 'token-in-image-layer',
    family: 'pipeline',
    severity: 'high',
    summary: 'A credential of a registry goes into an image through ARG, ENV or RUN.',
    why: 'docker history shows build arguments, the image’s configuration its variables, and a file written by RUN stays in that layer, whatever a later one deletes.',
    remedy: 'RUN --mount=type=secret,id=npmrc,target=/root/.npmrc npm ci, and docker build --secret id=npmrc,src=.npmrc.',
    references: ['Docker docs: build secrets', 'BuildKit check: SecretsUsedInArgOrEnv', 'hadolint: DL3064'],
    falsePositives: 'A token that ends with the build. In a stage that is not the last it stays in the build cache only: confidence is lower there.',
    since: '0.1.0',
  },
  kind: 'state',
  reads: (path) => isDockerfile(path) || ciSystemOf(path) !== undefined,
  check({ now }) {
    const seen = new Set<string>();
    const inCi = inSteps(now, (step, _job, { file }) => [
      ...handedByAction(step, file),
      ...step.commands.flatMap((command) => handedOver(command).map((name) => passed(file, command, name))),
    ]);
    const inFiles = inImages(now, (instruction, stage, file) => secretsOf(instruction).map((name) => observed(file, instruction, name, stage.last)));
    return [...inFiles, ...inCi].filter((each) => {
      if ('untold' in each) return true;
      const key = `${each.file}\n${String(each.facts.variable)}`;
      return !seen.has(key) && seen.add(key);
    });
  },
  examples: [
    { title: 'a build argument', now: { Dockerfile: 'FROM node:22\nARG NPM_TOKEN\nRUN npm ci\n' }, flagged: true },
    {
      title: 'written by RUN, deleted later',
      now: { Dockerfile: 'FROM node:22\nRUN echo "//registry.example/:_authToken=$T" > .npmrc\nRUN npm ci\nRUN rm .npmrc\n' },
      flagged: true,
    },
    { title: 'a secret mount', now: { Dockerfile: 'FROM node:22\nRUN --mount=type=secret,id=npmrc,target=/root/.npmrc npm ci\n' }, flagged: false },
  ],
});

function secretsOf({ name, words, text, options, commands }: Instruction): readonly string[] {
  if (name === 'ARG' || name === 'ENV') {
    const pairs = name === 'ENV' && !words[0]?.includes('=') ? [`${words[0] ?? ''}=${words[1] ?? ''}`] : words;
    // A path to a file (`NPM_CONFIG_USERCONFIG=/run/secrets/npmrc`) is no credential.
    return pairs
      .map((pair) => pair.split(/=(.*)/s))
      .flatMap(([key = '', value = '']) => (isRegistryToken(key) && !/^["']?\//.test(value) ? [key] : []));
  }
  if (name !== 'RUN') return [];
  // What a secret mount hands in may still be written down, unless the same layer takes it away again.
  if (options.some((option) => /^--mount=.*type=secret/.test(option)) && (removes(commands) || targetsSettings(options))) return [];
  const writes = commands.some(({ words: said, redirects }) => {
    const line = said.map((word) => word.text).join(' ');
    return (
      /_authToken|:_auth\b|_password|npmAuthToken/.test(line) &&
      (redirects.some(({ operator }) => operator.includes('>')) || /config set|tee/.test(line))
    );
  });
  const texts = () => [...new Set([text, ...commands.map((command) => command.text)])];
  return writes && texts().some((each) => /\$|_authToken\s*[= ]\s*["']?[\w-]{8}/.test(each)) ? ['_authToken'] : [];
}

function removes(commands: readonly ScriptCommand[]): boolean {
  return commands.some(({ words }) => {
    const said = words.map((word) => word.text).join(' ');
    return /^(?:rm|unlink|shred) .*npmrc|^(?:npm|pnpm|yarn) (?:config|c) (?:rm|delete|unset)\b/.test(said);
  });
}

// The settings file itself is the mount: what is written to it stays in no layer.
function targetsSettings(options: readonly string[]): boolean {
  return options.some((option) => /^--mount=.*(?:type=secret|type=tmpfs).*(?:target|dst|destination)=\S*npmrc/.test(option));
}

/** Names of credentials that an action hands to a build: one `NAME=value` a line. */
function handedByAction({ uses = '', inputs }: CiStep, file: string): readonly FileSeen[] {
  const given = /^(?:docker\/build-push-action|redhat-actions\/buildah-build|mr-smithers-excellent\/docker-build-push)@/i.test(uses)
    ? (at(inputs, 'build-args') ?? at(inputs, 'buildArgs'))
    : undefined;
  if (!given) return [];
  const names = textsOf(given)
    .flatMap((text) => text.split(/[\n,]/))
    .map((pair) => pair.trim().split('=', 1)[0] ?? '');
  return names.filter(isRegistryToken).map((name) => passed(file, { line: given.place.line, text: `${uses}: build-args` }, name));
}

/** Names of credentials that `docker build` is given as arguments. */
function handedOver({ words }: ScriptCommand): readonly string[] {
  const said = words.map((word) => word.text);
  if (!/^(?:docker|podman|buildah|nerdctl)$/.test(said[0] ?? '') || !said.slice(1, 4).some((word) => /^(?:build|bud)$/.test(word))) return [];
  return said.flatMap((word, at) => {
    const given = word.startsWith('--build-arg=') ? word.slice(12) : word === '--build-arg' ? (said[at + 1] ?? '') : '';
    const [name = ''] = given.split('=');
    return isRegistryToken(name) ? [name] : [];
  });
}

function passed(file: string, { line, text }: Pick<ScriptCommand, 'line' | 'text'>, variable: string): FileSeen {
  return {
    file,
    line,
    message: `hands ${variable} to a build as an argument, which stays in the history of the image`,
    confidence: 'high',
    facts: { variable, command: commandText(text) },
  };
}

function observed(file: string, { name, line }: Instruction, variable: string, last: boolean): FileSeen {
  const how =
    name === 'RUN'
      ? 'writes a credential into this layer'
      : `takes ${variable} into the ${name === 'ARG' ? 'history' : 'configuration'} of the image`;
  return { file, line, message: `${name} ${how}`, confidence: last ? 'high' : 'medium', facts: { instruction: name, variable } };
}
