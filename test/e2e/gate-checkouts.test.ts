/** The gate where the working folder is not the whole story: first commits, sparse checkouts, bare repositories, histories that end. */
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { commitAll, git } from '../helpers/a-repository.ts';
import { type FixtureRegistry, publish, startFixtureRegistry } from '../helpers/fixture-registry.ts';
import { aWorkplace, type Workplace } from '../helpers/run-cli.ts';

let registry: FixtureRegistry;
let place: Workplace;
const releases = [0, 1, 2].map((minor) => ({ version: `1.${minor}.0`, at: `202${minor}-01-01T00:00:00Z` }));

beforeAll(async () => {
  registry = await startFixtureRegistry({ tarballs: true, packuments: [publish('left', releases)] });
});
afterAll(() => registry.close());
beforeEach(() => {
  place = aWorkplace(registry.url);
  git(place.folder, 'init', '-q', '-b', 'main');
});
afterEach(() => place.remove());

/** A lockfile of these packages, without hashes: what is judged of it is counted here, not what is found. */
function npmLock(packages: Readonly<Record<string, string>>): object {
  const entries = Object.entries(packages).map(([name, version]) => [`node_modules/${name}`, { version }]);
  return { lockfileVersion: 3, packages: { '': { dependencies: packages }, ...Object.fromEntries(entries) } };
}

async function judged(...args: readonly string[]): Promise<{ code: number | null; judged: readonly string[] | undefined; stderr: string }> {
  const { code, stdout, stderr } = await place.run('gate', '--format', 'json', ...args);
  const report =
    stdout === '' ? undefined : (JSON.parse(stdout) as { verdicts: { change?: string; subject: { name?: string; version?: string } }[] });
  const packages = report?.verdicts.filter(({ change }) => change !== undefined);
  return { code, judged: packages?.map(({ change, subject }) => `${change} ${subject.name} ${subject.version}`), stderr };
}

describe('what there is to compare with', () => {
  it('is nothing at the first commit: all of it is judged, and that is said', async () => {
    place.write('package-lock.json', npmLock({ left: '1.0.0' }));
    commitAll(place.folder);
    const ran = await judged();
    expect(ran.judged).toEqual(['add left 1.0.0']);
    expect(ran.stderr).toContain('first commit');
  });

  it('is missing where a shallow clone cannot fetch it: that is no pass', async () => {
    place.write('package-lock.json', npmLock({ left: '1.0.0' }));
    commitAll(place.folder);
    place.write('package-lock.json', npmLock({ left: '1.1.0' }));
    commitAll(place.folder);
    const origin = join(place.home, 'origin');
    git(place.home, 'clone', '-q', '--bare', `file://${place.folder}`, origin);
    rmSync(place.folder, { recursive: true });
    git(place.home, 'clone', '-q', '--depth=1', `file://${origin}`, place.folder);
    rmSync(origin, { recursive: true });
    expect(await judged()).toMatchObject({ code: 2, judged: undefined, stderr: expect.stringContaining('could not be fetched') });
  });

  it('may be a lockfile that nobody can read: a change that mends it is judged as a whole', async () => {
    place.write('package-lock.json', '<<<<<<< HEAD\n{}\n=======\n');
    commitAll(place.folder);
    git(place.folder, 'checkout', '-q', '-b', 'topic');
    place.write('package-lock.json', npmLock({ left: '1.1.0' }));
    const ran = await judged();
    expect(ran.judged).toEqual(['add left 1.1.0']);
    expect(ran.stderr).toContain('package-lock.json could not be read as it was before this change');
  });

  it('does not matter where everything is asked about and there is no lockfile', async () => {
    commitAll(place.folder);
    expect(await judged('--all')).toMatchObject({ code: 2, stderr: expect.stringContaining('there is no lockfile here') });
    rmSync(join(place.folder, '.git'), { recursive: true });
    expect(await judged()).toMatchObject({ code: 2, stderr: expect.stringContaining('there is no lockfile here') });
  });

  it('is told of a lockfile that is removed', async () => {
    place.write('package-lock.json', npmLock({ left: '1.0.0' }));
    commitAll(place.folder);
    rmSync(join(place.folder, 'package-lock.json'));
    expect((await place.run('gate')).stdout).toContain('no package added or changed, 1 removed, nothing to object to');
  });

  it('is a branch that is gone: its name is said', async () => {
    place.write('package-lock.json', npmLock({ left: '1.0.0' }));
    commitAll(place.folder);
    const { code, stderr } = await place.runWith({ env: { GITHUB_EVENT_NAME: 'pull_request', GITHUB_BASE_REF: 'gone' } }, 'gate');
    expect([code, stderr]).toEqual([2, expect.stringContaining('the branch this change goes to, gone, was not found')]);
  });

  it('is named in a bare repository, which has no working folder', async () => {
    place.write('package-lock.json', npmLock({ left: '1.0.0' }));
    commitAll(place.folder);
    git(place.folder, 'checkout', '-q', '-b', 'topic');
    place.write('package-lock.json', npmLock({ left: '1.1.0' }));
    commitAll(place.folder);
    const bare = join(place.home, 'bare');
    git(place.home, 'clone', '-q', '--bare', `file://${place.folder}`, bare);
    rmSync(place.folder, { recursive: true });
    git(place.home, 'clone', '-q', '--bare', `file://${bare}`, place.folder);
    expect(await judged()).toMatchObject({ code: 2, stderr: expect.stringContaining('--head') });
    expect((await judged('--head', 'topic')).judged).toEqual(['change left 1.1.0']);
    expect((await place.run('gate', '--affected', 'left')).stdout).toContain('left@1.1.0');
  });
});

describe('a sparse checkout', () => {
  beforeEach(() => {
    for (const folder of ['a', 'b']) {
      place.write(`${folder}/package.json`, { dependencies: { left: '*' } });
      place.write(`${folder}/package-lock.json`, npmLock({ left: '1.0.0' }));
    }
    commitAll(place.folder);
    git(place.folder, 'checkout', '-q', '-b', 'topic');
    place.write('a/package-lock.json', npmLock({ left: '1.1.0' }));
    commitAll(place.folder);
    git(place.folder, 'sparse-checkout', 'set', 'b');
  });

  it('leaves nothing of the change out', async () => {
    expect((await judged()).judged).toEqual(['change left 1.1.0']);
    expect((await judged('--all')).judged).toEqual(['add left 1.0.0', 'add left 1.1.0']);
  });

  it('leaves no affected version out', async () => {
    expect((await place.run('gate', '--affected', 'left@1.1.0')).stdout).toContain('left@1.1.0  a/package-lock.json');
  });

  it('is told from a lockfile that was removed', async () => {
    rmSync(join(place.folder, 'b/package-lock.json'));
    expect((await judged()).judged).toEqual(['change left 1.1.0']);
  });
});

describe('affected versions', () => {
  const affected = async (...args: readonly string[]) => {
    const { code, stdout, stderr } = await place.run('gate', ...args.flatMap((one) => ['--affected', one]));
    return { code, out: stdout, err: stderr };
  };
  let since: string;
  beforeEach(() => {
    place.write('package-lock.json', npmLock({ left: '1.0.0' }));
    commitAll(place.folder);
    place.write('package-lock.json', npmLock({ left: '1.1.0' }));
    since = commitAll(place.folder).slice(0, 12);
  });

  it.each(['left@^1.0.0', 'left@>=1.0.5 <1.2.0', 'left 1.0.9 || 1.1.0', 'left,= 1.1.0', 'left@v1.1.0', 'left'])(
    'may be a range: %s',
    async (asked) => {
      expect(await affected(asked)).toMatchObject({ code: 1, out: expect.stringContaining(`left@1.1.0  package-lock.json:9  since ${since}`) });
    },
  );

  it('are none outside of the range, and a word that is none is refused', async () => {
    expect(await affected('left@<1.1.0')).toMatchObject({ code: 0 });
    expect(await affected('left@latest')).toMatchObject({ code: 2, out: '', err: expect.stringContaining('not a package version: left@latest') });
  });

  it('may be a table, as advisories print it', async () => {
    writeFileSync(join(place.home, 'list.csv'), '\uFEFFPackage,Version\r\n"left","1.0.9, 1.1.0"\r\nright,= 2.0.0 || = 2.0.1\r\n');
    expect(await affected(join(place.home, 'list.csv'))).toMatchObject({ code: 1, out: expect.stringContaining('(2 versions asked for)') });
  });

  it('are followed through a lockfile that was renamed, and one of another manager', async () => {
    mkdirSync(join(place.folder, 'app'));
    git(place.folder, 'mv', 'package-lock.json', 'app/package-lock.json');
    commitAll(place.folder);
    expect((await affected('left')).out).toContain(`since ${since} (`);
    expect((await affected('left')).out).toContain(', in package-lock.json)');
    git(place.folder, 'rm', '-q', 'app/package-lock.json');
    place.write('app/yarn.lock', '# yarn lockfile v1\n\n\nleft@*:\n  version "1.1.0"\n');
    commitAll(place.folder);
    expect((await affected('left')).out).toContain(`left@1.1.0  app/yarn.lock:4  since ${since} (`);
  });

  it('are found beside a lockfile that cannot be read, and past a state that could not', async () => {
    place.write('package-lock.json', '<<<<<<< HEAD\n"left": "1.1.0"\n');
    commitAll(place.folder);
    place.write('package-lock.json', npmLock({ left: '1.1.0' }));
    place.write('broken/package-lock.json', '{');
    commitAll(place.folder);
    const { code, out } = await affected('left');
    expect([code, out]).toEqual([1, expect.stringContaining(`since ${since}`)]);
    expect(out).toContain('not read: broken/package-lock.json:1: the file ends');
    expect(await affected('right')).toMatchObject({ code: 2, out: expect.stringContaining('none of them in 1 lockfile that could be read') });
  });

  it('cannot be told where there is no lockfile', async () => {
    rmSync(join(place.folder, 'package-lock.json'));
    commitAll(place.folder);
    expect(await affected('left')).toMatchObject({ code: 2, err: expect.stringContaining('no lockfile') });
  });
});

describe('what lies where nothing can be judged', () => {
  const notes = async (...args: readonly string[]) => {
    const { code, stdout } = await place.run('gate', '--format', 'json', ...args);
    return {
      code,
      ...(JSON.parse(stdout) as { notes: { kind: string; message: string }[]; gaps: { subject: { file?: string }; reason: string }[] }),
    };
  };

  it('is said of submodules that move, in commits and in the working folder', async () => {
    const other = join(place.home, 'other');
    mkdirSync(other);
    git(other, 'init', '-q', '-b', 'main');
    writeFileSync(join(other, 'a'), 'one');
    commitAll(other);
    git(place.folder, '-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', other, 'vendor/lib');
    commitAll(place.folder);
    git(place.folder, 'checkout', '-q', '-b', 'topic');
    place.write('readme', 'x');
    commitAll(place.folder);
    expect((await notes()).notes).toEqual([]);
    writeFileSync(join(place.folder, 'vendor/lib/a'), 'two');
    expect((await notes()).notes).toEqual([]);
    commitAll(join(place.folder, 'vendor/lib'));
    const moved = [{ kind: 'submodule-moved', message: expect.stringMatching(/moves 1 submodule.*: vendor\/lib$/) }];
    expect(await notes()).toMatchObject({ code: 0, notes: moved });
    commitAll(place.folder);
    expect((await notes()).notes).toEqual(moved);
    expect((await notes('--head', 'topic')).notes).toEqual(moved);
    expect((await notes('--head', 'topic', '--base', 'topic')).notes).toEqual([]);
  });

  it('stops a change that makes a folder a link out of the repository', async () => {
    place.write('app/package-lock.json', npmLock({ left: '1.0.0' }));
    place.write('tool/readme', 'x');
    commitAll(place.folder);
    git(place.folder, 'checkout', '-q', '-b', 'topic');
    rmSync(join(place.folder, 'app'), { recursive: true });
    symlinkSync('tool', join(place.folder, 'app'));
    expect(await notes()).toMatchObject({ code: 0, gaps: [] });
    rmSync(join(place.folder, 'app'));
    const outside = join(place.home, 'outside');
    mkdirSync(outside);
    symlinkSync(outside, join(place.folder, 'app'));
    const gap = { subject: { kind: 'file', file: 'app' }, reason: expect.stringContaining('leads out of the repository') };
    expect(await notes()).toMatchObject({ code: 1, gaps: [gap] });
    commitAll(place.folder);
    expect(await notes('--head', 'topic')).toMatchObject({ code: 1, gaps: [gap] });
    git(place.folder, 'checkout', '-q', '--detach', 'topic');
    // What lies there is not read either: it is no part of the repository.
    writeFileSync(join(outside, 'package-lock.json'), JSON.stringify(npmLock({ left: '1.1.0' })));
    expect(await judged()).toMatchObject({ code: 2, judged: undefined, stderr: expect.stringContaining('leads out of the') });
  });

  it('is compared with the branch that git itself begins with, where there is no other sign', async () => {
    git(place.folder, 'symbolic-ref', 'HEAD', 'refs/heads/trunk');
    place.write('package-lock.json', npmLock({ left: '1.0.0' }));
    commitAll(place.folder);
    git(place.folder, 'checkout', '-q', '-b', 'topic');
    place.write('package-lock.json', npmLock({ left: '1.1.0' }));
    commitAll(place.folder);
    expect(await judged()).toMatchObject({ code: 2, stderr: expect.stringContaining('was not found') });
    git(place.folder, 'config', 'init.defaultBranch', 'trunk');
    expect((await judged()).judged).toEqual(['change left 1.1.0']);
  });
});
