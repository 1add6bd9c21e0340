/** What a command line does: which files it runs, what it fetches and from where, what it needs from elsewhere. */
import type { CapabilityKind } from '../model/contents.ts';
import { hostOf, isSecretVariable, placeOf } from './places.ts';
import { parseShell, type ShellCommand, type Word } from './shell.ts';
import { fromBase64 } from './text.ts';

export interface Doing {
  readonly kind: CapabilityKind;
  readonly detail: string;
}

/** Code given on the command line. */
export interface InlineCode {
  readonly language: 'javascript' | 'powershell' | 'python';
  readonly code: string;
}

export interface CommandFacts {
  readonly doings: readonly Doing[];
  /** Files it runs, as written. */
  readonly files: readonly string[];
  readonly inline: readonly InlineCode[];
  /** Programs that are neither the shell's own nor files. */
  readonly tools: readonly string[];
  /** Files it fetches. */
  readonly fetched: ReadonlySet<string>;
  /** Scripts of package.json it runs. */
  readonly scripts: readonly string[];
}

const deepest = 6;

/** Reads a shell line, or a whole script of one. */
export function commandFacts(source: string): CommandFacts {
  const sink = new Sink();
  readCommands(parseShell(source), sink, 0);
  return sink;
}

/** Reads a command that is already split into words, as `spawn` takes it. */
export function argvFacts(argv: readonly string[]): CommandFacts {
  const sink = new Sink();
  const words = argv.map((text) => ({ text, exact: !text.includes('…'), variables: [], substituted: false }));
  readCommands([{ joint: 'first', assignments: [], words, redirects: [] }], sink, 0);
  return sink;
}

/** Gathers without doubles; a class because it has state while a line is read. */
class Sink implements CommandFacts {
  readonly doings: Doing[] = [];
  readonly files: string[] = [];
  readonly inline: InlineCode[] = [];
  readonly tools: string[] = [];
  readonly scripts: string[] = [];
  /** Files this line fetched or made executable. */
  readonly fetched = new Set<string>();

  does(kind: CapabilityKind, detail: string): void {
    if (!this.doings.some((doing) => doing.kind === kind && doing.detail === detail)) this.doings.push({ kind, detail: detail.slice(0, 200) });
  }
}

const downloaders = new Set(
  'curl wget wget2 aria2c fetch iwr irm invoke-webrequest invoke-restmethod bitsadmin certutil start-bitstransfer http https ftp tftp scp rsync'.split(
    ' ',
  ),
);
const shells = new Set('sh bash dash zsh ash ksh fish busybox'.split(' '));
const scriptRunners: ReadonlyMap<string, InlineCode['language']> = new Map([
  ...'node nodejs bun deno ts-node tsx electron'.split(' ').map((name) => [name, 'javascript'] as const),
  // Not parsed, only read as tokens: one kind of script for all of them.
  ...'python python2 python3 py osascript perl ruby php'.split(' ').map((name) => [name, 'python'] as const),
]);
const powershells = new Set('powershell pwsh'.split(' '));
const managers = new Set('npm pnpm yarn bun'.split(' '));
const clipboards = new Set('pbpaste pbcopy xclip xsel wl-paste wl-copy clip termux-clipboard-get'.split(' '));
const lookups = new Set('nslookup dig host drill ping resolvectl resolve-dnsname'.split(' '));
const quiet = new Set(
  'echo printf true false exit cd test [ [[ set export mkdir cp mv touch sleep rm ls cat grep sed awk head tail chmod which command type pwd read shift return local unset trap dirname basename uname whoami id hostname tr cut sort wc xargs find tar gzip gunzip unzip base64 xxd date env printenv rem if goto call echo. setlocal endlocal del copy move kill ps :'.split(
    ' ',
  ),
);
const wrappers = new Set(
  'sudo nohup exec command builtin nice setsid stdbuf cross-env cross-env-shell env dotenv time timeout start call doas then do else not busybox'.split(
    ' ',
  ),
);

function readCommands(commands: readonly ShellCommand[], sink: Sink, depth: number): void {
  if (depth > deepest) return;
  let piped: { readonly fetches: boolean; readonly decodes: boolean; readonly tells: Doing | undefined } | undefined;
  for (const command of commands) {
    const flow = command.joint === 'pipe' ? piped : undefined;
    piped = readCommand(command, sink, depth, flow);
  }
}

interface Flow {
  readonly fetches: boolean;
  readonly decodes: boolean;
  readonly tells: Doing | undefined;
}

function readCommand(command: ShellCommand, sink: Sink, depth: number, flow: Flow | undefined): Flow {
  const words = unwrapped(command.words);
  const name = nameOf(words[0]);
  const rest = words.slice(1);
  for (const word of [...rest, ...command.assignments.map(({ value }) => wordOf(value))]) readWord(word, sink);
  for (const redirect of command.redirects) readRedirect(redirect, sink);
  const viaPowershell =
    powershells.has(name) &&
    rest.some((word) => /\b(iwr|irm|invoke-webrequest|invoke-restmethod|downloadstring|downloadfile|curl|wget)\b/i.test(word.text));
  const fetches = downloaders.has(name) || viaPowershell || (name === 'git' && rest[0]?.text === 'clone');
  const decodes =
    (name === 'base64' && rest.some((word) => /^(-d|-D|--decode)$/.test(word.text))) ||
    (name === 'xxd' && rest.some((word) => word.text.includes('r'))) ||
    ['gunzip', 'openssl', 'zcat', 'rev'].includes(name);
  const tells = tellsOf(name, rest);
  if (fetches) readFetch(name, rest, sink, flow);
  const reads = shells.has(name) || powershells.has(name) || scriptRunners.has(name) || name === 'iex' || name === 'invoke-expression';
  if (reads && flow?.fetches) sink.does('download-execute', `${name} runs what was fetched`);
  if (reads && flow?.decodes) sink.does('decode-execute', `${name} runs what was decoded`);
  readName(name, words, sink, depth, flow);
  return { fetches: fetches || (flow?.fetches ?? false), decodes: decodes || (flow?.decodes ?? false), tells: tells ?? flow?.tells };
}

/** The words without what only starts another command: `sudo`, `env A=b`, `start /B`, `cmd /c`. */
function unwrapped(words: readonly Word[]): readonly Word[] {
  let rest = words;
  for (let turn = 0; turn < 8 && rest.length > 1; turn++) {
    const name = nameOf(rest[0]);
    const cmd = name === 'cmd' && /^\/[ckCK]$/.test(rest[1]?.text ?? '');
    if (!wrappers.has(name) && !cmd) return rest;
    let at = 1;
    while (at < rest.length - 1 && /^(-.*|\/[A-Za-z]+|\w+=.*|\d+[smh]?|)$/s.test(rest[at]?.text ?? '')) at++;
    rest = rest.slice(at);
  }
  return rest;
}

/** The program by its bare name: no folder, no `.exe`, none of the backslashes and quotes that only hide it. */
function nameOf(word: Word | undefined): string {
  const text = word?.text ?? '';
  const bare = /^[\w\\]+$/.test(text) ? text.replaceAll('\\', '') : text;
  return (bare.split(/[/\\]/).at(-1) ?? '').replace(/\.(exe|cmd)$/i, '').toLowerCase();
}

function wordOf(text: string): Word {
  return { text, exact: true, variables: [], substituted: false };
}

function readWord(word: Word, sink: Sink): void {
  const place = placeOf(word.text);
  if (place) sink.does(place.kind, place.detail);
  const device = /\/dev\/(tcp|udp)\/([^/\s]+)/.exec(word.text);
  if (device) sink.does('network', device[2] ?? '');
  for (const name of word.variables) if (isSecretVariable(name)) sink.does('credential-env', name);
}

function readRedirect({ operator, target }: { readonly operator: string; readonly target: string }, sink: Sink): void {
  readWord(wordOf(target), sink);
  if (/^\/dev\/(tcp|udp)\//.test(target)) sink.does('remote-code', `shell connected to ${target.split('/')[3] ?? ''}`);
  if (operator.includes('>') && target !== '/dev/null') sink.fetched.add(target);
}

/** Commands whose output says something about the machine or its owner. */
function tellsOf(name: string, rest: readonly Word[]): Doing | undefined {
  if (name === 'printenv' || name === 'env' || (name === 'set' && rest.length === 0)) return { kind: 'environment', detail: name };
  const place = ['cat', 'type', 'tar', 'zip', 'grep', 'head', 'tail', 'less', 'base64', 'get-content', 'gc', 'find'].includes(name)
    ? rest.map((word) => placeOf(word.text)).find(Boolean)
    : undefined;
  return place;
}

function readFetch(name: string, rest: readonly Word[], sink: Sink, flow: Flow | undefined): void {
  const target =
    rest.find((word) => hostOf(word.text) !== undefined) ??
    rest.find((word) => /^[\w-]+(\.[\w-]+)+([/:?]|$)/.test(word.text) && !word.text.startsWith('-'));
  const host = target ? (hostOf(target.text) ?? target.text.split(/[/:?]/)[0] ?? '') : '';
  sink.does('network', host === '' ? name : host);
  const sends = rest.some(
    (word, at) =>
      /^(-d|--data.*|-F|--form.*|-T|--upload-file|--post-(data|file).*|--body-.*)$/.test(word.text) ||
      (word.text === '-X' && /^(POST|PUT)$/i.test(rest[at + 1]?.text ?? '')),
  );
  const tells = rest.some((word) => word.substituted || word.variables.some(isSecretVariable));
  if (flow?.tells) sink.does('exfiltration', `${flow.tells.detail} to ${host}`);
  else if (tells || (sends && rest.some((word) => /^@/.test(word.text) && placeOf(word.text))))
    sink.does('exfiltration', `output of a command to ${host}`);
  if (!sends) sink.does('download', target?.text ?? name);
  if (name === 'certutil' || name === 'bitsadmin') sink.fetched.add(rest.at(-1)?.text ?? '');
  for (const [at, word] of rest.entries())
    if (/^(-o|-O|--output|-outfile|--output-document)$/i.test(word.text)) sink.fetched.add(rest[at + 1]?.text ?? '');
  const last = target?.text.split(/[?#]/)[0]?.split('/').at(-1);
  if (last && (name === 'wget' || rest.some((word) => /^-\w*O$|--remote-name/.test(word.text)))) sink.fetched.add(last);
}

function readName(name: string, words: readonly Word[], sink: Sink, depth: number, flow: Flow | undefined): void {
  const rest = words.slice(1);
  const first = words[0]?.text ?? '';
  if (name === '') return;
  if (shells.has(name)) {
    readShell(rest, sink, depth);
    return;
  }
  if (powershells.has(name)) {
    readPowershell(rest, sink);
    return;
  }
  const language = scriptRunners.get(name);
  if (language && !(managers.has(name) && isManagerVerb(rest[0]?.text))) {
    readRunner(name, language, rest, sink);
    return;
  }
  if (managers.has(name)) {
    readManager(name, rest, sink);
    return;
  }
  if (name === 'npx' || name === 'bunx' || name === 'pnpx') {
    readNpx(rest, sink, depth);
    return;
  }
  if (name === 'eval' || name === 'iex' || name === 'invoke-expression') {
    eval_(rest, sink, depth);
    return;
  }
  if (name === '.' || name === 'source') {
    runFile(rest[0]?.text, sink);
    return;
  }
  if (lookups.has(name) && (rest.some((word) => word.substituted) || flow?.tells))
    sink.does('dns-exfiltration', rest.map((word) => word.text).join(' '));
  if (isFile(first)) {
    runFile(first, sink);
    return;
  }
  if (isDestructive(name, rest)) sink.does('destructive', words.map((word) => word.text).join(' '));
  if (['crontab', 'launchctl', 'schtasks', 'reg', 'update-rc.d', 'at'].includes(name)) sink.does('persistence', name);
  if (name === 'systemctl' && rest.some((word) => /^(enable|start|daemon-reload)$/.test(word.text))) sink.does('persistence', name);
  if (asksForCredentials(name, rest)) sink.does('credential-file', `${name} ${rest.map((word) => word.text).join(' ')}`);
  if (clipboards.has(name)) sink.does('clipboard', name);
  if (name === 'security' && rest.some((word) => /find-|dump-/.test(word.text))) sink.does('credential-file', 'macOS keychain');
  if (['nc', 'ncat', 'netcat', 'socat', 'telnet', 'ssh'].includes(name))
    sink.does(
      rest.some((word) => /^(-e|-c|exec:.*)$/i.test(word.text)) ? 'remote-code' : 'network',
      rest.find((word) => word.text.includes('.'))?.text ?? name,
    );
  if (['rundll32', 'regsvr32', 'mshta', 'wscript', 'cscript', 'msiexec'].includes(name))
    sink.does('native-load', words.map((word) => word.text).join(' '));
  if (name === 'gh' && /^(auth|api|gist|repo|secret)$/.test(rest[0]?.text ?? ''))
    sink.does(rest[0]?.text === 'auth' ? 'credential-file' : 'network', `gh ${rest[0]?.text}`);
  if (name === 'find' || name === 'xargs') readNested(name, rest, sink, depth);
  if (!quiet.has(name) && !downloaders.has(name)) sink.tools.push(name);
}

function readNested(name: string, rest: readonly Word[], sink: Sink, depth: number): void {
  const start =
    name === 'find'
      ? rest.findIndex((word) => word.text === '-exec' || word.text === '-execdir') + 1
      : rest.findIndex((word) => !word.text.startsWith('-'));
  if (start > 0 || (name === 'xargs' && start === 0))
    readCommands([{ joint: 'first', assignments: [], words: rest.slice(start), redirects: [] }], sink, depth + 1);
}

function readShell(rest: readonly Word[], sink: Sink, depth: number): void {
  const flag = rest.findIndex((word) => /^-\w*c$/.test(word.text));
  if (flag >= 0) {
    readCommands(parseShell(rest[flag + 1]?.text ?? ''), sink, depth + 1);
    return;
  }
  runFile(rest.find((word) => !word.text.startsWith('-'))?.text, sink);
}

function readPowershell(rest: readonly Word[], sink: Sink): void {
  const at = rest.findIndex((word) => /^[-/](e|ec|en.*|f|fi.*|c|co.*)$/i.test(word.text));
  const flag = rest[at]?.text.slice(1).toLowerCase() ?? '';
  const value = rest
    .slice(at + 1)
    .map((word) => word.text)
    .join(' ');
  if (flag.startsWith('f')) {
    runFile(rest[at + 1]?.text, sink);
    return;
  }
  if (flag.startsWith('e')) {
    const code = Buffer.from(value, 'base64').toString('utf16le');
    sink.does('decode-execute', 'powershell -EncodedCommand');
    sink.inline.push({ language: 'powershell', code });
  } else sink.inline.push({ language: 'powershell', code: at >= 0 ? value : rest.map((word) => word.text).join(' ') });
}

const inlineFlags = /^(-e|-p|-pe|-c|-r|--eval|--print|eval)$/;

function readRunner(name: string, language: InlineCode['language'], rest: readonly Word[], sink: Sink): void {
  for (let at = 0; at < rest.length; at++) {
    const text = rest[at]?.text ?? '';
    if (inlineFlags.test(text) && !(text === '-r' && language === 'javascript')) {
      sink.inline.push({ language, code: rest[at + 1]?.text ?? '' });
      return;
    }
    if (/^(-r|--require|--import|--loader|--experimental-loader)$/.test(text)) runFile(rest[++at]?.text, sink);
    else if (/^--(require|import|loader)=/.test(text)) runFile(text.slice(text.indexOf('=') + 1), sink);
    else if (/^(-P|--project|--tsconfig|-C|--conditions|-m)$/.test(text)) at++;
    else if (!text.startsWith('-') && !(text === 'run' && (name === 'deno' || name === 'bun'))) {
      if (hostOf(text)) sink.does('remote-code', `${name} ${text}`);
      runFile(text, sink);
      return;
    }
  }
  if (name !== 'node' && name !== 'nodejs') sink.tools.push(name);
}

function isManagerVerb(verb: string | undefined): boolean {
  return /^(i|in|install|add|publish|x|update|upgrade|ci|link|pm|create)$/.test(verb ?? '');
}

function readManager(name: string, rest: readonly Word[], sink: Sink): void {
  const words = rest.filter((word) => !word.text.startsWith('-')).map((word) => word.text);
  const [verb = name === 'yarn' ? 'install' : '', ...args] = words;
  if (verb === 'publish' || (verb === 'npm' && args[0] === 'publish')) {
    sink.does('self-publish', `${name} publish`);
    return;
  }
  if (verb === 'token' || verb === 'whoami' || (verb === 'config' && /get|list|ls/.test(args[0] ?? ''))) {
    sink.does('credential-file', `${name} ${verb}`);
    return;
  }
  if (verb === 'run' || verb === 'run-script') {
    if (args[0]) sink.scripts.push(args[0]);
  } else if (/^(exec|x|dlx)$/.test(verb)) sink.tools.push(args[0] ?? name);
  else if (/^(i|in|ins|inst|install|add|global)$/.test(verb) && (args.length > 0 || verb === 'global'))
    sink.does('package-install', `${name} ${rest.map((word) => word.text).join(' ')}`);
  else if (/^(start|test|stop|restart)$/.test(verb)) sink.scripts.push(verb);
  else if (name === 'yarn' && !/^(install|link|unlink|config|cache|dedupe|patch)$/.test(verb)) sink.scripts.push(verb);
  else sink.tools.push(name);
}

function readNpx(rest: readonly Word[], sink: Sink, depth: number): void {
  const flag = rest.findIndex((word) => word.text === '-c' || word.text === '--call');
  if (flag >= 0) {
    readCommands(parseShell(rest[flag + 1]?.text ?? ''), sink, depth + 1);
    return;
  }
  const name = rest.find((word) => !word.text.startsWith('-'))?.text;
  if (name === undefined) return;
  if (/^(trufflehog|gitleaks)/.test(name)) sink.does('secret-scanner', name);
  sink.tools.push(name);
}

function eval_(rest: readonly Word[], sink: Sink, depth: number): void {
  const text = rest.map((word) => word.text).join(' ');
  if (rest.some((word) => word.substituted)) sink.does('dynamic-code', 'eval of a command’s output');
  readCommands(parseShell(text), sink, depth + 1);
  const decoded = fromBase64(text);
  if (decoded !== undefined) readCommands(parseShell(decoded), sink, depth + 1);
}

function isFile(text: string): boolean {
  return /^(\.{0,2}[/\\]|~\/|[\w.@-]+[/\\])/.test(text) || /\.(sh|bash|bat|cmd|ps1|js|mjs|cjs|ts|py|exe|vbs)$/i.test(text);
}

function runFile(text: string | undefined, sink: Sink): void {
  if (text === undefined || text === '' || text === '-') return;
  if (sink.fetched.has(text) || sink.fetched.has(text.replace(/^\.\//, ''))) sink.does('download-execute', text);
  if (/^(~|\/tmp|\/var\/tmp|\/dev\/shm|%temp%|\/home|\/Users)/i.test(text)) sink.does('process', text);
  sink.files.push(text);
}

/** Tools that hand out what they keep for their user. */
const givers: ReadonlyMap<string, RegExp> = new Map([
  ['git', /^credential(-\w+)? (fill|get)/],
  ['aws', /^configure (export-credentials|get)|^sts get-session-token|^secretsmanager (get|list|batch)|^ssm get-parameter/],
  ['gcloud', /^auth (application-default )?print-(access|identity)-token|^secrets versions access/],
  ['az', /^account get-access-token|^keyvault secret (show|list|download)/],
  ['kubectl', /^config view.*--raw|^get secrets?\b/],
  ['vault', /^(kv|token|read)\b/],
  ['op', /^(read|item get)\b/],
  ['pass', /^show\b/],
  ['heroku', /^auth:token/],
  ['doctl', /^auth token/],
]);

function asksForCredentials(name: string, rest: readonly Word[]): boolean {
  const asked = givers.get(name) ?? (name.startsWith('docker-credential-') ? /^get/ : undefined);
  return asked?.test(rest.map((word) => word.text).join(' ')) ?? false;
}

function isDestructive(name: string, rest: readonly Word[]): boolean {
  if (name === 'rm')
    return (
      rest.some((word) => /^-\w*[rR]/.test(word.text)) &&
      rest.some((word) => /^(~\/?\*?|\/\*?|(\.\/)?\*|\/home\/?\*?|\/Users\/?|\$HOME)$/.test(word.text))
    );
  if (name === 'shred' || (name === 'format' && rest.some((word) => /^[a-z]:$/i.test(word.text)))) return true;
  if (name === 'dd') return rest.some((word) => /^of=\/dev\/(sd|nvme|disk|hd|vd|mmcblk)/.test(word.text));
  if (name === 'find') return rest.some((word) => word.text === '-delete') && /^(~\/?|\/|\$HOME|\/home\/?|\/Users\/?)$/.test(rest[0]?.text ?? '');
  if (name === 'del' || name === 'rd' || name === 'rmdir')
    return rest.some((word) => /^\/s$/i.test(word.text)) && rest.some((word) => /^(~|\.|\*(\.\*)?$|[a-z]:\\?(\*(\.\*)?)?$)/i.test(word.text));
  return name === 'cipher' && rest.some((word) => /^\/w/i.test(word.text));
}
