/** What a script can do, read from its syntax tree: every call, member, assignment and literal is looked at. */
import type { ESTree } from 'meriyah';
import { isLocalHost } from '../places.ts';
import { processMembers } from './apis.ts';
import type { Scope } from './bindings.ts';
import type { Doings } from './doings.ts';
import { doingsOf } from './doings.ts';
import { readFile, readPipe } from './files.ts';
import { hole, textOf } from './known.ts';
import { isTelling, LiteralReader } from './literals.ts';
import { readLookup, readNetwork, readSending } from './network.ts';
import { asCall, bare, isCall, type Node } from './nodes.ts';
import { type Called, Notes, type Spots } from './notes.ts';
import { readAssignment, readDefinition, readMember } from './page.ts';
import { readProgram } from './programs.ts';
import { readModule, readRequire, readRequireCall } from './requires.ts';
import { readCode, readHandOver, readTimer } from './run-code.ts';
import type { Scan, Seen } from './scan.ts';

/** Looks at all of a scanned script. */
export function spot(scan: Scan): Spots {
  const notes = new Notes(scan);
  notes.requires.push(...scan.imports);
  for (const module of scan.imports) readModule(notes, module, 0, 'written');
  for (const seen of scan.calls) readCall(notes, seen);
  for (const seen of scan.members) readMember(notes, seen);
  for (const seen of scan.assignments) readAssignment(notes, seen);
  for (const { node, scope } of scan.loops)
    if (notes.evaluator.path(node.right, scope) === '#process.env') notes.add('environment', 'for … in process.env', node);
  for (const node of scan.endless) notes.add('destructive', 'a loop without end', node);
  readTexts(notes);
  for (const { keys, code, at, readAs } of notes.written) if (keys.some((key) => notes.started.has(key))) notes.inner.push({ code, at, readAs });
  if (notes.startsByPath) for (const key of notes.unpacked) notes.started.add(key);
  for (const [file, node] of notes.fetched) if (notes.started.has(file)) notes.add('download-execute', file.replace(/^\$/, 'the file in '), node);
  for (const [file, node] of notes.carried)
    if (notes.run.has(file)) notes.add('decode-execute', 'starts what a file of no program holds', node, 'decoded');
  return notes;
}

function readTexts(notes: Notes): void {
  const { scan } = notes;
  const literals = new LiteralReader(notes);
  for (const node of scan.strings) literals.read(node);
  for (const node of scan.templates) literals.say(node.quasis.map((quasi) => quasi.value.cooked ?? '').join(hole), node, 'written');
  literals.end();
  if (scan.identifiers.has('_attachments') && isPackageDocument(scan))
    notes.add('self-publish', 'a package document with _attachments', scan.strings[0] ?? { type: 'EmptyStatement' });
  for (const property of scan.recipients) {
    const { value, key } = property;
    const hidden = key.type === 'Identifier' ? /^bcc$/i.test(key.name) : key.type === 'Literal' && /^bcc$/i.test(String(key.value));
    for (const one of value.type === 'ArrayExpression' ? value.elements : [value])
      if (one?.type === 'Literal' && typeof one.value === 'string' && isMailbox(one.value))
        notes.add('messenger', `${hidden ? 'hidden copy of ' : ''}mail to ${one.value}`, property);
  }
}

/** Others keep attachments as well: a package document has tags, or is put under its id. */
function isPackageDocument({ strings, identifiers }: Notes['scan']): boolean {
  const says = (word: RegExp): boolean => strings.some(({ value }) => typeof value === 'string' && word.test(value));
  return says(/^dist-tags$/) || identifiers.has('dist-tags') || (identifiers.has('_id') && says(/^put$/i));
}

/** `name@host` or `Name <name@host>`, but for those of examples. */
function isMailbox(text: string): boolean {
  const host = /^(?:[^@<>]{0,80}<)?[^@\s<>]+@([^@\s<>]+)>?$/.exec(text)?.[1];
  return host !== undefined && !isLocalHost(host);
}

function readCall(notes: Notes, { node: written, scope }: Seen<Called | ESTree.ImportExpression>): void {
  if (written.type === 'ImportExpression') {
    readRequire(notes, written.source, scope, written);
    return;
  }
  if (isPlain(written.callee) && notes.evaluator.isBlank(written.callee, scope)) {
    readHandOver(notes, written, scope);
    return;
  }
  const node = straight(notes, written, scope);
  const called = notes.calleePath(node, scope);
  // The shell that zx puts under a global name, be it by an import or as the program that runs the script.
  const path = called === '#$' && isTag(node) ? 'zx#$' : called;
  readHandOver(notes, node, scope);
  if (path === undefined) {
    unknownCall(notes, node, scope);
    return;
  }
  const doings = doingsOf(path);
  if (doings.also !== 'require') readDisguise(notes, node, scope, doings);
  if (!doings.matters) {
    if (path.startsWith('#')) readLikely(notes, node, scope);
    return;
  }
  if (doings.program) readProgram(notes, doings.program, path, node, scope);
  if (doings.runsCode) readCode(notes, path, node, scope);
  if (doings.talks) readNetwork(notes, path, node, scope);
  if (doings.touches) readFile(notes, doings.touches, node, scope);
  if (doings.gathers && node.arguments.some((arg) => isEnvironment(notes, arg, scope)))
    notes.add('environment', `${path.slice(1)}(process.env)`, node);
  if (doings.also) readFurther(notes, doings.also, path, node, scope);
}

/** A template after a name is no argument in brackets. */
function isTag({ end, arguments: [first] }: Called): boolean {
  return first?.type === 'TemplateLiteral' && first.end === end;
}

function readFurther(notes: Notes, also: NonNullable<Doings['also']>, path: string, node: Called, scope: Scope): void {
  const [first] = node.arguments;
  if (also === 'require' || also === 'register') readRequireCall(notes, node, scope);
  else if (also === 'program') readSetup(notes, node, scope);
  else if (also === 'session') readSession(notes, node, scope);
  else if (also === 'timer') readTimer(notes, node, scope);
  else if (also === 'lookup') readLookup(notes, node, scope);
  else if (also === 'define') readDefinition(notes, node, scope);
  else if (also === 'native') notes.add('native-load', path, node);
  else if (also === 'clipboard') notes.add('clipboard', path.replace('#', ' '), node);
  else if (also === 'publish') notes.add('self-publish', path, node);
  else if (also === 'pipe' && first) readPipe(notes, path.endsWith('pipeline') ? first : node.callee, node.arguments, node, scope);
  else if (also === 'write-page' && first && /<script/i.test(notes.evaluator.text(first, scope).text))
    notes.add('script-injection', 'document.write of a script element', node);
}

/** The file that a cluster starts. */
function readSetup(notes: Notes, node: Called, scope: Scope): void {
  const [first] = node.arguments;
  const options = first && first.type !== 'SpreadElement' ? notes.evaluator.value(first, scope) : undefined;
  const file = textOf(notes.evaluator.property(options, 'exec'))?.text;
  if (file !== undefined) notes.files.push(file);
}

/** A debugger told to run text. */
function readSession(notes: Notes, node: Called, scope: Scope): void {
  const [order, options] = node.arguments;
  if (!order || !options || !/^Runtime\.(evaluate|compileScript|callFunctionOn)$/.test(notes.evaluator.text(order, scope).text)) return;
  const told = notes.evaluator.value(options, scope);
  const code = textOf(notes.evaluator.property(told, 'expression') ?? notes.evaluator.property(told, 'functionDeclaration'));
  notes.add('dynamic-code', 'a debugger of its own', node);
  if (code) notes.inner.push({ code: code.text, at: node.start ?? 0, readAs: code.readAs });
}

const sendingMethods = new Set('send write end post emit request put'.split(' '));

/** `f.call(x, a)`, `f.apply(x, [a])` and `Reflect.apply(f, x, [a])` as `f(a)`. */
function straight(notes: Notes, node: Called, scope: Scope): Called {
  const callee = bare(node.callee);
  if (callee.type !== 'MemberExpression') return node;
  const key = notes.evaluator.key(callee, scope);
  if (key !== 'call' && key !== 'apply' && key !== 'construct') return node;
  const reflects = notes.evaluator.path(callee.object, scope) === '#Reflect';
  const [target, rest] = reflects ? [node.arguments[0], node.arguments.slice(key === 'construct' ? 1 : 2)] : [callee.object, node.arguments.slice(1)];
  if (!target || (key === 'construct' && !reflects)) return node;
  const [list] = rest;
  const args = key === 'call' ? rest : list?.type === 'ArrayExpression' ? list.elements.filter((element) => element !== null) : rest;
  return asCall(node, target as Node, args as Node[]) as Called;
}

/** True for what is called by a name, or as a method by a name that says nothing. */
function isPlain(callee: Node): boolean {
  if (callee.type !== 'MemberExpression') return callee.type === 'Identifier';
  return !callee.computed && callee.property.type === 'Identifier' && !telling.has(callee.property.name);
}

const likely = new Set('exec spawn fork execFile'.split(' '));

/** False where the name of a member is written and is another one. */
function mayBe({ computed, property }: ESTree.MemberExpression, names: ReadonlySet<string>): boolean {
  return computed || property.type !== 'Identifier' || names.has(property.name);
}

/** A method by the name of one that starts programs, of an object that could not be followed, where a script has that module. */
function readLikely(notes: Notes, node: Called, scope: Scope): void {
  const callee = bare(node.callee);
  if (callee.type !== 'MemberExpression' || !mayBe(callee, likely) || !notes.requires.some((name) => /^(node:)?child_process$/.test(name))) return;
  const key = notes.evaluator.key(callee, scope);
  const [first] = node.arguments;
  if (key === undefined || !likely.has(key) || !first || first.type === 'SpreadElement' || 'regex' in bare(callee.object)) return;
  // Regular expressions have an `exec`, too.
  if (key === 'exec' && notes.evaluator.text(first, scope).text === hole) return;
  readProgram(notes, key === 'exec' ? 'line' : key === 'fork' ? 'script' : 'words', key, node, scope);
}

/** A method of an object that could not be followed, by a name only child processes have. */
function unknownCall(notes: Notes, node: Called, scope: Scope): void {
  const callee = bare(node.callee);
  if (callee.type !== 'MemberExpression') return;
  const key = notes.evaluator.key(callee, scope);
  if (key === undefined) {
    if (callee.computed && isCall(bare(callee.property)))
      notes.disguised.push({ detail: 'member named by a call', at: node.start ?? 0, computed: true });
  } else if (processMembers.has(key)) readProgram(notes, key === 'execSync' ? 'line' : 'words', key, node, scope);
  else if (key === '_compile') readCode(notes, 'module#_compile', node, scope);
  else if (key === 'pipe' || key === 'pipeTo') readPipe(notes, callee.object, node.arguments, node, scope);
  else if (key === 'require') readRequireCall(notes, node, scope);
  else if (likely.has(key)) readLikely(notes, node, scope);
  else if (sendingMethods.has(key)) readSending(notes, callee, node, scope);
}

/** A function that matters, by a name that was put together. */
function readDisguise(notes: Notes, node: Called, scope: Scope, doings: Doings): void {
  const callee = bare(node.callee);
  if (callee.type !== 'MemberExpression' || !callee.computed || bare(callee.property).type === 'Literal') return;
  const key = notes.evaluator.value(callee.property, scope);
  if (key?.is === 'text' && key.readAs !== 'written' && (doings.runsCode || doings.program !== undefined || isTelling(key.text)))
    notes.disguise(key.text, node);
}

/** Names of methods that are looked at whatever they are methods of. */
const telling = new Set([...sendingMethods, ...likely, ...processMembers, ...'call apply construct _compile pipe pipeTo require'.split(' ')]);

function isEnvironment(notes: Notes, node: Node, scope: Scope): boolean {
  const inner = node.type === 'SpreadElement' ? node.argument : node;
  if (inner.type === 'ObjectExpression')
    return inner.properties.some((property) =>
      property.type === 'Property' ? isEnvironment(notes, property.value, scope) : isEnvironment(notes, property, scope),
    );
  return notes.evaluator.path(inner, scope) === '#process.env';
}
