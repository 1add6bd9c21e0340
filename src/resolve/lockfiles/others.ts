/** The formats of other managers than npm: what tells each from the others. How one is read is loaded when a file is in it. */
import type { LockfileFormat } from './format.ts';
import { firstLine } from './text.ts';

export const others: readonly LockfileFormat[] = [
  {
    id: 'bun-lock',
    names: ['bun.lock'],
    recognises: ({ text }) =>
      /^[{/]/.test(firstLine(text)) &&
      text.includes('"lockfileVersion"') &&
      /^\uFEFF?\s*(?:\/\/[^\n]*\n\s*)*\{/.test(text) &&
      /"workspaces"\s*:\s*\{\s*""\s*:/.test(text.slice(0, 4000)),
    read: async (input) => (await import('./bun.ts')).read(input),
  },
  {
    id: 'pnpm-lock',
    names: ['pnpm-lock.yaml'],
    recognises: ({ text }) => /^(?:lockfileVersion|'lockfileVersion'|"lockfileVersion"):/.test(firstLine(text)),
    read: async (input) => (await import('./pnpm.ts')).read(input),
  },
  {
    id: 'yarn-berry',
    names: [],
    // Nearly always at the head: of a pattern that meets a long text machine code is made.
    recognises: ({ text }) => /^["']?__metadata["']?:/.test(firstLine(text)) || (text.includes('__metadata') && /^["']?__metadata["']?:/m.test(text)),
    read: async (input) => (await import('./yarn-berry.ts')).read(input),
  },
  {
    id: 'yarn-classic',
    names: ['yarn.lock'],
    recognises: ({ text }) => /^# yarn lockfile v1\s*$/m.test(text.slice(0, 2000)),
    read: async (input) => (await import('./yarn-classic.ts')).read(input),
  },
];
