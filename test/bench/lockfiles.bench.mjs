/**
 * Reading lockfiles in paired runs: npm's against arborist's loadVirtual, the others against the YAML parsers at hand, as whole
 * processes and the reading alone (the first in its process, as a command pays for it); and the gate on an unchanged lockfile
 * in the checkouts there are (BENCH_GATES=unchanged) and on 20 changes among 3,000 packages (known, unlike, alike). Reading is
 * done when every entry is there and the whole file is known to be what the parser would see; what an entry says is taken from
 * its lines when it is asked. So the same is told with every entry asked for
 * its name, version, hash, address and line. What each yields: a parser of YAML or of Yarn's syntax, one tree of plain objects with
 * every field and every dependency of every entry, and no packages; depward, the set of packages, each bound to its lines, with all
 * keys known to be there once. So the first ratio is of what either has to do before its caller can go on, and the one with every
 * entry asked counts against depward what the parsers leave to their callers. A whole process cannot cost less than `node -e 0`:
 * that ratio stands beside. Ratios of CPU time, because other work on the machine spoils wall time; real lockfiles where
 * ../shared/bench is, generated ones otherwise.
 */
import { fork, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { packument } from './generated-packuments.mjs';
import { knownNames } from './known-names.mjs';
import { builtCopy, bundle, root } from './load.mjs';

const noteUse = fileURLToPath(new URL('note-use.cjs', import.meta.url));
const pairs = Number(process.env.BENCH_PAIRS ?? 5);
const real = join(root, '../shared/bench/lockfiles');
const work = mkdtempSync(join(tmpdir(), 'depward-locks-'));
const cli = builtCopy();
const env = { PATH: process.env.PATH, HOME: work, DEPWARD_CACHE: join(work, 'cache'), NO_COLOR: '1', GIT_CONFIG_GLOBAL: '/dev/null' };
const reader = await bundle('src/resolve/project.ts');
const ours = (file) => ({
  load: `const{readProjectLockfile}=await import(${JSON.stringify(reader)})`,
  run: `globalThis.n=(await readProjectLockfile(${JSON.stringify(dirname(file))})).tree.packages.length`,
});
const asked = (file) => ({
  ...ours(file),
  run: `globalThis.n=0;for(const p of (await readProjectLockfile(${JSON.stringify(dirname(file))})).tree.packages)n+=[p.key,p.name,p.version,p.source,p.integrity,p.checksum,p.resolved,p.where].length`,
});

try {
  for (const [size, aim, folder] of process.env.BENCH_GATES ? [] : npmProjects()) {
    const arborist = {
      load: `const{default:A}=await import(${JSON.stringify(`${root}/node_modules/@npmcli/arborist/lib/index.js`)})`,
      run: `await new A({path:${JSON.stringify(folder)}}).loadVirtual()`,
    };
    compare(
      `package-lock, ${size} packages`,
      ours(join(folder, 'package-lock.json')),
      [['arborist loadVirtual', arborist, aim]],
      size > 5_000 ? 3 : pairs,
    );
  }
  for (const [title, file] of process.env.BENCH_GATES ? [] : yamlLocks()) {
    compare(title, ours(file), yamlPeers(title, file), pairs, asked(file));
    compareWarm(title, ours(file), yamlPeers(title, file));
  }
  if (!process.env.BENCH_READING) {
    const only = process.env.BENCH_GATES;
    if (!only || only === 'unchanged') unchanged();
    if (!only || only === 'unlike') await gates('names like no others', 'unlike');
    // Every name is close to hundreds of others of the project: what a name is like has to be told from all of them.
    if (!only || only === 'alike') await gates('names all alike', 'alike');
    if (!only || only === 'known') await gates('well-known names', 'known');
  }
} finally {
  rmSync(work, { recursive: true, force: true });
}

function compare(title, mine, peers, rounds = pairs, everything = undefined) {
  for (const [name, script, aim] of peers) {
    const bare = { load: '0', run: '0' };
    const runs = Array.from({ length: rounds }, () => ({
      mine: used(mine),
      peer: used(script),
      ...(everything && { everything: used(everything), bare: used(bare) }),
    }));
    const ratio = (what, other = 'mine') => median(runs.map((run) => run.peer[what] / run[other][what])).toFixed(1);
    const more = everything
      ? `, ${ratio('inside', 'everything')}x with every entry asked; node alone is ${ratio('cpu', 'bare')}x, and what goes beyond it ${beyond(runs)}x`
      : '';
    console.log(`${title}: ${name} takes ${ratio('cpu')}x our CPU, whole process (aim ${aim}x); ${ratio('inside')}x for reading alone${more}`);
  }
}

/** How much more a peer's process takes than ours does, beyond what node takes for nothing. */
function beyond(runs) {
  return median(runs.map(({ mine, peer, bare }) => (peer.cpu - bare.cpu) / Math.max(mine.cpu - bare.cpu, 1))).toFixed(1);
}

/** Reading again and again in one process, with the engine warmed up: what is left when neither start nor first use count. */
function compareWarm(title, mine, peers) {
  for (const [name, script, aim] of peers) {
    const runs = Array.from({ length: 3 }, () => ({ mine: again(mine), peer: again(script) }));
    console.log(
      `${title}: ${name} takes ${median(runs.map(({ mine, peer }) => peer / mine)).toFixed(1)}x our CPU for reading it again (aim ${aim}x)`,
    );
  }
}

/** Median CPU milliseconds of ten more readings after the first. */
function again({ load, run }) {
  const note = join(work, 'again');
  const each = `const c=process.cpuUsage();${run};const{user,system}=process.cpuUsage(c);if(i>0)all.push((user+system)/1e3)`;
  const script = `${load};const all=[];for(let i=0;i<11;i++){${each}};(await import('node:fs')).writeFileSync(${JSON.stringify(note)},String(all.sort((a,b)=>a-b)[5]))`;
  if (measured(['--input-type=module', '-e', script], work).status !== 0) throw new Error(`no second reading: ${load}`);
  return Number(readFileSync(note, 'utf8'));
}

/** CPU milliseconds of a whole process, and of what it does once everything is loaded. */
function used({ load, run }) {
  const note = join(work, 'inside');
  const script = `${load};const c=process.cpuUsage();${run};const{user,system}=process.cpuUsage(c);(await import('node:fs')).writeFileSync(${JSON.stringify(note)},String((user+system)/1e3))`;
  const { cpu, status } = measured(['--input-type=module', '-e', script], work);
  if (status !== 0) throw new Error(`ended with ${status}: ${load}`);
  return { cpu, inside: Number(readFileSync(note, 'utf8')) };
}

/** Wall and CPU milliseconds of a whole process, and its peak memory in megabytes. */
function measured(args, cwd, more = {}) {
  const started = performance.now();
  const out = join(work, 'used');
  const { status, stderr } = spawnSync(process.execPath, ['--require', noteUse, ...args], {
    cwd,
    env: { ...env, ...more, BENCH_USED: out },
    encoding: 'utf8',
  });
  if (status === null || status > 1) throw new Error(`ended with ${status}: ${stderr}`);
  const wall = performance.now() - started;
  const { userCPUTime, systemCPUTime, maxRSS } = JSON.parse(readFileSync(out, 'utf8'));
  return { wall, cpu: (userCPUTime + systemCPUTime) / 1e3, peak: maxRSS / 1024, status };
}

/** Projects of about 1,000, 3,000 and 10,000 packages, with the aim for each. */
function npmProjects() {
  const found = [
    'mochajs__mocha/npm-v3-2026-08-09',
    'microsoft__vscode-python/npm-v2-2026-07-21',
    'open-wc__open-wc/npm-v3-2026-05-29',
    'facebook__create-react-app/npm-v2-2025-01-27',
    'snyk__cli/npm-v2-2021-09-27',
  ].map((name) => join(real, name));
  if (!existsSync(found[0]))
    return [
      [1_000, 6],
      [3_000, 12],
      [10_000, 20],
    ].map(([size, aim]) => [size, aim, generated(size)]);
  const merged = join(work, 'merged');
  const packages = { '': { name: 'merged', workspaces: ['w/*'] } };
  found.forEach((folder, index) => {
    for (const [key, entry] of Object.entries(JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8')).packages)) {
      packages[key === '' ? `w/${index}` : `w/${index}/${key}`] = entry.link ? { ...entry, resolved: `w/${index}/${entry.resolved}` } : entry;
    }
    packages[`node_modules/w${index}`] = { resolved: `w/${index}`, link: true };
  });
  write(merged, { name: 'merged', lockfileVersion: 3, requires: true, packages });
  return [
    [count(found[1]), 6, copy(found[1])],
    [count(found[2]), 12, copy(found[2])],
    [Object.keys(packages).length, 20, merged],
  ];
}

function count(folder) {
  return Object.keys(JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8')).packages).length;
}

function copy(folder) {
  const to = join(work, String(count(folder)));
  mkdirSync(to);
  for (const name of ['package.json', 'package-lock.json']) cpSync(join(folder, name), join(to, name));
  return to;
}

function generated(size) {
  const folder = join(work, `generated-${size}`);
  write(folder, lockOf(size, new Set(), 'https://registry.example/'));
  return folder;
}

function write(folder, lock) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify(lock.packages['']));
  writeFileSync(join(folder, 'package-lock.json'), `${JSON.stringify(lock, null, 2)}\n`);
}

function yamlLocks() {
  const all = [
    ['pnpm v9, 0.85 MB', 'withastro__astro/pnpm-v9.0-2026-08-22/pnpm-lock.yaml'],
    ['Yarn berry, 0.88 MB', 'jestjs__jest/berry-v10-2026-08-17/yarn.lock'],
    ['Yarn berry, 1.9 MB', 'snyk__nodejs-lockfile-parser/yarn2-big/yarn.lock'],
    ['Yarn 1, 0.38 MB', 'desktop__desktop/yarn-v1-2024-10-10/yarn.lock'],
  ].map(([title, path]) => [title, join(real, path)]);
  const found = all.filter(([, file]) => existsSync(file));
  if (found.length === 0) console.log('pnpm and Yarn: skipped, no bench data');
  return found.length === 0 ? [] : [...found, mergedBerry(), mergedPnpm()];
}

/** The entries of several projects in one file, each once, in Yarn's order. */
function mergedBerry() {
  const paths = ['jestjs__jest/berry-v10-2026-08-17', 'snyk__nodejs-lockfile-parser/yarn2-big', 'prettier__prettier/berry-v8-2026-04-10'];
  const more = ['jestjs__jest/berry-v5-2022-02-15', 'nodejs__corepack/berry-v4-2022-04-08', 'nodejs__corepack/berry-v7-2023-08-28'];
  const all = [...paths, ...more].flatMap((path) => readFileSync(join(real, path, 'yarn.lock'), 'utf8').split('\n\n'));
  // Of the first: the note and what the file says of itself.
  const head = all.slice(0, all.findIndex((block) => block.startsWith('__metadata:')) + 1).join('\n\n');
  const [entries, seen] = [new Map(), new Set()];
  for (const block of all) {
    const key = block.split('\n', 1)[0];
    const resolution = /^ {2}resolution: (.*)$/m.exec(block)?.[1];
    if (!key.startsWith('"') || resolution === undefined || /@workspace:/.test(resolution) || entries.has(key) || seen.has(resolution)) continue;
    entries.set(key, `${block.trimEnd()}\n`);
    seen.add(resolution);
  }
  const sorted = [...entries.keys()].sort().map((key) => entries.get(key));
  return [`Yarn berry, ${sorted.length} packages merged`, writeText('merged-berry', 'yarn.lock', `${head.trimEnd()}\n\n${sorted.join('\n')}`)];
}

/** The packages and snapshots of two projects in one file. */
function mergedPnpm() {
  const texts = ['withastro__astro/pnpm-v9.0-2026-08-22', 'npmx-dev__npmx.dev/pnpm-v9.0-2026-03-28'].map((path) =>
    readFileSync(join(real, path, 'pnpm-lock.yaml'), 'utf8')
      .split('\n---\n')
      .at(-1),
  );
  const section = (name) => {
    const entries = new Map();
    for (const text of texts) {
      const [, lines] = text.split(`\n${name}:\n\n`);
      for (const block of lines.split(/\n(?=[a-z]+:\n)/)[0].split(/\n\n(?= {2}\S)/))
        entries.set(block.split('\n', 1)[0].replace(/: \{\}$/, ':'), block.trimEnd());
    }
    return [
      entries.size,
      `${name}:\n\n${[...entries.keys()]
        .sort()
        .map((key) => entries.get(key))
        .join('\n\n')}\n`,
    ];
  };
  const [size, packages] = section('packages');
  const text = `lockfileVersion: '9.0'\n\nimporters:\n\n  .: {}\n\n${packages}\n${section('snapshots')[1]}`;
  return [`pnpm v9, ${size} packages merged`, writeText('merged-pnpm', 'pnpm-lock.yaml', text)];
}

function writeText(folder, name, text) {
  mkdirSync(join(work, folder), { recursive: true });
  writeFileSync(join(work, folder, name), text);
  return join(work, folder, name);
}

/** The peers that are here: js-yaml of the tree, or it and @yarnpkg/parsers in the folder of packages that BENCH_PEERS names. */
function yamlPeers(title, file) {
  const folders = [process.env.BENCH_PEERS, `${root}/node_modules`].filter(Boolean);
  const find = (name) => folders.map((folder) => join(folder, name)).find((folder) => existsSync(folder));
  const [yaml, jsYaml, syml] = ['yaml', 'js-yaml', '@yarnpkg/parsers'].map(find);
  const text = `(await import('node:fs')).readFileSync(${JSON.stringify(file)},'utf8')`;
  const from = (folder) => `const p=(await import('node:module')).createRequire('file:///')(${JSON.stringify(folder)})`;
  return [
    ...(title.startsWith('Yarn 1') ? [] : [['yaml', { load: from(yaml), run: `p.parseAllDocuments(${text}).map(d=>d.toJS())` }, 10]]),
    // Documents of pnpm 11 come several in a file.
    ...(jsYaml && !title.startsWith('Yarn 1') ? [['js-yaml', { load: from(jsYaml), run: `(p.safeLoadAll??p.loadAll)(${text},()=>{})` }, 10]] : []),
    ...(syml && title.startsWith('Yarn') ? [['@yarnpkg/parsers', { load: from(syml), run: `p.parseSyml(${text})` }, 10]] : []),
  ];
}

/**
 * What warm means: the facts about all packages are in the cache. The same change asked again; the change judged anew from facts alone; and a
 * change nobody asked about yet, whose packages other changes brought before, so that judgements of them may be remembered.
 */
async function gates(names, kind) {
  const server = fork(fileURLToPath(new URL('packuments-server.mjs', import.meta.url)), ['3000', '0', kind]);
  const alike = kind === 'known' ? await knownNames(3_000) : kind === 'alike';
  try {
    const { url } = await new Promise((resolve, reject) =>
      server.once('message', resolve).once('exit', (code) => reject(new Error(`server ended: ${code}`))),
    );
    const folder = join(work, `gate-${kind}`);
    const changed = Array.from({ length: 20 }, (_, index) => index * 100);
    const change = (some) => write(folder, lockOf(3_000, new Set(changed.filter((index) => !some.includes(index))), url, alike));
    change([]);
    writeFileSync(join(folder, '.npmrc'), `registry=${url}\n`);
    writeFileSync(join(folder, 'depward.config.json'), JSON.stringify({ rules: withoutTarballs() }));
    git(folder, 'init', '-q', '-b', 'main');
    commit(folder);
    change(changed.slice(0, 10));
    measured([cli, 'gate', '--quiet'], folder);
    change(changed.slice(10));
    measured([cli, 'gate', '--quiet'], folder);
    change(changed);
    const warm = join(work, 'warm');
    cpSync(env.DEPWARD_CACHE, warm, { recursive: true });
    const title = `gate, 20 of 3,000 packages changed, ${names},`;
    gate(`${title} the same change again`, folder, 2.5);
    gate(`${title} another change, its packages judged in earlier ones`, folder, 2.5, () => {
      rmSync(env.DEPWARD_CACHE, { recursive: true });
      cpSync(warm, env.DEPWARD_CACHE, { recursive: true });
    });
    // A folder in the place of the file: no judgement can be kept there; and a file in the place of the folder: no answer.
    for (const name of ['answers-1', 'judgements-2.log']) {
      rmSync(join(env.DEPWARD_CACHE, name), { recursive: true, force: true });
      if (name.startsWith('answers')) writeFileSync(join(env.DEPWARD_CACHE, name), '');
      else mkdirSync(join(env.DEPWARD_CACHE, name));
    }
    gate(`${title} judged anew from warm facts`, folder, 2.5);
  } finally {
    server.disconnect();
    for (const path of [env.DEPWARD_CACHE, join(work, 'warm')]) rmSync(path, { recursive: true, force: true });
  }
}

/** A lockfile that stays as it is while other files change, in the checkouts there are: each gate has to find out what it is about. */
function unchanged() {
  const folder = join(work, 'unchanged');
  const edit = (name) => {
    writeFileSync(join(folder, name), `export default '${name}';\n`);
    commit(folder);
  };
  write(folder, lockOf(3_000, new Set(), 'https://registry.example/'));
  git(folder, 'init', '-q', '-b', 'main');
  edit('first.js');
  edit('second.js');
  gate('gate, lockfile unchanged, the default branch', folder, 1.5);
  git(folder, 'checkout', '-q', '-b', 'feature');
  edit('third.js');
  gate('gate, lockfile unchanged, a feature branch', folder, 1.5);
  git(folder, 'checkout', '-q', 'main');
  edit('fourth.js');
  git(folder, 'checkout', '-q', '--detach');
  git(folder, 'merge', '-q', '--no-ff', '-m', 'merged', 'feature');
  const event = { GITHUB_ACTIONS: 'true', GITHUB_EVENT_NAME: 'pull_request', GITHUB_REF: 'refs/pull/1/merge', GITHUB_BASE_REF: 'main' };
  gate('gate, lockfile unchanged, the merge commit of a pull request', folder, 1.5, undefined, event);
}

function git(folder, ...args) {
  const { status } = spawnSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', ...args], { cwd: folder, env });
  if (status !== 0) throw new Error(`git ${args.join(' ')} ended with ${status}`);
}

function commit(folder) {
  git(folder, 'add', '-A');
  git(folder, 'commit', '-q', '-m', 'more');
}

/** The generated registry has no tarballs: the rules that read them are off. */
function withoutTarballs() {
  const all = JSON.parse(spawnSync(process.execPath, [cli, 'rules', '--json'], { cwd: work, env, encoding: 'utf8' }).stdout);
  return Object.fromEntries(all.filter((rule) => rule.needs.includes('contents')).map((rule) => [rule.id, 'off']));
}

function gate(title, folder, aim, before = () => {}, more = {}) {
  measured([cli, 'gate', '--quiet'], folder, more);
  const runs = Array.from({ length: pairs }, () => {
    before();
    return { bare: measured(['-e', '0'], folder), mine: measured([cli, 'gate', '--quiet'], folder, more) };
  });
  const ratio = (name) => median(runs.map(({ bare, mine }) => mine[name] / bare[name])).toFixed(2);
  const peak = median(runs.map(({ mine }) => mine.peak)).toFixed(0);
  console.log(`${title}: wall ${ratio('wall')}x node -e 0 (aim ${aim}x), CPU ${ratio('cpu')}x without git's own, peak ${peak} MB`);
}

/** A lockfile over generated packuments; those in `older` one release behind. */
function lockOf(size, older, url, alike = false) {
  const packages = {};
  const dependencies = {};
  for (let index = 0; index < size; index++) {
    const { name, versions, 'dist-tags': tags } = packument(index, 0, alike);
    const all = Object.keys(versions);
    const version = older.has(index) ? all[Math.max(all.indexOf(tags.latest) - 1, 0)] : tags.latest;
    dependencies[name] = version;
    packages[`node_modules/${name}`] = {
      version,
      resolved: `${url}${name}/-/${name.slice(name.lastIndexOf('/') + 1)}-${version}.tgz`,
      integrity: versions[version].dist.integrity,
      license: 'MIT',
    };
  }
  return {
    name: 'bench',
    version: '1.0.0',
    lockfileVersion: 3,
    requires: true,
    packages: { '': { name: 'bench', version: '1.0.0', dependencies }, ...packages },
  };
}

function median(values) {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}
