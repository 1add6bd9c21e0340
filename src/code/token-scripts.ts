/** PowerShell, Python and kin: read by their tokens, and what a few of their names hold. */
import { commandFacts } from './command.ts';
import { heldNames, type Tongue } from './held-names.ts';
import type { Spotted } from './js/notes.ts';
import type { OtherFacts } from './other-scripts.ts';
import { hostOf, isLocalHost, isSecretVariable, memoryOfOthers, placeOf } from './places.ts';
import { fromBase64 } from './text.ts';

type Kind = Spotted['kind'];

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
  {
    kind: 'remote-code',
    detail: 'runs what it fetched',
    pattern:
      /\b(exec|eval)\s*\([^\n]{0,200}(urlopen|requests\.get|\.read\(\))|\beval\b\s*\(?\s*(get|file_get_contents|URI\.open|open|Net::HTTP\.get)\b[\s(]*(URI[(\s]*)?["']https?:/,
  },
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
  { kind: 'credential-file', detail: 'environment of other processes', pattern: /\/proc\/(?!(?:thread-)?self\/maps)[^\n]{0,40}\/(maps|environ)\b/ },
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
  spotted.push(...heldNames(looked, tongues[language]), ...(language === 'python' ? commandsOf(looked) : []));
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

/** Commands that stand in a script of another language as they are. */
function commandsOf(source: string): readonly Spotted[] {
  const started =
    /(?:\bos\.(?:system|popen)|\bsubprocess\.\w+|\bsystem|\bexec|\bshell_exec|\bpassthru)\s*\(?\s*[rfb]?(["'])((?:(?!\1)[^\n\\]|\\.){3,2000})\1/g;
  return [...source.matchAll(started)]
    .slice(0, 50)
    .flatMap(({ index, 2: line = '' }) =>
      commandFacts(line).doings.map(({ kind, detail }) => ({ kind, detail, at: index, readAs: 'tokens' as const })),
    );
}

const tongues: Readonly<Record<'powershell' | 'python', Tongue>> = {
  powershell: {
    assigns: /^\s*(?:\[[\w.]+\]\s*)?\$([\w:]+)\s*=(?!=)(.*)$/,
    fetches: /\b(iwr|irm|curl|wget|invoke-webrequest|invoke-restmethod|downloadstring|downloaddata|getstringasync|getbytearrayasync)\b/i,
    decodes: /frombase64string|gzipstream|deflatestream|convertto-securestring/i,
    runs: /\b(iex|invoke-expression)\b|\[scriptblock\]::create|assembly\]::load/i,
    saves: /-outfile\s+("[^"]+"|'[^']+'|[^\s;|]+)|downloadfile\(\s*[^,\n]+,\s*([^)\n]+)\)|-destination\s+("[^"]+"|'[^']+'|[^\s;|]+)/gi,
    starts:
      /\b(start-process|saps|invoke-item|ii|rundll32|msiexec|wscript|regsvr32)\b|^\s*[&.]\s|\bcmd(\.exe)?\s+\/c|-file\s|\[diagnostics\.process\]::start/i,
    named: (name) => new RegExp(`\\$\\{?${name}\\b`, 'i'),
  },
  python: {
    assigns: /^\s*(?:my\s+)?[$@]?(\w+)\s*=(?!=)(.*)$/,
    fetches: /\burlopen\b|\brequests\.(get|post)\b|\burllib\d?\.request\b|\.recv\(|\bNet::HTTP\b|\bLWP\b|\bfile_get_contents\s*\(\s*["']https?:/,
    decodes: /b64decode|bytes\.fromhex|zlib\.decompress|marshal\.loads|codecs\.decode|unhexlify|decode_base64|base64_decode|gzinflate/,
    runs: /\b(exec|eval|instance_eval|class_eval)\b/,
    saves: /urlretrieve\(\s*[^,\n]+,\s*([^)\n]+)\)/g,
    starts: /\bsubprocess\.|\bos\.(system|popen|startfile|exec\w+|spawn\w+)|\bsystem\b/,
    named: (name) => new RegExp(`(?<![\\w.])${name}\\b`),
  },
};
