/** The list of output formats; each reporter is loaded only when asked for. */
import type { Reporter } from './reporter.ts';

/** Output formats by the name `--format` takes. */
export const formats = ['text', 'json', 'sarif', 'markdown', 'github', 'gitlab', 'junit'] as const;

export type Format = (typeof formats)[number];

const loaders: Readonly<Record<Format, () => Promise<{ readonly default: Reporter }>>> = {
  text: () => import('./text.ts'),
  json: () => import('./json.ts'),
  sarif: () => import('./sarif.ts'),
  markdown: () => import('./markdown.ts'),
  github: () => import('./github.ts'),
  gitlab: () => import('./gitlab.ts'),
  junit: () => import('./junit.ts'),
};

/** The reporter of a format. */
export async function reporterOf(format: Format): Promise<Reporter> {
  return (await loaders[format]()).default;
}
