/** The hosts of the public registry, npm's own and Yarn's name for it: what npm's tree builder takes for one when it reads lockfiles. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { root } from './freshness.mjs';

const { resolve } = createRequire(`${root}/package.json`);
const text = readFileSync(resolve('@npmcli/arborist/lib/shrinkwrap.js'), 'utf8');

export const publicRegistries = ['npm', 'yarn'].map((name) => {
  const host = new RegExp(`^const ${name}RegRe = /\\^https\\?:\\\\/\\\\/((?:[\\w-]|\\\\\\.)+)\\\\//$`, 'm').exec(text)?.[1];
  if (host === undefined) throw new Error(`npm's tree builder no longer says what the public registry of ${name} is`);
  return host.replaceAll('\\.', '.');
});
