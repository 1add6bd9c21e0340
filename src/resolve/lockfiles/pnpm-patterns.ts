/** Patterns of the entries in pnpm's own layout of pnpm-lock.yaml, section by section. */
import { chain, type Forms } from './entries.ts';
import { listKeys, listsHoldOnce, listsHoldOnceAsRead, onceEach, piece, sticky } from './layout.ts';
import { readFlowMap } from './yaml-tidy.ts';

/** Patterns this long are made when they are needed: of most only one or two are. */
function later<T>(make: () => T): () => T {
  let held: T | undefined;
  return () => {
    held ??= make();
    return held;
  };
}

const { plain, plainKey, key, value, inSingle } = piece;
const flowChar = '[!"$-+\\-./0-9;-Z\\\\^-z|~]';
const flowPlain = `[A-Za-z0-9/^~._<(+=$]${flowChar}*(?:[:# ](?=${flowChar})${flowChar}*)*`;
const flowValue = `(?:'${inSingle}'|${flowPlain})`;
const flowKey = `(?:'${inSingle}'|[A-Za-z_$][\\w.$-]*)`;
const flowMap = `\\{${flowKey}: ${flowValue}(?:, ${flowKey}: ${flowValue})*\\}`;
const word = `(?:'${inSingle}'|[A-Za-z0-9_][\\w.-]*)`;
const flowList = `\\[${word}(?:, ${word})*\\]`;
/** Which platforms a package is for, a single one as its own manifest has it. */
const platforms = `(?:${flowList}|${word})`;
const pairs = `(?:      ${key}: ${value}\\n)+`;
const items = `(?:      - (?:'${inSingle}'|${plain})\\n)+`;

/** Any character that YAML takes as it is. */
const wide = '[ -~\\u00a0-\\u2027\\u2030-\\ud7ff\\ud800-\\udfff\\ue000-\\ufefe\\uff00-\\ufffd]';
const wideWord = '[!-~\\u00a1-\\u2027\\u2030-\\ud7ff\\ud800-\\udfff\\ue000-\\ufefe\\uff00-\\ufffd]';
/** Why a package is deprecated, in any of the forms text is written in. Nobody here reads it. */
const prose =
  `(?:(?:'(?:[ -&(-~]|'')*'|"(?:[ !#-\\[\\]-~]|\\\\[nt"\\\\])*"|[A-Za-z0-9](?:(?![:#])${wideWord}|[:#](?=${wideWord})| (?= {0,20}${wideWord})(?!#))*)\\n` +
  `|[|>][-+]?\\n      ${wideWord}${wide}*\\n(?:      ${wide}*\\n|\\n(?=\\n*      ))*)`;

const field = (name: string, what: string) => `(?:    ${name}: ${what}\\n)?`;
const section = (name: string, what: string) => `(?:    ${name}:\\n${what})?`;
const flag = '(?:true|false)';
/** The fields of a package in the order in which pnpm writes them. Captures: path, integrity, other resolution, name, version, requiresBuild. */
export const widePackage = later(() =>
  sticky(
    `  (${key}):\\n    resolution: (?:\\{integrity: (${flowPlain})\\}|(${flowMap}))\\n` +
      `${field('id', value)}${field('name', `(${value})`)}${field('version', `(${value})`)}${field('engines', flowMap)}` +
      `${field('cpu', platforms)}${field('os', platforms)}${field('libc', platforms)}(?:    deprecated: ${prose})?` +
      `${field('hasBin', flag)}${field('prepare', flag)}${field('requiresBuild', `(${flag})`)}` +
      `(?:    (?:bundledDependencies|bundleDependencies):(?: true\\n|\\n${items}))?` +
      `${section('peerDependencies', pairs)}${section('peerDependenciesMeta', `(?:      ${key}:\\n        optional: true\\n)+`)}` +
      `${section('dependencies', pairs)}${section('optionalDependencies', pairs)}${section('transitivePeerDependencies', items)}` +
      `${field('dev', flag)}${field('optional', flag)}${field('patched', flag)}\\n*`,
  ),
);
const wideSnapshot = later(() =>
  sticky(
    `  (${key}):(?: \\{\\}\\n|\\n(?=    [a-z])${section('dependencies', pairs)}${section('optionalDependencies', pairs)}` +
      `${section('transitivePeerDependencies', items)}${field('optional', flag)}${field('patched', flag)})\\n*`,
  ),
);
const versions = `(?:      ${key}: ${value}\\n|      ${key}:\\n        specifier: ${value}\\n        version: ${value}\\n)+`;
const folder = `[A-Za-z0-9._](?:(?![:#])${wideWord}|[:#](?=${wideWord})| (?![#:])(?=${wideWord}))*`;
/** A project of the workspace. */
const project = `  (?:${key}|${folder}):(?: \\{\\}\\n|\\n(?=    [a-z])`;
const asks = (name: string) => `(?:    ${name}:(?: \\{\\}\\n|\\n${versions}))?`;
const [optional, dev] = [asks('optionalDependencies'), asks('devDependencies')];
const wideProject = later(() =>
  sticky(
    `${project}(?:    specifiers:(?: \\{\\}\\n|\\n${pairs}))?${asks('configDependencies')}${asks('packageManagerDependencies')}` +
      `${asks('dependencies')}(?:${dev}${optional}|${optional}${dev}))\\n*(?!\\n|   )`,
  ),
);

/** What a manager quotes for the `@` it begins with alone, so that no two spellings mean the same. */
const keys = `'@${inSingle}'|${plainKey}`;
const once = (name: string) => onceEach(name, 6, keys, `: ${value}\\n`);
const flowOnce = `\\{(?:(?<flow>[A-Za-z_$][\\w.$-]*): ${flowValue}(?![^\\n]*, '?\\k<flow>'?: )(?:, (?!\\})|(?=\\})))+\\}`;
/** Nothing more of the entry may follow: a list that is too long must not be passed over. */
const ended = '\\n*(?!\\n|   )';
/** Nor the same key again. */
const endedApart = `${ended}(?!  \\k<own>:)`;
/** Part of a name or version. */
const [part, quotedPart] = ["[!-')-.0-9;-?A-~]+", '[!-&)-.0-9;-?A-~]+'];
/** The name and the version of a release and nothing else. */
const release = `'@${quotedPart}/${quotedPart}@${quotedPart}'|(?=[A-Za-z0-9_.$])${part}@${part}`;
/** A package as nearly all are written: nothing but a hash and an address, and lists short enough to tell that nothing is in them twice. */
const narrowPackage = (path: string) =>
  chain(
    `  (?<own>${path}):\\n    resolution: \\{integrity: ${flowPlain}(?:, tarball: https?:${flowPlain})?\\}\\n` +
      `${field('engines', flowOnce)}${field('cpu', platforms)}${field('os', platforms)}${field('libc', platforms)}(?:    deprecated: ${prose})?` +
      `${field('hasBin', flag)}${field('prepare', flag)}${field('requiresBuild', flag)}` +
      `(?:    (?:bundledDependencies|bundleDependencies):(?: true\\n|\\n${items}))?${section('peerDependencies', once('peerDependencies'))}` +
      `${section('peerDependenciesMeta', onceEach('peerDependenciesMeta', 6, keys, ':\\n        optional: true\\n'))}` +
      `${section('dependencies', once('dependencies'))}${section('optionalDependencies', once('optionalDependencies'))}` +
      `${section('transitivePeerDependencies', items)}${field('dev', flag)}${field('optional', flag)}${field('patched', flag)}${endedApart}`,
  );
const narrowSnapshot = later(() =>
  chain(
    `  (?<own>${keys}):(?: \\{\\}\\n|\\n(?=    [a-z])${section('dependencies', once('dependencies'))}${section('optionalDependencies', once('optionalDependencies'))}` +
      `${section('transitivePeerDependencies', items)}${field('optional', flag)}${field('patched', flag)})${endedApart}`,
  ),
);
const asked = onceEach('asked', 6, keys, `:(?: ${value}\\n|\\n        specifier: ${value}\\n        version: ${value}\\n)`, ':', 150);
/** In any order, each once. */
const narrowProject = later(() =>
  chain(
    `${project}(?:    (?<list>specifiers|configDependencies|packageManagerDependencies|dependencies|devDependencies|optionalDependencies):` +
      `(?: \\{\\}\\n|\\n${asked})(?!(?:    [^\\n]*\\n){0,900}    \\k<list>:))*)${ended}`,
  ),
);

/** Why a package is deprecated is not looked at: it can hold what looks like anything. */
const reason = /\n {4}deprecated: [\s\S]*?(?=\n {4}[a-z]|\n*$)/;
const flowLine = / (\{.*\})$/gm;

const lists = listKeys(6);
const quotedOtherwise = /\n {6}(?:"|'(?!@))/;

/** A wide pattern leaves one thing open: whether a key is there twice in a list, or within braces. */
function isSure(lines: string): boolean {
  const read = lines.includes('\n    deprecated: ') ? lines.replace(reason, '') : lines;
  const isOnce = quotedOtherwise.test(read) ? listsHoldOnceAsRead(read, 6) : listsHoldOnce(read, lists);
  return isOnce && (read.match(flowLine) ?? []).every((map) => readFlowMap(map.slice(1)) !== undefined);
}

export type SectionName = 'importers' | 'packages' | 'snapshots';
export const sectionNames = ['importers', 'packages', 'snapshots'] as const;

const packagesOf9 = later(() => narrowPackage(release));
const packagesBefore9 = later(() => narrowPackage(keys));

/** How the entries of a section are written. In version 9 the path of a release is its name and version. */
export function formsOf(name: SectionName, isVersion9: boolean): Forms {
  const narrowPackages = isVersion9 ? packagesOf9 : packagesBefore9;
  const narrow = { importers: narrowProject, packages: narrowPackages, snapshots: narrowSnapshot }[name]();
  const wide = { importers: wideProject, packages: widePackage, snapshots: wideSnapshot }[name];
  return {
    narrow,
    get wide() {
      return wide();
    },
    stand: '  ',
    isSure,
  };
}
