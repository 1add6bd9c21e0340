/** The formats of other managers than npm, loaded when a lockfile is not npm's. */
import { bun } from './bun.ts';
import type { LockfileFormat } from './format.ts';
import { pnpm } from './pnpm.ts';
import { yarnBerry } from './yarn-berry.ts';
import { yarnClassic } from './yarn-classic.ts';

export const others: readonly LockfileFormat[] = [bun, pnpm, yarnBerry, yarnClassic];
