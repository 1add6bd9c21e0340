/** What a script can do, read from its syntax tree: every call, member, assignment and literal is looked at. */
import type { ESTree } from 'meriyah';
import { processMembers } from './apis.ts';
import type { Scope } from './bindings.ts';
import type { Doings } from './doings.ts';
import { doingsOf } from './doings.ts';
import { readFile, readPipe } from './files.ts';
import { hole } from './known.ts';
import { isTelling, LiteralReader } from './literals.ts';
import { readLookup, readNetwork, readSending } from './network.ts';
import { bare, isCall, type Node } from './nodes.ts';
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
  for (const [file, node] of notes.fetched) if (notes.started.has(file)) notes.add('download-execute', file.replace(/^\$/, 'the file in '), node);
  return notes;
}

function readTexts(notes: Notes): void {
  const { scan } = notes;
  const literals = new LiteralReader(notes);
  for (const node of scan.strings) literals.read(node);
  for (const node of scan.templates) literals.say(node.quasis.map((quasi) => quasi.value.cooked ?? '').join(hole), node, 'written');
  literals.end();
  if (scan.identifiers.has('_attachments'))
    notes.add('self-publish', 'a package document with _attachments', scan.strings[0] ?? { type: 'EmptyStatement' });
  for (const property of scan.recipients) {
    if (property.value.type === 'Literal' && typeof property.value.value === 'string' && /^[^@\s]+@[^@\s]+$/.test(property.value.value))
      notes.add('messenger', `mail to ${property.value.value}`, property);
  }
}

function readCall(notes: Notes, { node, scope }: Seen<Called | ESTree.ImportExpression>): void {
  if (node.type === 'ImportExpression') {
    readRequire(notes, node.source, scope, node);
    return;
  }
  const path = notes.calleePath(node, scope);
  readHandOver(notes, node, scope);
  if (path === undefined) {
    unknownCall(notes, node, scope);
    return;
  }
  const doings = doingsOf(path);
  if (doings.also !== 'require') readDisguise(notes, node, scope, doings);
  if (!doings.matters) return;
  if (doings.program) readProgram(notes, doings.program, path, node, scope);
  if (doings.runsCode) readCode(notes, path, node, scope);
  if (doings.talks) readNetwork(notes, path, node, scope);
  if (doings.touches) readFile(notes, doings.touches, node, scope);
  if (doings.gathers && node.arguments.some((arg) => isEnvironment(notes, arg, scope)))
    notes.add('environment', `${path.slice(1)}(process.env)`, node);
  if (doings.also) readFurther(notes, doings.also, path, node, scope);
}

function readFurther(notes: Notes, also: NonNullable<Doings['also']>, path: string, node: Called, scope: Scope): void {
  const [first] = node.arguments;
  if (also === 'require') readRequireCall(notes, node, scope);
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

const sendingMethods = new Set('send write end post emit request put'.split(' '));

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

function isEnvironment(notes: Notes, node: Node, scope: Scope): boolean {
  const inner = node.type === 'SpreadElement' ? node.argument : node;
  if (inner.type === 'ObjectExpression')
    return inner.properties.some((property) =>
      property.type === 'Property' ? isEnvironment(notes, property.value, scope) : isEnvironment(notes, property, scope),
    );
  return notes.evaluator.path(inner, scope) === '#process.env';
}
