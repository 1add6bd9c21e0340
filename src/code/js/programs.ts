/** Programs and scripts that are started. */
import type { ReadAs } from '../../model/contents.ts';
import { argvFacts, commandFacts } from '../command.ts';
import type { CommandFacts } from '../command-facts.ts';
import { readTokenScript } from '../token-scripts.ts';
import type { Scope } from './bindings.ts';
import { hole, textOf, type Value } from './known.ts';
import type { Node } from './nodes.ts';
import type { Called, Notes } from './notes.ts';
import { dataText } from './requires.ts';
import { readCode } from './run-code.ts';

export function readProgram(notes: Notes, how: 'line' | 'words' | 'script', path: string, node: Called, scope: Scope): void {
  const [first, second] = node.arguments;
  const values = first && first.type !== 'SpreadElement' ? notes.evaluator.alternatives(first, scope) : [];
  const [told, ...others] = values.map(textOf).filter((text) => text !== undefined);
  const name = path.split(/[#.]/).at(-1) ?? path;
  starts(notes, node, scope);
  // Node's own way to start programs, which nobody is meant to call.
  if (/(^#process\.)(_linkedB|b)inding$/.test(path) && /^(spawn_sync|process_wrap)$/.test(told?.text ?? '')) notes.disguise('child_process', node);
  if (how === 'script') {
    if (property(notes, second, 'eval', scope) !== undefined) readCode(notes, path, node, scope);
    else if (told?.text.startsWith('data:')) notes.inner.push({ code: dataText(told.text), at: node.start ?? 0, readAs: 'decoded' });
    else if (told?.text.startsWith('blob:')) notes.inner.push({ code: told.text.slice(5), at: node.start ?? 0, readAs: told.readAs });
    else if (told) notes.files.push(told.text);
    return;
  }
  const rest = second && how === 'words' && second.type !== 'SpreadElement' ? notes.evaluator.value(second, scope) : undefined;
  const given = rest?.is === 'list' ? rest.items.map(textOf) : [];
  const words = [told?.text ?? (isNodeItself(notes, first, scope) ? 'node' : hole), ...given.map((text) => text?.text ?? hole)];
  // Who hides a word of a command hides the command.
  const readAs = given.some((text) => text?.readAs === 'decoded') ? 'decoded' : (told?.readAs ?? 'written');
  notes.add('process', told ? words.join(' ') : `${name}(${hole})`, node, readAs);
  const read = how === 'line' || usesShell(notes, node, scope) ? (argv: readonly string[]) => commandFacts(argv.join(' ')) : argvFacts;
  command(notes, read(words), node, readAs);
  for (const other of others) {
    notes.add('process', other.text, node, other.readAs);
    command(notes, read([other.text, ...words.slice(1)]), node, other.readAs);
  }
  const tags = notes.tagsOf(node.arguments, scope);
  if (!told && first && notes.tagsOf([first], scope).has('request')) notes.add('remote-code', `${name} of what a request brings`, node);
  else if (tags.has('network')) notes.add(tags.has('decoded') || !told ? 'remote-code' : 'process', `${name} of what a host sent`, node);
  else if (tags.has('decoded') && told?.readAs !== 'written' && !isOnlyNamed(told)) notes.add('decode-execute', `${name} of decoded text`, node);
}

/** The program that runs the script. */
function isNodeItself(notes: Notes, program: Node | undefined, scope: Scope): boolean {
  const path = program && program.type !== 'SpreadElement' ? notes.evaluator.path(program, scope) : undefined;
  return path !== undefined && /^#process\.(execPath|argv0|argv\.0)$/.test(path);
}

/** One command of a program that runs and fetches nothing it is given, written down up to what is put into it. */
function isOnlyNamed(told: ReturnType<typeof textOf>): boolean {
  if (!told || told.readAs === 'decoded' || /[;&|`$()<>\n]/.test(told.text)) return false;
  const [program = ''] = told.text.trim().split(/\s+/);
  return /^[\w.-]+$/.test(program) && asks.test(program);
}

/** Programs that ask the system, with the name of a disk, a device or an interface. */
const asks =
  /^(mdadm|lsblk|blkid|smartctl|df|stat|ls|ifconfig|iwgetid|udevadm|diskutil|system_profiler|ioreg|lspci|lsusb|ps|uname|sysctl|getconf|which|where)(\.exe)?$/;

const unpackers = /^(.*[/\\])?(unzip|(bsd)?tar|gunzip|7za?|ditto|xz|unxz|hdiutil)(\.exe)?$/i;

/** What a program start names: the program, the files among its words. */
function starts(notes: Notes, node: Called, scope: Scope): void {
  const [first, second] = node.arguments;
  for (const key of notes.fileKeys(first, scope)) start(notes, key, true);
  // What is unpacked is not started yet, but what came out of it may be.
  const program = first !== undefined && first.type !== 'SpreadElement' ? notes.evaluator.text(first, scope).text : hole;
  const unpacks = unpackers.test(program);
  if (unpacks && second?.type === 'ArrayExpression')
    for (const word of second.elements) notes.unpacked.push(...notes.fileKeys(word ?? undefined, scope));
  notes.startsByPath ||= !unpacks && (program === hole || /^[^\s]*[/\\]/.test(program));
  const [word = ''] = program.trim().split(/\s+/);
  const isRun = /[/\\…]/.test(word) || runners.test(word);
  const words = second?.type === 'ArrayExpression' && !unpacks ? second.elements : [];
  for (const word of words) {
    for (const key of notes.fileKeys(word ?? undefined, scope)) {
      start(notes, key, isRun);
      if (/\.\w{1,8}$/.test(key) && !key.startsWith('$') && !key.startsWith('-')) notes.files.push(key);
    }
  }
  if (first?.type === 'TemplateLiteral')
    for (const part of first.expressions) for (const key of notes.fileKeys(part, scope)) start(notes, key, isRun);
  if (first?.type === 'BinaryExpression')
    for (const side of [first.left, first.right]) for (const key of notes.fileKeys(side, scope)) start(notes, key, isRun);
}

/** Programs that run the files they are given; players and viewers do not. */
const runners =
  /^(node|bun|deno|(ba|z|da)?sh|python\d?|powershell|pwsh|cmd|osascript|perl|ruby|wscript|cscript|rundll32|sudo|nohup|setsid|env)(\.exe)?$/i;

function start(notes: Notes, key: string, isRun: boolean): void {
  notes.started.add(key);
  if (isRun) notes.run.add(key);
}

function usesShell(notes: Notes, node: Called, scope: Scope): boolean {
  return node.arguments.some((argument) => property(notes, argument, 'shell', scope) !== undefined);
}

function property(notes: Notes, node: Node | undefined, key: string, scope: Scope): Value | true | undefined {
  if (node?.type !== 'ObjectExpression') return undefined;
  const found = node.properties.find((property) => property.type === 'Property' && property.key.type === 'Identifier' && property.key.name === key);
  if (found?.type !== 'Property' || (found.value.type === 'Literal' && found.value.value === false)) return undefined;
  return notes.evaluator.value(found.value, scope) ?? true;
}

function command(notes: Notes, facts: CommandFacts, node: Node, readAs: ReadAs): void {
  for (const { kind, detail } of facts.doings) notes.add(kind, detail, node, readAs);
  notes.files.push(...facts.files);
  for (const file of facts.fetched) notes.fetched.set(file, node);
  for (const file of facts.files) notes.started.add(file);
  for (const { language, code } of facts.inline) {
    if (language === 'javascript') notes.inner.push({ code, at: node.start ?? 0, readAs });
    else for (const found of readTokenScript(code, language).spotted) notes.add(found.kind, found.detail, node, readAs);
  }
}
