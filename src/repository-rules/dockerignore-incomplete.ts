/** COPY . . takes everything the build context holds: a local node_modules over the one just installed, a local .npmrc with its token. */
import { defineRepositoryRule, type FileSeen } from '../model/repository-rule.ts';
import { listText } from '../model/text.ts';
import { clientCalls } from './read/client.ts';
import { contextOf, sourcesOf } from './read/docker-context.ts';
import { isIgnored, readIgnores } from './read/dockerignore.ts';
import { isDockerfile } from './read/paths.ts';
import { inImages } from './read/seen.ts';

export default defineRepositoryRule({
  meta: {
    id: 'dockerignore-incomplete',
    family: 'pipeline',
    severity: 'low',
    summary: 'An image copies the whole folder, and nothing keeps node_modules or .npmrc out.',
    why: 'Packages from a developer’s machine replace those that the lockfile names, and an .npmrc with a token ends in a layer that everybody can pull.',
    remedy: 'Add node_modules and .npmrc to .dockerignore (depward doctor --fix does).',
    references: ['Docker docs: .dockerignore', 'npm docs: Docker and private modules'],
    falsePositives: 'Images built by CI from a fresh checkout only. A tracked .npmrc is taken to be wanted.',
    since: '0.1.0',
  },
  kind: 'state',
  reads: (path) => isDockerfile(path) || path.endsWith('.dockerignore'),
  check({ now, paths }) {
    const seen = new Set<string>();
    return inImages(now, (instruction, _stage, file, stages): readonly FileSeen[] => {
      if (seen.has(file) || !sourcesOf(instruction).some((source) => source === '.' || source === './')) return [];
      const { line } = instruction;
      // Without an install of its own the image takes node_modules from the folder on purpose, which often is one made for it.
      if (!stages.some((stage) => stage.instructions.some(({ commands }) => clientCalls(commands, '').length > 0))) return [];
      const context = contextOf(file, stages, paths);
      if (context === undefined || !paths.has(`${context}package.json`)) return [];
      seen.add(file);
      const { patterns, file: ignoreFile } = readIgnores(file, context, now);
      const missing = ['node_modules', '.npmrc'].filter((entry) => !isIgnored(entry, patterns) && !paths.has(`${context}${entry}`));
      if (missing.length === 0) return [];
      return [
        {
          file,
          line,
          message: `copies the whole folder, and ${ignoreFile ?? 'no .dockerignore'} ${ignoreFile === undefined ? 'keeps' : 'does not keep'} ${listText(missing)} out`,
          confidence: missing.includes('node_modules') ? 'high' : 'medium',
          fix: { kind: 'append', file: ignoreFile ?? `${context}.dockerignore`, lines: missing },
          facts: { missing, ignoreFile: ignoreFile ?? 'none', context: context === '' ? '.' : context },
        },
      ];
    });
  },
  examples: [
    { title: 'no .dockerignore', now: { Dockerfile: 'FROM node:22\nCOPY . .\nRUN npm ci\n', 'package.json': '{}' }, flagged: true },
    {
      title: 'an image that installs nothing takes what the folder holds',
      now: { Dockerfile: 'FROM node:22\nCOPY . /app\nENTRYPOINT ["node", "/app/index.js"]\n', 'package.json': '{}' },
      flagged: false,
    },
    {
      title: 'both kept out',
      now: { Dockerfile: 'FROM node:22\nCOPY . .\nRUN npm ci\n', 'package.json': '{}', '.dockerignore': 'node_modules\n.npmrc\n' },
      flagged: false,
    },
  ],
});
