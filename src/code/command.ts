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
import { fetchedToRun } from './fetched-packages.ts';
import { hostOf, isSecretVariable, placeOf } from './places.ts';
import { parseShell, type ShellCommand, type Word } from './shell.ts';
import { printed } from './shell-output.ts';
import { ShellScope } from './shell-scope.ts';
import { fromBase64, looksLikeCode } from './text.ts';

const deepest = 6;

/** Reads a shell line, or a whole script of one. */
export function commandFacts(source: string): CommandFacts {
  return scriptFacts(source).facts;
}

/** Reads a script, and tells which lines of it are texts that it shows or gives to others. */
export function scriptFacts(source: string): { readonly facts: CommandFacts; readonly texts: ReadonlySet<string> } {
  const sink = new Sink();
  const scope = new ShellScope();
  readCommands(parseShell(source, scope), sink, 0);
  return { facts: sink, texts: scope.texts };
}

/** Reads lines one after the other, where one may start what another fetched. */
export function lineReader(): (line: string) => CommandFacts {
  const fetched = new Set<string>();
  return (line) => {
    const sink = new Sink(fetched);
    readCommands(parseShell(line), sink, 0);
    return sink;
  };
}

/** Reads a command that is already split into words, as `spawn` takes it. */
export function argvFacts(argv: readonly string[]): CommandFacts {
  const sink = new Sink();
  const words = argv.map((text) => ({ text, exact: !text.includes('…'), variables: [], substituted: false }));
  readCommands([{ joint: 'first', assignments: [], words, redirects: [] }], sink, 0);
  return sink;
}

/** What goes from one command to the next, or stands in a word. */
interface Flow {
  readonly fetches: boolean;
  readonly decodes: boolean;
  /** It is what a shell prints. */
  readonly shell: boolean;
  readonly tells: Doing | undefined;
  /** The text itself, where it is known. */
  readonly text: string | undefined;
}

const nothing: Flow = { fetches: false, decodes: false, shell: false, tells: undefined, text: undefined };

function merged(flows: readonly (Flow | undefined)[]): Flow {
  const given = flows.filter((flow) => flow !== undefined);
  return {
    fetches: given.some((flow) => flow.fetches),
    decodes: given.some((flow) => flow.decodes),
    shell: given.some((flow) => flow.shell),
    tells: given.find((flow) => flow.tells)?.tells,
    text: given.find((flow) => flow.text !== undefined)?.text,
  };
}

/** Reads commands; tells what they print together. */
function readCommands(commands: readonly ShellCommand[], sink: Sink, depth: number, given?: Flow): Flow {
  if (depth > deepest) return nothing;
  let piped = given;
  const flows: Flow[] = [];
  for (const [at, command] of commands.entries()) {
    if (depth === 0) sink.at = command.at;
    piped = readCommand(command, sink, depth, command.joint === 'pipe' || at === 0 ? piped : undefined);
    flows.push(piped);
  }
  return flows.length === 1 ? (flows[0] ?? nothing) : { ...merged(flows), text: undefined };
}

const flowsOfOutputs = new WeakMap<readonly ShellCommand[], Flow>();

/** What the output of commands is, that stands in a word. */
function flowOf(word: Word | undefined): Flow | undefined {
  const flows = word?.outputs?.map((commands) => {
    let flow = flowsOfOutputs.get(commands);
    if (!flow) {
      flowsOfOutputs.set(commands, nothing);
      flow = readCommands(commands, new Sink(), 1);
      flowsOfOutputs.set(commands, flow);
    }
    return flow;
  });
  return flows && flows.length > 0 ? merged(flows) : undefined;
}

const connecting = new Set(['nc', 'ncat', 'netcat', 'socat', 'telnet']);

function readCommand(command: ShellCommand, sink: Sink, depth: number, before: Flow | undefined): Flow {
  const words = unwrapped(command.words);
  const name = nameOf(words[0]);
  const rest = words.slice(1);
  const texts = command.redirects.flatMap(({ text }) => (text ? [text] : []));
  const flow = texts.length > 0 ? merged([...texts.map((text) => ({ ...(flowOf(text) ?? nothing), text: text.text })), before]) : before;
  for (const word of [...rest, ...command.assignments.map(({ value }) => wordOf(value))]) readWord(word, sink);
  // What is only shown runs nothing; anything else may be told to.
  const shown = /^(cat|:|echo|printf)$/.test(name) && !command.redirects.some(({ operator }) => operator.includes('>'));
  for (const text of shown ? [] : texts) {
    readWord(text, sink);
    if (!scriptRunners.has(name) && !powershells.has(name)) readCommands(inOwnScope(text.text), sink, depth + 1);
  }
  readOptions([...command.words.map(({ text }) => text), ...command.assignments.map(({ name, value }) => `${name}=${value}`)], sink);
  const prints = printed(command, flow?.text);
  for (const redirect of command.redirects) readRedirect(redirect, sink, prints);
  if (name === 'tee') for (const word of rest) if (flow?.text !== undefined) sink.written.set(word.text, flow.text);
  if (command.body) return readCommands(command.body, sink, depth + 1, flow);
  const viaPowershell =
    powershells.has(name) &&
    rest.some((word) => /\b(iwr|irm|invoke-webrequest|invoke-restmethod|downloadstring|downloadfile|curl|wget)\b/i.test(word.text));
  const fetches = downloaders.has(name) || viaPowershell || (name === 'git' && rest[0]?.text === 'clone');
  const decodes =
    (name === 'base64' && rest.some((word) => /^(-\w*[dD]|--decode)$/.test(word.text))) ||
    (name === 'xxd' && rest.some((word) => word.text.includes('r'))) ||
    ['gunzip', 'openssl', 'zcat', 'rev'].includes(name) ||
    ((name === 'tr' || name === 'sed') && flow?.text !== undefined && prints !== undefined);
  const tells = tellsOf(name, rest);
  if (fetches) readFetch(name, rest, sink, flow);
  const reads = shells.has(name) || powershells.has(name) || scriptRunners.has(name) || name === 'iex' || name === 'invoke-expression';
  const starts = reads || name === 'eval' || name === '.' || name === 'source';
  const run = merged([reads ? flow : undefined, ...(starts ? rest : words.slice(0, 1)).map(flowOf)]);
  const runner = starts ? name : 'a command';
  if (run.fetches) sink.does('download-execute', `${runner} runs what was fetched`);
  if (run.decodes) sink.does('decode-execute', `${runner} runs what was decoded`);
  if (connecting.has(name) && flow?.shell)
    sink.does('remote-code', `shell connected to ${rest.find((word) => word.text.includes('.'))?.text ?? 'a host'}`);
  const nested = readName(name, words, sink, depth, flow);
  if (flow?.text !== undefined && reads && !rest.some((word) => !word.text.startsWith('-'))) readGiven(name, flow.text, sink, depth);
  return {
    fetches: fetches || connecting.has(name) || (flow?.fetches ?? false) || (nested?.fetches ?? false),
    decodes: decodes || (flow?.decodes ?? false),
    shell: shells.has(name) || (flow?.shell ?? false),
    tells: tells ?? flow?.tells,
    text: prints,
  };
}

/** `NODE_OPTIONS="--require ./x.js"`: run by whatever node is started next. */
function readOptions(words: readonly string[], sink: Sink): void {
  for (const word of words) {
    const options = /^NODE_OPTIONS=(.*)$/s.exec(word)?.[1];
    if (options !== undefined)
      for (const found of options.matchAll(/(?:--(?:require|import|loader|experimental-loader)|-r)[=\s]+(\S+)/g)) runFile(found[1], sink);
    const started = /^(?:BASH_ENV|LD_PRELOAD|DYLD_INSERT_LIBRARIES|PYTHONSTARTUP)=(.+)$/s.exec(word)?.[1];
    if (started !== undefined) runFile(started, sink);
  }
}

/** What a program reads that was given no file: a script. */
function readGiven(name: string, text: string, sink: Sink, depth: number): void {
  if (text.trim() === '') return;
  const language = powershells.has(name) ? 'powershell' : scriptRunners.get(name);
  if (language) sink.inline.push({ language, code: text });
  else if (shells.has(name)) readCommands(inOwnScope(text), sink, depth + 1);
}

function inOwnScope(text: string): readonly ShellCommand[] {
  return parseShell(text, new ShellScope()).map(({ at: _, ...command }) => command);
}

/** Starts a file; one whose text the commands before wrote is read. */
function startFile(word: Word | undefined, sink: Sink, depth: number): void {
  const path = word?.text ?? '';
  const text = sink.written.get(path) ?? sink.written.get(path.replace(/^\.\//, ''));
  if (text === undefined) runFile(word?.text, sink);
  else if (depth < deepest) {
    const language = /^#!.*\b(node|bun|deno)\b/.test(text) ? 'javascript' : /^#!.*\bpython/.test(text) ? 'python' : undefined;
    if (language) sink.inline.push({ language, code: text });
    else readCommands(inOwnScope(text), sink, depth + 1);
  }
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

/** A program of which nobody wrote down the name, as `process.execPath` is, told to run what is JavaScript. */
function takesScript(name: string, [flag, code]: readonly Word[]): boolean {
  return /^["']?…["']?$/.test(name) && /^(-e|-p|-pe|--eval|--print)$/.test(flag?.text ?? '') && looksLikeCode(code?.text ?? '');
}

/** What else a command does by its name; of one that starts another, what that prints. */
function readName(name: string, words: readonly Word[], sink: Sink, depth: number, flow: Flow | undefined): Flow | undefined {
  const rest = words.slice(1);
  const first = words[0]?.text ?? '';
  if (name === '') return undefined;
  if (shells.has(name)) return readShell(rest, sink, depth);
  if (powershells.has(name)) {
    readPowershell(rest, sink);
    return undefined;
  }
  const language = scriptRunners.get(name) ?? (takesScript(name, rest) ? 'javascript' : undefined);
  if (language && !(managers.has(name) && isManagerVerb(rest[0]?.text))) {
    readRunner(name, language, rest, sink);
    return undefined;
  }
  if (managers.has(name) && /^(exec|x)$/.test(rest[0]?.text ?? '')) return readNpx(rest.slice(1), sink, depth);
  if (managers.has(name)) {
    readManager(name, rest, sink);
    return undefined;
  }
  if (name === 'npx' || name === 'bunx' || name === 'pnpx') return readNpx(rest, sink, depth);
  if (name === 'eval' || name === 'iex' || name === 'invoke-expression') {
    eval_(rest, sink, depth);
    return undefined;
  }
  if (name === '.' || name === 'source') {
    startFile(rest[0], sink, depth);
    return undefined;
  }
  if (name === 'make' || name === 'gmake') sink.makes.push(rest.map(({ text }) => text));
  if (name === 'cd' || name === 'pushd') sink.goes(rest[0]);
  if (lookups.has(name) && (rest.some((word) => word.substituted) || flow?.tells))
    sink.does('dns-exfiltration', rest.map((word) => word.text).join(' '));
  if (isFile(first) || sink.written.has(first)) {
    startFile(words[0], sink, depth);
    return undefined;
  }
  if (isDestructive(name, rest)) sink.does('destructive', words.map((word) => word.text).join(' '));
  if (['crontab', 'launchctl', 'schtasks', 'reg', 'update-rc.d', 'at'].includes(name) && !onlyAsks(name, rest)) sink.does('persistence', name);
  if (name === 'systemctl' && rest.some((word) => /^(enable|start|daemon-reload)$/.test(word.text))) sink.does('persistence', name);
  if (name === 'git' && setsGitForAll(rest)) sink.does('persistence', 'git in all projects, written');
  if (asksForCredentials(name, rest)) sink.does('credential-file', `${name} ${rest.map((word) => word.text).join(' ')}`);
  if (clipboards.has(name)) sink.does('clipboard', name);
  if (name === 'security' && rest.some((word) => /find-|dump-/.test(word.text))) sink.does('credential-file', 'macOS keychain');
  if (connecting.has(name) || name === 'ssh')
    sink.does(
      rest.some((word) => /^(-e|-c|exec:.*)$/i.test(word.text)) ? 'remote-code' : 'network',
      rest.find((word) => word.text.includes('.'))?.text ?? name,
    );
  if (['rundll32', 'regsvr32', 'mshta', 'wscript', 'cscript', 'msiexec'].includes(name))
    sink.does(rest.some((word) => /https?:/i.test(word.text)) ? 'download-execute' : 'native-load', words.map((word) => word.text).join(' '));
  if (name === 'gh' && /^(auth|api|gist|repo|secret)$/.test(rest[0]?.text ?? ''))
    sink.does(rest[0]?.text === 'auth' ? 'credential-file' : 'network', `gh ${rest[0]?.text}`);
  if (!quiet.has(name) && !downloaders.has(name)) sink.tools.push(name);
  return name === 'find' || name === 'xargs' ? readNested(name, rest, sink, depth) : undefined;
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

function readNested(name: string, rest: readonly Word[], sink: Sink, depth: number): Flow | undefined {
  const start =
    name === 'find'
      ? rest.findIndex((word) => word.text === '-exec' || word.text === '-execdir') + 1
      : rest.findIndex((word) => !word.text.startsWith('-'));
  if (start > 0 || (name === 'xargs' && start === 0))
    return readCommands([{ joint: 'first', assignments: [], words: rest.slice(start), redirects: [] }], sink, depth + 1);
  return undefined;
}

function readShell(rest: readonly Word[], sink: Sink, depth: number): Flow | undefined {
  const flag = rest.findIndex((word) => /^-\w*c$/.test(word.text));
  if (flag >= 0) return readCommands(inOwnScope(rest[flag + 1]?.text ?? ''), sink, depth + 1);
  startFile(
    rest.find((word) => !word.text.startsWith('-')),
    sink,
    depth,
  );
  return undefined;
}

function readNpx(rest: readonly Word[], sink: Sink, depth: number): Flow | undefined {
  sink.fetches.push(...fetchedToRun(rest));
  const flag = rest.findIndex((word) => word.text === '-c' || word.text === '--call');
  if (flag >= 0) return readCommands(inOwnScope(rest[flag + 1]?.text ?? ''), sink, depth + 1);
  const from = rest.findIndex((word) => !word.text.startsWith('-'));
  const name = rest[from]?.text;
  if (name === undefined) return undefined;
  if (/^(trufflehog|gitleaks)/.test(name)) sink.does('secret-scanner', name);
  if (scriptRunners.has(nameOf(rest[from])))
    return readCommands([{ joint: 'first', assignments: [], words: rest.slice(from), redirects: [] }], sink, depth + 1);
  sink.tools.push(name);
  return undefined;
}

function eval_(rest: readonly Word[], sink: Sink, depth: number): void {
  const text = rest.map((word) => word.text).join(' ');
  if (rest.some((word) => word.substituted)) sink.does('dynamic-code', 'eval of a command’s output');
  readCommands(inOwnScope(text), sink, depth + 1);
  const decoded = fromBase64(text);
  if (decoded !== undefined) readCommands(inOwnScope(decoded), sink, depth + 1);
}
