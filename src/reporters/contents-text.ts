/** What a tarball contains, and how two differ, for a person: safe to print, the worst first. */
import { capabilityText, mannerText } from '../model/capability-text.ts';
import {
  type BundledPackage,
  type Capability,
  type ContentFile,
  type Hiding,
  type InstallStep,
  reaches,
  type TarballFacts,
} from '../model/contents.ts';
import { printable } from '../model/text.ts';

const when: Readonly<Record<string, string>> = {
  install: 'on install',
  import: 'on import',
  bin: 'by its commands',
  shipped: 'shipped, nothing leads there',
};

const doing: Readonly<Record<string, string>> = {
  install: 'when it is installed',
  import: 'when it is imported',
  bin: 'when its commands are started',
  shipped: 'in files nothing leads to',
};

/** The text of `depward inspect`. */
export function inspectText(title: string, facts: TarballFacts, verbose: boolean, signed: readonly string[] = []): string {
  return lines([
    `${printable(title)}  ${facts.files.length} files, ${sizeText(facts.unpackedSize)}`,
    '',
    ...section(
      'Signed',
      signed.map((line) => printable(line, 300)),
    ),
    ...section('Runs on install', facts.install.map(stepText), 'nothing'),
    ...section(
      'Entry points',
      facts.manifest.entries.slice(0, 12).map((entry) => printable(entry, 100)),
      ['index.js', 'index.json', 'index.node'].find((name) => facts.files.some((file) => file.path === name)) ?? 'none',
    ),
    ...section(
      'Commands',
      [...facts.manifest.bin].map(([name, path]) => `${printable(name, 60)} → ${printable(path, 100)}`),
    ),
    ...section(
      'Odd about the archive',
      facts.anomalies.map(({ kind, path, count }) => `${kind.replaceAll('-', ' ')} ${printable(path, 100)} (${count})`),
    ),
    ...capabilitySections(facts.capabilities, verbose),
    ...section('Hides', facts.hiding.filter(({ strength }) => verbose || strength >= 0.3).map(hidingText)),
    ...section('Machine code', facts.files.filter((file) => file.type === 'executable').map(fileText)),
    ...section('Carries inside', facts.bundled.map(bundledText)),
    ...section('Read as tokens only', facts.notParsed.map(unparsedText)),
    ...section(
      'Not read',
      facts.notRead.map((file) => printable(file, 100)),
    ),
  ]);
}

/** The text of `depward diff`. */
export function diffText(before: string, after: string, old: TarballFacts, now: TarballFacts, verbose: boolean): string {
  const known = new Map(old.files.map((file) => [file.path, file]));
  const current = new Set(now.files.map((file) => file.path));
  const changed = now.files.filter((file) => known.has(file.path) && known.get(file.path)?.hash !== file.hash);
  const seen = new Set(old.capabilities.map(capabilityKey));
  const hidden = new Set(old.hiding.map((sign) => `${sign.kind} ${sign.file} ${sign.detail}`));
  const fresh = now.capabilities.filter((found) => !seen.has(capabilityKey(found)));
  return lines([
    `${printable(before)} → ${printable(after)}  ${old.files.length} → ${now.files.length} files, ${sizeText(old.unpackedSize)} → ${sizeText(now.unpackedSize)}`,
    '',
    ...section(
      'Newly runs on install',
      now.install.filter((step) => !old.install.some((one) => one.command === step.command && one.trigger === step.trigger)).map(stepText),
      'nothing',
    ),
    ...section(
      'No longer runs on install',
      old.install.filter((step) => !now.install.some((one) => one.command === step.command && one.trigger === step.trigger)).map(stepText),
    ),
    ...mapSection('Dependencies', old.manifest.dependencies, now.manifest.dependencies),
    ...mapSection('Commands', old.manifest.bin, now.manifest.bin),
    ...section(
      'Entry points',
      now.manifest.entries.filter((entry) => !old.manifest.entries.includes(entry)).map((entry) => `+ ${printable(entry, 100)}`),
    ),
    ...capabilitySections(fresh, verbose, true),
    ...section(
      'Newly hides',
      now.hiding
        .filter((sign) => !hidden.has(`${sign.kind} ${sign.file} ${sign.detail}`) && (verbose || sign.strength >= 0.3 || isStyleChanged(sign, old)))
        .map(hidingText),
    ),
    ...section(
      'Odd about the archive',
      now.anomalies.map(({ kind, path }) => `${kind.replaceAll('-', ' ')} ${printable(path, 100)}`),
    ),
    ...section('Newly carries inside', added(now.bundled.map(bundledText), old.bundled.map(bundledText))),
    ...section('Newly read as tokens only', added(now.notParsed.map(unparsedText), old.notParsed.map(unparsedText))),
    ...section(
      'Not read',
      now.notRead.map((file) => printable(file, 100)),
    ),
    ...section('Files added', now.files.filter((file) => !known.has(file.path)).map(fileText)),
    ...section(
      'Files changed',
      changed.map((file) => `${fileText(file)}${sizeChange(known.get(file.path), file)}`),
    ),
    ...section(
      'Files removed',
      old.files.filter((file) => !current.has(file.path)).map((file) => printable(file.path, 120)),
    ),
  ]);
}

function bundledText({ name, version }: BundledPackage): string {
  return printable(`${name}@${version}`, 100);
}

function unparsedText({ file, why }: TarballFacts['notParsed'][number]): string {
  return `${printable(file, 100)}: ${printable(why, 100)}`;
}

function added(now: readonly string[], before: readonly string[]): readonly string[] {
  const known = new Set(before);
  return now.filter((row) => !known.has(row));
}

function capabilityKey({ kind, detail, reach }: Capability): string {
  return `${kind} ${detail} ${reach}`;
}

/** Ordinary capabilities of files nothing leads to are noise. */
function capabilitySections(found: readonly Capability[], verbose: boolean, fresh = false): readonly string[] {
  return reaches.flatMap((reach) => {
    const here = found.filter((one) => one.reach === reach && (verbose || reach !== 'shipped' || !common.has(one.kind)));
    return section(`${fresh ? 'Newly does' : 'Does'} ${doing[reach] ?? reach}`, here.map(capabilityLine));
  });
}

const common: ReadonlySet<string> = new Set([
  'network',
  'process',
  'dynamic-code',
  'gated',
  'environment',
  'credential-env',
  'page-data',
  'native-load',
]);

function capabilityLine(found: Capability): string {
  return `${capabilityText(found)}${mannerText(found)}\n      ${printable(found.file, 100)}:${found.line}:${found.column}  ${printable(found.snippet, 110)}`;
}

/** Minified, where the release before had the same file as it was written. */
function isStyleChanged({ kind, file }: Hiding, old: TarballFacts): boolean {
  return kind === 'minified' && old.files.some(({ path }) => path === file) && !old.hiding.some((sign) => sign.kind === kind && sign.file === file);
}

function hidingText({ kind, detail, file, line, snippet }: Hiding): string {
  if (kind === 'minified') return `minified, as the release before was not\n      ${printable(file, 100)}`;
  return `${kind.replaceAll('-', ' ')}: ${printable(detail, 100)}\n      ${printable(file, 100)}:${line}  ${printable(snippet, 110)}`;
}

function stepText(step: InstallStep): string {
  const follows = step.files.length > 0 ? `\n      runs ${step.files.map((file) => printable(file, 80)).join(', ')}` : '';
  const needs = step.tools.length > 0 ? `\n      with ${step.tools.map((tool) => printable(tool, 40)).join(', ')}` : '';
  return `${step.trigger}: ${printable(step.command, 200)}${step.declared ? '' : '  (npm runs it without being told)'}${follows}${needs}`;
}

function fileText(file: ContentFile): string {
  return `${printable(file.path, 120)}  ${file.type}, ${sizeText(file.size)}${file.reach === 'shipped' ? '' : `, ${when[file.reach]}`}`;
}

function sizeChange(old: ContentFile | undefined, now: ContentFile): string {
  const by = now.size - (old?.size ?? 0);
  return by === 0 ? '' : ` (${by > 0 ? '+' : ''}${by})`;
}

function mapSection(title: string, old: ReadonlyMap<string, string>, now: ReadonlyMap<string, string>): readonly string[] {
  const rows: string[] = [];
  for (const [name, text] of now) {
    const before = old.get(name);
    if (before === undefined) rows.push(`+ ${printable(name, 80)} ${printable(text, 80)}`);
    else if (before !== text) rows.push(`~ ${printable(name, 80)} ${printable(before, 80)} → ${printable(text, 80)}`);
  }
  for (const [name, text] of old) if (!now.has(name)) rows.push(`- ${printable(name, 80)} ${printable(text, 80)}`);
  return section(title, rows);
}

const mostRows = 40;

function section(title: string, rows: readonly string[], none?: string): readonly string[] {
  if (rows.length === 0) return none === undefined ? [] : [`${title}: ${none}`, ''];
  const shown = rows.slice(0, mostRows).map((row) => `  ${row}`);
  return [`${title}:`, ...shown, ...(rows.length > mostRows ? [`  … and ${rows.length - mostRows} more`] : []), ''];
}

function sizeText(bytes: number): string {
  if (bytes < 10_000) return `${bytes} bytes`;
  return bytes < 10_000_000 ? `${Math.round(bytes / 1000)} kB` : `${Math.round(bytes / 1_000_000)} MB`;
}

function lines(rows: readonly string[]): string {
  return `${rows.join('\n').trimEnd()}\n`;
}
