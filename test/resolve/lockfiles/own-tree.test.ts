/**
 * What the readers of the managers' own layouts make of a whole file, held against what the parsers make of it. A note at the end
 * sends a file to the parser and says nothing. Whatever a hostile hand does to a line, both say the same or refuse alike.
 */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import type { ResolvedTree } from '../../../src/model/package.ts';
import { readLockfile } from '../../../src/resolve/lockfiles/index.ts';
import { readOwnLayout as readOwnPnpm } from '../../../src/resolve/lockfiles/pnpm-layout.ts';
import { readOwnLayout as readOwnBerry } from '../../../src/resolve/lockfiles/yarn-berry-layout.ts';
import { readOwnLayout as readOwnClassic } from '../../../src/resolve/lockfiles/yarn-classic-layout.ts';
import { asPnpmWrites } from '../../helpers/as-pnpm-writes.ts';

type Told = readonly unknown[] | string;

function everything({ format, root, packages, dependentsOf }: ResolvedTree): readonly unknown[] {
  const rows = packages.map((one) => [
    ...[one.key, one.name, one.version, one.source, one.resolved, one.integrity, one.checksum, one.alias, one.patched, one.hasInstallScript],
    ...[one.dev, one.optional, one.peer, one.bundled, one.unpinned, one.where, dependentsOf(one.key)],
  ]);
  return [format, root, rows];
}

async function told(file: string, text: string): Promise<Told> {
  try {
    return everything(await readLockfile({ file, text }));
  } catch (error) {
    return String(error);
  }
}

function isOwn(file: string, text: string): boolean {
  try {
    const own =
      file === 'pnpm-lock.yaml' ? readOwnPnpm({ file, text }, text) : text.includes('__metadata') ? readOwnBerry(file, text) : readOwnClassic(text);
    return own !== undefined;
  } catch {
    return false;
  }
}

/** Ends in a line that no manager writes. */
function noted(text: string): string {
  return `${text}${text.endsWith('\n') || text === '' ? '' : '\n'}# a note\n`;
}

/** Undefined where only the parser reads a text: there is nothing to hold against it. */
async function difference(file: string, text: string): Promise<unknown> {
  if (!isOwn(file, text)) return undefined;
  expect(isOwn(file, noted(text))).toBe(false);
  const [mine, theirs] = [await told(file, text), await told(file, noted(text))];
  try {
    expect(mine).toEqual(theirs);
    return undefined;
  } catch (error) {
    return String(error);
  }
}

const here = (...path: string[]) => join(import.meta.dirname, '../../../', ...path);
const fixtures = [
  'yarn-classic/everything/yarn.lock',
  ...['v4', 'v6', 'v8', 'v10'].map((version) => `yarn-berry-${version}/everything/yarn.lock`),
  ...['v5', 'v6', 'v9', 'v9-documents'].map((version) => `pnpm-${version}/everything/pnpm-lock.yaml`),
].map((path) => [path, asPnpmWrites(readFileSync(here('fixtures/lockfiles', path), 'utf8'))] as const);

const nameOf = (path: string) => path.slice(path.lastIndexOf('/') + 1);

const bench = here('../shared/bench');
const real = ['lockfiles', 'lockfile_pairs'].flatMap((folder) =>
  existsSync(join(bench, folder))
    ? readdirSync(join(bench, folder), { recursive: true })
        .map((name) => join(bench, folder, String(name)))
        .filter((path) => /(?:yarn\.lock|pnpm-lock\.yaml)(?:\.gz)?$/.test(path))
    : [],
);
const largest = Number(process.env['OWN_LARGEST'] ?? 60_000);

(real.length > 0 ? describe : describe.skip)(`real lockfiles${real.length > 0 ? '' : ' (skipped: no bench data)'}`, () => {
  it.each(real.filter((path) => statSync(path).size < largest).map((path) => [path.slice(bench.length + 1), path]))(
    '%s is the same tree either way',
    async (_, path) => {
      const bytes = path.endsWith('.gz') ? gunzipSync(readFileSync(path)) : readFileSync(path);
      const [name, text] = [nameOf(path).replace('.gz', ''), bytes.toString()];
      expect(await difference(name, text)).toBeUndefined();
    },
    60_000,
  );
});

/** What can be done to a line. */
const hostile: Readonly<Record<string, (line: string) => string>> = {
  'a tab before it': (line) => `\t${line}`,
  'a tab for its spaces': (line) => line.replace(/^ +/, '\t'),
  'a tab behind the colon': (line) => line.replace(': ', ':\t'),
  'a tab at the end': (line) => `${line}\t`,
  'a return at the end': (line) => `${line}\r`,
  'a return within': (line) => line.replace(': ', ': \r'),
  'a byte order mark': (line) => `\ufeff${line}`,
  'an anchor': (line) => line.replace(': ', ': &x '),
  'an alias': (line) => line.replace(/: .*$/, ': *x'),
  'a key that merges': (line) => `${line}\n${indent(line)}<<: *x`,
  'a comment behind it': (line) => `${line} # x`,
  'a comment without a space': (line) => `${line}# x`,
  'a comment before it': (line) => `# x\n${line}`,
  'a comment as deep': (line) => `${indent(line)}# x\n${line}`,
  'its key in double quotes': (line) => requoted(line, (key) => `"${key}"`),
  'its key in single quotes': (line) => requoted(line, (key) => `'${key}'`),
  'its key without quotes': (line) => requoted(line, (key) => key),
  'again with its key in double quotes': (line) => `${line}\n${requoted(line, (key) => `"${key}"`)}`,
  'again with its key in single quotes': (line) => `${line}\n${requoted(line, (key) => `'${key}'`)}`,
  'again with its key escaped': (line) => `${line}\n${requoted(line, (key) => `"\\u00${key.charCodeAt(0).toString(16)}${key.slice(1)}"`)}`,
  'again with a space before the colon': (line) => `${line}\n${line.replace(':', ' :')}`,
  'again as an explicit key': (line) => `${line}\n${indent(line)}? ${line.trimStart().replace(/: ?/, `\n${indent(line)}: `)}`,
  'a value in double quotes': (line) => line.replace(/: ([^"'{[]+)$/, ': "$1"'),
  'a value in single quotes': (line) => line.replace(/: ([^"'{[]+)$/, ": '$1'"),
  'a value with an escape': (line) => line.replace(/: "?([^"'{[]+)"?$/, ': "\\x41$1"'),
  'a very long value': (line) => line.replace(/: .*$/, `: ${'x'.repeat(70_000)}`),
  'a very long key': (line) => requoted(line, (key) => `${key}${'x'.repeat(2_000)}`),
  'another document': (line) => `---\n${line}`,
  'the end of a document': (line) => `...\n${line}`,
  'a directive': (line) => `%YAML 1.1\n---\n${line}`,
  'a literal': (line) => line.replace(/: (.*)$/, `: |\n${indent(line)}  $1`),
  'folded text': (line) => line.replace(/: (.*)$/, `: >-\n${indent(line)}  $1`),
  'a value on the next line': (line) => line.replace(/: (.*)$/, `:\n${indent(line)}  $1`),
  'a value that goes on': (line) => `${line}\n${indent(line)}  more`,
  'a space at the end': (line) => `${line} `,
  'two spaces behind the colon': (line) => line.replace(': ', ':  '),
  'a line separator': (line) => `${line}\u2028`,
  'a paragraph separator': (line) => line.replace(': ', ': \u2029'),
  'a next line': (line) => `${line}\u0085`,
  'a hard space': (line) => line.replace(': ', ':\u00a0'),
  'a letter that looks alike': (line) => line.replace('a', '\u0430'),
  'half a pair': (line) => `${line}\ud83d`,
  'a control character': (line) => `${line}\u0007`,
  'a null': (line) => line.replace(/: .*$/, ': ~'),
  'nothing for a value': (line) => line.replace(/: .*$/, ':'),
  'empty quotes': (line) => line.replace(/: .*$/, ": ''"),
  braces: (line) => line.replace(/: (.*)$/, ': {a: $1}'),
  'braces with a key twice': (line) => line.replace(/\{(\w+): ([^,}]*)/, "{$1: $2, '$1': x"),
  brackets: (line) => line.replace(/: (.*)$/, ': [$1]'),
  'a tag': (line) => line.replace(': ', ': !!str '),
  'a key of the prototype': (line) => `${line}\n${indent(line)}__proto__: x`,
  'a key of the prototype before it': (line) => `${indent(line)}__proto__: 1.0.0\n${line}`,
  'an item of a list': (line) => `${line}\n${indent(line)}- x`,
  'one space less': (line) => line.replace(/^ /, ''),
  'two spaces more': (line) => `  ${line}`,
  'a blank line before it': (line) => `\n${line}`,
  'a line of spaces before it': (line) => `  \n${line}`,
  'the line again': (line) => `${line}\n${line}`,
  'a colon at the end': (line) => `${line}:`,
  'a colon and a space within': (line) => line.replace(/: (.)/, ': $1: '),
};

function indent(line: string): string {
  return /^ */.exec(line)?.[0] ?? '';
}

function requoted(line: string, quote: (key: string) => string): string {
  return line.replace(
    /^( *)("[^"]*"|'[^']*'|[^ "'][^ ]*?)(?=:(?: |$))/,
    (_, before: string, key: string) => `${before}${quote(key.replace(/^["']|["']$/g, ''))}`,
  );
}

const stride = Number(process.env['OWN_STRIDE'] ?? 31);

describe.each(fixtures)('%s', (path, text) => {
  const lines = text.split('\n');
  let own = 0;

  it('is the same tree either way', async () => {
    expect(isOwn(nameOf(path), text)).toBe(true);
    expect(await difference(nameOf(path), text)).toBeUndefined();
  });

  it.each(['\r\n', '\r'])('is so with lines that end in %j, all or one', async (end) => {
    expect(await difference(nameOf(path), text.replaceAll('\n', end))).toBeUndefined();
    for (let at = 0; at < lines.length; at += stride)
      expect(await difference(nameOf(path), lines.toSpliced(at, 2, `${lines[at]}${end}${lines[at + 1] ?? ''}`).join('\n'))).toBeUndefined();
  });

  it.each(Object.entries(hostile))('with %s: is the same tree, or left to the parser', async (name, change) => {
    // Each begins elsewhere, that all lines meet many.
    for (let at = name.length % stride; at < lines.length; at += stride) {
      const next = lines.with(at, change(lines[at] as string)).join('\n');
      if (isOwn(nameOf(path), next)) own++;
      expect([at, lines[at], await difference(nameOf(path), next)]).toEqual([at, lines[at], undefined]);
    }
  });

  it('is still read by its own layout with some of these', () => {
    expect(own).toBeGreaterThan(20);
  });
});

describe('a lockfile of pnpm', () => {
  const [, text = ''] = fixtures.find(([path]) => path.startsWith('pnpm-v9/')) ?? [];
  const [version = ''] = text.split('\n', 1);

  it.each(['glibc', "'glibc'", '[glibc]', '[glibc, musl]'])('with a package for libc: %s is read by its own layout', async (libc) => {
    const next = text.replace(/^( {4}resolution: \{integrity: [^,}]*\}\n)(?! {4}engines)/m, `$1    libc: ${libc}\n`);
    expect(next).not.toBe(text);
    expect(isOwn('pnpm-lock.yaml', next)).toBe(true);
    expect(await difference('pnpm-lock.yaml', next)).toBeUndefined();
  });

  it('whose version stands behind its packages is left to the parser', async () => {
    const moved = `${text.slice(version.length).trimStart()}\n${version}\n`;
    expect(isOwn('pnpm-lock.yaml', text)).toBe(true);
    expect(isOwn('pnpm-lock.yaml', moved)).toBe(false);
    const rows = (told: Told) => JSON.stringify(told).replaceAll(/"line":\d+/g, '');
    expect(rows(await told('pnpm-lock.yaml', moved))).toBe(rows(await told('pnpm-lock.yaml', noted(text))));
  });
});
