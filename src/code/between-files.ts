/** What shows only when all files of a package were read: what one takes and another sends, what one calls of another. */
import { leaksOf } from './across.ts';
import { Callers } from './callers.ts';
import type { Gathering } from './gathering.ts';
import { type FileFlow, linksOf } from './js/hand-over.ts';
import { HeldTrees } from './js/held-trees.ts';
import { tagWords } from './js/network.ts';
import { type OwnCalls, ownCalls } from './js/script.ts';
import type { PackedPackage } from './packed-package.ts';
import { SourceText } from './source-text.ts';
import type { Trail } from './trail.ts';

const mostLeaks = 200;

/** A package whose files were read. */
export interface Read {
  readonly packed: PackedPackage;
  readonly found: Gathering;
  readonly trail: Trail;
  readonly flows: ReadonlyMap<string, FileFlow>;
}

/** What is taken in one file and sent by another. */
export function markLeaks({ packed, found, trail, flows }: Read): void {
  const trees = new HeldTrees();
  const leaks = leaksOf({
    flows,
    importers: trail.importers,
    locate: (specifier, from) => packed.imported(specifier, from),
    links: (path) => linksOf(() => packed.text(path) ?? '', packed.languageOf(path), trees.of(sizeOf(packed, path))),
  });
  const liveFirst = [...leaks.filter(({ waits }) => !waits), ...leaks.filter(({ waits }) => waits)];
  for (const { file, at, what, to, waits } of liveFirst.slice(0, mostLeaks)) {
    const entry = packed.entries.get(file);
    if (!entry) continue;
    const detail = `${[...new Set(what)].map((one) => tagWords[one]).join(', ')} to ${to}`;
    const leak = { kind: 'exfiltration', detail, at, readAs: 'written', ...(waits && { waits }) } as const;
    found.capability(leak, new SourceText(file, entry.file.bytes), entry.reach);
  }
}

/**
 * What waits in a file runs after all where another file calls it while it is loaded. Where only commands do so, starting one
 * of them is what runs it, not the import.
 */
export function awaken({ packed, found, trail }: Omit<Read, 'flows'>): void {
  const calls = new Map<string, OwnCalls>();
  const trees = new HeldTrees();
  const read = (path: string): OwnCalls => {
    const known =
      calls.get(path) ??
      ownCalls(
        () => packed.text(path) ?? '',
        packed.languageOf(path),
        trees.of(sizeOf(packed, path)),
        (specifier) => packed.isBundled(specifier),
      );
    calls.set(path, known);
    return known;
  };
  const locate = (specifier: string, from: string): readonly string[] => packed.imported(specifier, from);
  const callers = new Callers(trail, read, locate);
  const imported = new Callers({ importers: besidesCommands(packed, trail.importers), byName: besidesCommands(packed, trail.byName) }, read, locate);
  for (const [at, { file, waits, reach }] of found.capabilities.entries())
    if (waits && (reach === 'install' || callers.callOnLoad(file))) found.awake(at, reach === 'import' && !imported.callOnLoad(file) ? 'bin' : reach);
}

function sizeOf({ entries }: PackedPackage, path: string): number {
  return entries.get(path)?.file.size ?? 0;
}

/** Who imports which file, without the files that only commands lead to. */
function besidesCommands({ entries }: PackedPackage, importers: ReadonlyMap<string, readonly string[]>): ReadonlyMap<string, readonly string[]> {
  return new Map([...importers].map(([file, froms]) => [file, froms.filter((from) => entries.get(from)?.reach !== 'bin')]));
}
