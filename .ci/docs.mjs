/** Brings what follows from the rules in step with them: the README's table, the configuration's schema. `--check` only compares. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { root, textOf } from './freshness.mjs';

const { ruleBook, presets, configSchema } = await sources();
const pages = [...(await ruleBook()).values()];
const wanted = {
  'README.md': withTable(readFileSync(`${root}/README.md`, 'utf8')),
  'depward.config.schema.json': `${JSON.stringify(configSchema(pages), null, 2)}\n`,
};
const stale = Object.entries(wanted).filter(([file, text]) => textOf(`${root}/${file}`) !== text);
if (process.argv.includes('--check')) {
  for (const [file] of stale) console.error(`${file} is out of step with the rules: run npm run docs`);
  process.exitCode = stale.length === 0 ? 0 : 1;
} else {
  for (const [file, text] of stale) writeFileSync(`${root}/${file}`, text);
  console.log(stale.length === 0 ? 'docs: in step' : `docs: wrote ${stale.map(([file]) => file).join(', ')}`);
}

/** The sources are TypeScript: bundled into a module that exists for a moment, inside the project, where its dependencies are found. */
async function sources() {
  const outfile = `${root}/dist/.docs-${process.pid}.mjs`;
  const contents = `export { ruleBook } from './src/rule-book.ts';
    export { presets } from './src/policy/presets.ts';
    export { configSchema } from './src/policy/schema.ts';`;
  const stdin = { contents, resolveDir: root };
  try {
    await build({ stdin, bundle: true, packages: 'external', platform: 'node', format: 'esm', outfile, logLevel: 'warning' });
    return await import(pathToFileURL(outfile).href);
  } finally {
    rmSync(outfile, { force: true });
  }
}

function withTable(readme) {
  const [begin, end] = ['<!-- rules:begin -->', '<!-- rules:end -->'];
  const from = readme.indexOf(begin);
  const to = readme.indexOf(end);
  if (from < 0 || to < from) throw new Error(`README.md lacks the markers ${begin} and ${end}`);
  const rows = pages.map(
    ({ meta }) => `| \`${meta.id}\` | ${levelIn('recommended', meta.id)} | ${levelIn('strict', meta.id)} | ${meta.summary.replaceAll('|', '\\|')} |`,
  );
  const table = ['| rule | recommended | strict | what is wrong |', '| --- | --- | --- | --- |', ...rows].join('\n');
  const folded = `<details><summary>All ${pages.length} of them</summary>\n\n${table}\n\n</details>`;
  return `${readme.slice(0, from + begin.length)}\n\n${folded}\n\n${readme.slice(to)}`;
}

function levelIn(preset, id) {
  const setting = presets[preset].rules[id] ?? 'off';
  return typeof setting === 'string' ? setting : setting[0];
}
