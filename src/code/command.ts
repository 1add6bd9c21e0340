/** What a command line does: which files it runs, what it fetches and from where, what it needs from elsewhere. */
import { type CommandFacts, type Doing, readRedirect, readWord, runFile, Sink, wordOf } from './command-facts.ts';
import {
  asksForCredentials,
  clipboards,
  downloaders,
  isDestructive,
  isFile,
  isManagerVerb,
  lookups,
  managers,
  nameOf,
  powershells,
  quiet,
  setsGitForAll,
  shells,
  tellsOf,
  unwrapped,
} from './command-names.ts';
import { readManager, readPowershell, readRunner, scriptRunners } from './command-programs.ts';
import { hostOf, isSecretVariable, placeOf } from './places.ts';
import { parseShell, type ShellCommand, type Word } from './shell.ts';
import { fromBase64 } from './text.ts';

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
  if (['crontab', 'launchctl', 'schtasks', 'reg', 'update-rc.d', 'at'].includes(name) && !onlyAsks(name, rest)) sink.does('persistence', name);
  if (name === 'systemctl' && rest.some((word) => /^(enable|start|daemon-reload)$/.test(word.text))) sink.does('persistence', name);
  if (name === 'git' && setsGitForAll(rest)) sink.does('persistence', 'git in all projects, written');
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

/** Commands that only show what runs again later. */
const asking: ReadonlyMap<string, RegExp> = new Map([
  ['reg', /^(query|compare)$/i],
  ['schtasks', /^\/query$/i],
  ['launchctl', /^(list|print|blame|version)$/],
  ['crontab', /^-l$/],
]);

function onlyAsks(name: string, rest: readonly Word[]): boolean {
  const [first] = rest;
  return first !== undefined && !first.substituted && asking.get(name)?.test(first.text) === true;
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
