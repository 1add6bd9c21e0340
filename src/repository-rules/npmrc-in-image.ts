/** A file copied into a layer stays in the image, whatever later layers delete: Docker's own documentation asks for secret mounts instead. */
import { baseName, defineRepositoryRule, type FileSeen, folderOf, type RepositoryFiles } from '../model/repository-rule.ts';
import { isReference } from '../model/secrets.ts';
import type { Instruction } from './read/docker.ts';
import { contextOf } from './read/docker-context.ts';
import { isIgnored, readIgnores } from './read/dockerignore.ts';
import { isDockerfile } from './read/paths.ts';
import { inImages } from './read/seen.ts';
import { settingsIn } from './read/settings.ts';

export default defineRepositoryRule({
  meta: {
    id: 'npmrc-in-image',
    family: 'pipeline',
    severity: 'high',
    summary: 'An .npmrc that holds a credential is copied into an image.',
    why: 'Whoever can pull the image, or its build cache, can read the layer. A later RUN rm does not take it out.',
    remedy: 'RUN --mount=type=secret,id=npmrc,target=/root/.npmrc npm ci, and .npmrc in .dockerignore.',
    references: [
      'Docker docs: build secrets',
      'npm docs: Docker and private modules',
      'hadolint: DL3006 and others for images as such, base images by digest among them',
    ],
    falsePositives: 'An .npmrc that git does not track and that holds no credential. A tracked one counts only when it holds a literal credential.',
    since: '0.1.0',
  },
  kind: 'state',
  reads: (path) => isDockerfile(path) || ['.npmrc', '.dockerignore'].includes(baseName(path)) || path.endsWith('.dockerignore'),
  check: (files) =>
    inImages(files.now, (instruction, stage, file, stages) => {
      if (!['COPY', 'ADD'].includes(instruction.name) || instruction.options.some((option) => option.startsWith('--from='))) return [];
      const found = copied(instruction, file, contextOf(file, stages, files.paths), files);
      return found === undefined ? [] : [observed(file, instruction.line, found, stage.last)];
    }),
  examples: [
    {
      title: 'written by CI, copied into a layer',
      now: { Dockerfile: 'FROM node:22\nCOPY package.json .npmrc ./\nRUN npm ci && rm .npmrc\n' },
      flagged: true,
    },
    {
      title: 'everything, a credential in it',
      now: { Dockerfile: 'FROM node:22\nCOPY . .\n', '.npmrc': '//registry.example/:_authToken=7f3c9a51-2b44-4a0e-9d6f-0c2f6a1b8e77\n' },
      flagged: true,
    },
    { title: 'settings without a credential', now: { Dockerfile: 'FROM node:22\nCOPY .npmrc ./\n', '.npmrc': 'save-exact=true\n' }, flagged: false },
    { title: 'a secret mount', now: { Dockerfile: 'FROM node:22\nRUN --mount=type=secret,id=npmrc,target=/root/.npmrc npm ci\n' }, flagged: false },
  ],
});

/** The .npmrc this instruction brings in, and why it is taken to hold a credential. */
function copied({ words }: Instruction, file: string, context: string | undefined, { now, paths }: RepositoryFiles): string | undefined {
  const sources = words.slice(0, -1);
  for (const source of sources) {
    const bare = source.replace(/^\.?\//, '');
    if (baseName(bare) === '.npmrc') {
      const tracked = [(context ?? '') + bare, folderOf(file) + bare, bare].find((path) => paths.has(path));
      if (tracked === undefined) return `${bare}, which git does not track: whatever writes it for the build writes a credential`;
      if (holdsCredential(now.get(tracked), tracked)) return `${tracked}, which holds a credential`;
    } else if (context !== undefined && (source === '.' || source === './')) {
      const ignores = readIgnores(file, context, now);
      const held = [...new Set([`${context}.npmrc`, `${folderOf(file)}.npmrc`])].find(
        (path) => holdsCredential(now.get(path), path) && !isIgnored('.npmrc', ignores.patterns),
      );
      if (held !== undefined) return `${held}, which holds a credential`;
    }
  }
  return undefined;
}

function holdsCredential(text: string | undefined, path: string): boolean {
  const settings = text === undefined ? [] : settingsIn(path, text);
  if ('untold' in settings) return false;
  return settings.some(({ path: [key = ''], plain }) => /(?:^|:)_(?:authToken|auth|password)$/i.test(key) && !isReference(String(plain)));
}

function observed(file: string, line: number, what: string, last: boolean): FileSeen {
  return {
    file,
    line,
    message: `copies ${what}`,
    confidence: last ? 'high' : 'medium',
    facts: { ...(!last && { stage: 'not the last: it stays in the build cache' }) },
  };
}
