/** Scripts that are not JavaScript: shell through its parser, batch line by line, PowerShell and Python (and kin) as tokens. */
import { batchReader } from './batch.ts';
import { commandFacts, lineReader, scriptFacts } from './command.ts';
import type { CommandFacts, InlineCode } from './command-facts.ts';
import type { Spotted } from './js/notes.ts';
import { hostOf, isLocalHost, isSecretVariable, memoryOfOthers, placeOf } from './places.ts';
import { fromBase64 } from './text.ts';

export interface OtherFacts {
  readonly spotted: readonly Spotted[];
  readonly files: readonly string[];
  readonly inline: readonly InlineCode[];
}

type Kind = Spotted['kind'];

const mostLines = 5000;
const longestLine = 20_000;

/** Nobody writes commands so but to hide them. */
const spelled = 'commands spelled from letters of variables';

/** Reads a shell script as a whole, and a batch script line by line. */
export function readShellScript(source: string, isBatch: boolean): OtherFacts {
  return isBatch ? readBatchScript(source) : readPosixScript(source);
}

/** A class because the same is told once. */
class Told {
  readonly spotted: Spotted[] = [];
  readonly files: string[] = [];
  readonly inline: InlineCode[] = [];
  readonly #seen = new Set<string>();

  add(kind: Kind, detail: string, at: number, readAs: Spotted['readAs'] = 'written'): void {
    if (this.#seen.has(`${kind} ${detail}`)) return;
    this.#seen.add(`${kind} ${detail}`);
    this.spotted.push({ kind, detail, at, readAs });
  }

  take(facts: CommandFacts, at: number, readAs: Spotted['readAs'] = 'written'): void {
    for (const doing of facts.doings) this.add(doing.kind, doing.detail, at, readAs);
    this.started(facts);
  }

  started(facts: CommandFacts): void {
    this.files.push(...facts.files);
    this.inline.push(...facts.inline);
  }

  done(): OtherFacts {
    return { spotted: this.spotted, files: [...new Set(this.files)], inline: this.inline };
  }
}

function readBatchScript(source: string): OtherFacts {
  const told = new Told();
  const readBatch = batchReader();
  const read = lineReader();
  let at = 0;
  for (const line of source.split('\n', mostLines)) {
    const batch = readBatch(line);
    if (batch.spelled) told.add('decode-execute', spelled, at);
    told.take(read(batch.text.slice(0, longestLine)), at, batch.spelled ? 'decoded' : 'written');
    at += line.length + 1;
  }
  return told.done();
}

/**
 * The script as a shell reads it, with what its variables and functions mean; and each line by itself, because a quote that this parser
 * takes for open must not hide what comes after it. Of the lines only kinds count that the whole did not show, and hosts.
 */
function readPosixScript(source: string): OtherFacts {
  const told = new Told();
  const { facts, texts } = scriptFacts(source);
  for (const { kind, detail, at = 0 } of facts.doings) told.add(kind, detail, at);
  told.started(facts);
  const kinds = new Set(facts.doings.map(({ kind }) => kind));
  let at = 0;
  for (const line of source.split('\n', mostLines)) {
    const start = at;
    at += line.length + 1;
    if (texts.some(([from, to]) => start >= from && start < to)) continue;
    const alone = commandFacts(line.slice(0, longestLine));
    for (const { kind, detail } of alone.doings)
      if (!kinds.has(kind) || (kind === 'network' && detail.includes('.') && !detail.includes('…'))) told.add(kind, detail, start);
    told.started(alone);
  }
  return told.done();
}

interface Row {
  readonly kind: Kind;
  readonly detail: string;
  readonly pattern: RegExp;
}

const powershell: readonly Row[] = [
  {
    kind: 'download',
    detail: 'fetches a file',
    pattern:
      /\b(invoke-webrequest|iwr|invoke-restmethod|irm|start-bitstransfer|downloadfile|downloadstring|downloaddata|net\.webclient|httpclient)\b/i,
  },
  {
    kind: 'remote-code',
    detail: 'runs what it fetched',
    pattern:
      /(\biex\b|invoke-expression)[^\n]{0,200}(iwr|irm|invoke-webrequest|invoke-restmethod|downloadstring)|(iwr|irm|invoke-webrequest|invoke-restmethod|downloadstring)[^\n]{0,200}\|\s*(iex\b|invoke-expression)/i,
  },
  {
    kind: 'download-execute',
    detail: 'fetches and starts',
    pattern: /\b(iwr|irm|invoke-webrequest|invoke-restmethod|start-bitstransfer|downloadfile)\b[^\n]{0,400}\b(start-process|saps|invoke-item|ii)\b/i,
  },
  { kind: 'dynamic-code', detail: 'Invoke-Expression', pattern: /\b(iex|invoke-expression)\b|\[scriptblock\]::create/i },
  {
    kind: 'decode-execute',
    detail: 'decodes and runs',
    pattern:
      /frombase64string[^\n]{0,400}(iex\b|invoke-expression|reflection\.assembly|\[scriptblock\])|(iex\b|invoke-expression|assembly\]::load)[^\n]{0,400}frombase64string|-enc(odedcommand)?\s+[A-Za-z0-9+/=]{40}/i,
  },
  { kind: 'process', detail: 'starts a program', pattern: /\bstart-process\b|\[diagnostics\.process\]::start|\bcmd(\.exe)?\s+\/c|&\s*"?\$/i },
  {
    kind: 'native-load',
    detail: 'calls native code',
    pattern: /dllimport|add-type\s+-(typedefinition|memberdefinition)|virtualalloc|rundll32|regsvr32/i,
  },
  {
    kind: 'persistence',
    detail: 'starts again later',
    pattern: /new-scheduledtask|register-scheduledtask|schtasks|currentversion\\run|set-itemproperty[^\n]{0,80}\\run\b|startup/i,
  },
  { kind: 'environment', detail: 'the environment', pattern: /get-childitem\s+env:|\bgci\s+env:|\bdir\s+env:|getenvironmentvariables\(/i },
  { kind: 'clipboard', detail: 'the clipboard', pattern: /get-clipboard/i },
  {
    kind: 'destructive',
    detail: 'deletes folders',
    pattern: /remove-item[^\n]{0,60}-recurse[^\n]{0,60}(\$home|\$env:userprofile|c:\\(users)?\\?["'\s]|~)/i,
  },
];

const python: readonly Row[] = [
  {
    kind: 'network',
    detail: 'talks to a host',
    pattern:
      /\b(urllib\.request|urllib2|requests\.(get|post|put)|http\.client|aiohttp|socket\.(create_connection|socket)|net\/http|LWP::|open-uri)\b/,
  },
  {
    kind: 'process',
    detail: 'starts a program',
    pattern: /\b(subprocess\.|os\.(system|popen|exec\w+|spawn\w+)|pty\.spawn|Kernel\.system|do shell script)\b/,
  },
  { kind: 'remote-code', detail: 'runs what it fetched', pattern: /\b(exec|eval)\s*\([^\n]{0,200}(urlopen|requests\.get|\.read\(\))/ },
  {
    kind: 'decode-execute',
    detail: 'decodes and runs',
    pattern: /\b(exec|eval)\s*\([^\n]{0,200}(b64decode|bytes\.fromhex|zlib\.decompress|marshal\.loads|codecs\.decode|unhexlify)/,
  },
  { kind: 'dynamic-code', detail: 'exec', pattern: /\b(exec|eval|compile)\s*\(|__import__\s*\(|marshal\.loads/ },
  { kind: 'environment', detail: 'the environment', pattern: /dict\(os\.environ\)|os\.environ\.(items|copy)\(|json\.dumps\([^\n]{0,20}os\.environ/ },
  {
    kind: 'credential-file',
    detail: `${memoryOfOthers}, read`,
    pattern: /["']\/proc\/(?!self\/|thread-self\/)[^\n/]{1,60}\/mem["']/,
  },
  { kind: 'credential-file', detail: 'environment of other processes', pattern: /\/proc\/[^\n]{0,40}\/(maps|environ)\b/ },
  { kind: 'clipboard', detail: 'the clipboard', pattern: /\bpyperclip\.|clipboard_get\(/ },
  { kind: 'native-load', detail: 'calls native code', pattern: /\bctypes\.(CDLL|windll|cdll)\b/ },
];

/** Reads PowerShell, Python and kin by their tokens. */
export function readTokenScript(source: string, language: 'powershell' | 'python'): OtherFacts {
  // A backtick inside a word and `'a'+'b'` only hide PowerShell's words.
  const looked = (language === 'powershell' ? source.replace(/`(?=\w)/g, '').replace(/'\s*\+\s*'/g, '') : source).slice(0, 500_000);
  const spotted: Spotted[] = [];
  for (const { kind, detail, pattern } of language === 'powershell' ? powershell : python) {
    const found = pattern.exec(looked);
    if (found) spotted.push({ kind, detail, at: found.index, readAs: 'tokens' });
  }
  for (const found of looked.matchAll(/(["'])([^"'\n]{4,4000})\1|\bhttps?:\/\/[^\s"'<>)]+/g)) readText(found[2] ?? found[0], found.index, spotted);
  for (const found of looked.matchAll(/\$env:(\w+)|environ(?:\.get\(|\[)["'](\w+)/g)) {
    const name = found[1] ?? found[2] ?? '';
    if (isSecretVariable(name)) spotted.push({ kind: 'credential-env', detail: name, at: found.index, readAs: 'tokens' });
  }
  const place = placeOf(looked.replace(/["'+]/g, ' '));
  if (place && !spotted.some((spot) => spot.kind === place.kind)) spotted.push({ ...place, at: 0, readAs: 'tokens' });
  return { spotted: spotted.slice(0, 500), files: [], inline: [] };
}

function readText(text: string, at: number, spotted: Spotted[]): void {
  const place = placeOf(text);
  if (place) spotted.push({ ...place, at, readAs: 'tokens' });
  const host = hostOf(text);
  if (host && !isLocalHost(host)) spotted.push({ kind: 'network', detail: host, at, readAs: 'tokens' });
  const hidden = text.length >= 24 ? fromBase64(text) : undefined;
  if (hidden === undefined) return;
  const inside = placeOf(hidden);
  if (inside) spotted.push({ ...inside, at, readAs: 'decoded' });
  const hiddenHost = /https?:\/\/[^\s"'<>)]+/.exec(hidden)?.[0];
  if (hiddenHost) spotted.push({ kind: 'network', detail: hostOf(hiddenHost) ?? hiddenHost, at, readAs: 'decoded' });
}
