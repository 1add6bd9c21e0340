/** What no rule has to be asked about. */

/** Endings of sources, pages and pictures. */
export const sourceEndings: readonly string[] =
  'js jsx ts tsx cjs cjsx cts ctsx mjs mjsx mts mtsx vue svelte astro css sass scss less htm html md mdx rst txt svg png jpg jpeg gif ico webp avif woff woff2 ttf eot mp4 webm pdf snap map wasm py rb php go rs java kt swift cs c cc cpp h hh hpp sql graphql proto csv xml'.split(
    ' ',
  );
const sources = new Set(sourceEndings);
const named = /(?:docker|container|jenkins)file/i;

/** True for sources, pages and pictures: no rule on a state reads them, and in most repositories nearly all files are such. */
export function isSource(path: string): boolean {
  const ending = path.slice(path.lastIndexOf('.') + 1);
  if (!sources.has(ending) && !sources.has(ending.toLowerCase())) return false;
  return path.includes('.') && !path.includes('.husky/') && !named.test(path.slice(path.lastIndexOf('/') + 1));
}
