/** Entry points and commands that now mean another file, which the release before did not have or did not use, and which does more. Pure. */
import type { MovedEntry, Reach, TarballFacts } from '../model/contents.ts';
import { packageFiles } from './resolve-file.ts';

const most = 20;

/** The new files that entry points or commands were pointed at, with what only they can do. */
export function movedEntries(facts: TarballFacts, before: TarballFacts | undefined): readonly MovedEntry[] {
  if (!before) return [];
  const [now, old] = [locator(facts), locator(before)];
  const used = before.files.filter(({ reach }) => reach !== 'shipped');
  const known = { paths: new Set(used.map(({ path }) => path)), hashes: new Set(used.map(({ hash }) => hash)) };
  const hashOf = new Map(facts.files.map(({ path, hash }) => [path, hash]));
  const isNew = (path: string): boolean => !known.paths.has(path) && !known.hashes.has(hashOf.get(path) ?? '');
  const moved = [...movedPoints(now, old), ...movedBins(facts, before, now, old)].filter(({ to }) => isNew(to));
  return moved.flatMap((entry) => {
    const can = gained(facts, before, isNew, entry.what === 'entry point' ? ['install', 'import'] : ['install', 'import', 'bin']);
    return can.length === 0 ? [] : [{ ...entry, can }];
  });
}

type Moved = Omit<MovedEntry, 'can'>;

interface Located {
  readonly find: (written: string) => string | undefined;
  readonly points: ReadonlySet<string>;
}

function locator({ files, manifest }: TarballFacts): Located {
  const index = packageFiles(
    files.map(({ path }) => path),
    new Map(),
  );
  const find = (written: string): string | undefined => (/[*…]/.test(written) ? undefined : index.find(written, ''));
  const written = manifest.entries.length > 0 ? manifest.entries : ['index.js'];
  const found = written.flatMap((path) => find(path) ?? []).filter((path) => !path.endsWith('package.json'));
  return { find, points: new Set(found.length > 0 ? found : (find('index.js') ?? [])) };
}

/** Only where something was left for it: another way in beside the old ones is no move. */
function movedPoints(now: Located, old: Located): readonly Moved[] {
  const left = [...old.points].filter((path) => !now.points.has(path));
  if (left.length === 0) return [];
  return [...now.points]
    .filter((path) => !old.points.has(path))
    .slice(0, most)
    .map((to) => ({ what: 'entry point', from: left[0] ?? '', to }));
}

function movedBins(facts: TarballFacts, before: TarballFacts, now: Located, old: Located): readonly Moved[] {
  return [...facts.manifest.bin]
    .flatMap(([name, written]) => {
      const was = before.manifest.bin.get(name);
      const [from, to] = [was === undefined ? undefined : old.find(was), now.find(written)];
      return from === undefined || to === undefined || from === to ? [] : [{ what: `command ${name}`, from, to }];
    })
    .slice(0, most);
}

/** What new files do as part of the package that nothing reached so before could. */
function gained(facts: TarballFacts, before: TarballFacts, isNew: (path: string) => boolean, reaches: readonly Reach[]): readonly string[] {
  const had = new Set(before.capabilities.filter(({ reach }) => reaches.includes(reach)).map(({ kind }) => kind));
  const has = facts.capabilities.filter(({ reach, file, kind }) => reach !== 'shipped' && reaches.includes(reach) && isNew(file) && !had.has(kind));
  return [...new Set(has.map(({ kind }) => kind))];
}
