/** The layout in which Yarn 2 and later write yarn.lock; undefined for whatever is not in it. */
import { allOnce, chain, entriesIn, type Forms, type Keys, linesOf } from './entries.ts';
import { bare, eachMatch, listKeys, listsHoldOnce, onceEach, type Pairs, pairsIn, piece, sticky, withinReason } from './layout.ts';
import type { BerryEntry, BerryFile } from './yarn-berry-entries.ts';
import { OwnResolutions, resolutionIn } from './yarn-berry-resolutions.ts';

const { plain, plainKey, key, value, inDouble } = piece;
/** Keys are quoted for the `@` they begin with alone, so that no two spellings mean the same. */
const listed = `(?:"@${inDouble}"|${plainKey})`;
const pairs = `(?:    ${listed}: ${value}\\n)+`;
const flag = (name: string) => `(?:      ${name}: (?:true|false)\\n)?`;
const flags = `:\\n(?=      )${flag('built')}${flag('optional')}${flag('unplugged')}`;
const metas = `(?:    ${listed}${flags})+`;
const field = (name: string, lines: string) => `(?:  ${name}:\\n${lines})?`;
const once = (name: string, after: string) => field(name, onceEach(name, 4, listed, after));
const scalar = `(?:"${inDouble}"|${plain})`;
const written = `(?:"${inDouble}"|[A-Za-z0-9][!-9;-~]*)`;
const head = sticky(`(?:#[ -~]*\\n)*\\n*__metadata:\\n  version: (${scalar})\\n(?:  cacheKey: (${scalar})\\n)?\\n*`);
const rest = `(?:  checksum: ${scalar}\\n)?(?:  conditions: ${scalar}\\n)?  languageName: ${plain}\\n  linkType: (?:hard|soft)\\n\\n*`;
/** A whole entry. Yarn makes very long keys explicit. */
const wide = sticky(
  `(?:${written}:|\\? ${written}\\n:)\\n  version: ${scalar}\\n  resolution: "${inDouble}"\\n` +
    field('dependencies', pairs) +
    field('peerDependencies', pairs) +
    field('dependenciesMeta', metas) +
    field('peerDependenciesMeta', metas) +
    field('bin', pairs) +
    rest,
);
/** What comes next is of another name; or so is what comes soon, and nothing before it resolves to the same. Each entry is taken whole. */
const resolvesApart =
  `(?:(?!"\\k<name>@)|(?=(?:"\\k<name>@[^\\n]*\\n(?!  version: [^\\n]*\\n  resolution: "\\k<name>\\k<release>)` +
  `(?:  [^\\n]*\\n)+\\n*(?![ \\n])){0,30}(?!"\\k<name>@)))`;
/**
 * A release of a registry under its own name, as nearly all are: `name@npm:1.2.3` and nothing bound to it, with lists short
 * enough to tell that nothing is in them twice.
 */
const narrow = chain(
  `(?<own>"(?<name>[!#-+\\--\\[\\]-~][!#-+\\--?A-\\[\\]-~]*)@${inDouble}":\\n)  version: ${scalar}\\n` +
    `  resolution: "\\k<name>(?<release>@npm:[ !#-9;-?A-\\[\\]-~]*"\\n)` +
    once('dependencies', `: ${value}\\n`) +
    once('peerDependencies', `: ${value}\\n`) +
    once('dependenciesMeta', flags) +
    once('peerDependenciesMeta', flags) +
    once('bin', `: ${value}\\n`) +
    `${rest}(?!\\n|\\k<own>)${resolvesApart}`,
);
const lists = listKeys(4);
const forms: Forms = { narrow, wide, usual: '"', isSure: (lines) => listsHoldOnce(lines, lists) };
/** The file by Yarn's own layout; undefined when it is not in it. */
export function readOwnLayout(file: string, raw: string): BerryFile | undefined {
  return withinReason(() => readFile(file, raw));
}

function readFile(file: string, raw: string): BerryFile | undefined {
  const text = raw.includes('\r') ? raw.replaceAll('\r\n', '\n') : raw;
  head.lastIndex = 0;
  // On a short text a pattern used once is not made machine code of.
  const [, version, cacheKey] = head.exec(text.slice(0, 900)) ?? [];
  if (version === undefined) return undefined;
  const entries = entriesIn(forms, text, head.lastIndex);
  const { texts, odd, end } = entries;
  if (end < text.length || !allOnce(entries, keys)) return undefined;
  let starts: readonly number[] | undefined;
  return {
    version: bare(version),
    cacheKey: cacheKey === undefined ? undefined : bare(cacheKey),
    size: texts.length,
    resolutions: new OwnResolutions(entries),
    odd,
    entry: (at) => new OwnEntry(texts[at] as string),
    where(at) {
      starts ??= linesOf(entries, text);
      return { file, line: starts[at] as number, column: 1 };
    },
    lines: (at) => texts[at] as string,
  };
}

const doubleQuote = 34;

/** Keys are quoted for the `@` in them. */
const keys: Keys = {
  head: (entry) => (entry.charCodeAt(0) === doubleQuote ? entry.slice(0, entry.indexOf('\n') + 1) : undefined),
  name: writtenIn,
  usual: (name) => `"${name}":\n`,
};

function writtenIn(entry: string): string {
  if (entry.charCodeAt(0) === doubleQuote) return entry.slice(1, entry.indexOf('\n') - 2);
  return bare(entry.startsWith('? ') ? entry.slice(2, entry.indexOf('\n')) : entry.slice(0, entry.indexOf('\n') - 1));
}

class OwnEntry implements BerryEntry {
  // Not `#`: all of a file may be asked for.
  private readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  get written(): string {
    return writtenIn(this.text);
  }

  get version(): string {
    return scalarAfter(this.text, '\n  version: ') as string;
  }

  get resolution(): string {
    return resolutionIn(this.text);
  }

  get checksum(): string | undefined {
    return scalarAfter(this.text, '\n  checksum: ');
  }

  dependencies(): Pairs {
    const at = endOf(this.text, '\n  dependencies:\n');
    return at < 0 ? [] : pairsIn(this.text, at, 4);
  }

  optional(): ReadonlySet<string> {
    const at = endOf(this.text, '\n  dependenciesMeta:\n');
    return at < 0 ? none : optionalIn(this.text, at);
  }
}

function scalarAfter(text: string, what: string): string | undefined {
  const at = endOf(text, what);
  return at < 0 ? undefined : bare(text.slice(at, text.indexOf('\n', at)));
}

/** Where something ends. Fields stand two deep, and nothing else does. */
function endOf(text: string, what: string): number {
  const at = text.indexOf(what);
  return at < 0 ? at : at + what.length;
}

const none: ReadonlySet<string> = new Set();
const meta = sticky(`    (${key}):\\n((?:      .*\\n)+)`);

function optionalIn(lines: string, start: number): ReadonlySet<string> {
  const found = new Set<string>();
  eachMatch(meta, lines, start, ([, name = '', flags = '']) => {
    if (flags.includes('optional: true')) found.add(bare(name));
  });
  return found;
}
