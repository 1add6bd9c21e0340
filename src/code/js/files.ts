/** Files that are read, written, fetched and deleted. */
import { memoryOfOthers, type Place, placeOf } from '../places.ts';
import type { Scope } from './bindings.ts';
import { doingsOf } from './doings.ts';
import { hole, textOf } from './known.ts';
import { isCall, type Node } from './nodes.ts';
import type { Called, Notes } from './notes.ts';
import { originOf } from './origin.ts';
import type { Tag } from './tag.ts';

/** Tools do so when they are started, for folders they fill. */
const projectSwept = 'what it finds in the project';

/** In the folder of a package; a hidden folder beside the packages is a cache, except where package managers keep packages and commands. */
const inPackage = /(^|\/)node_modules\/(?!\.(?!bin\b|pnpm\b|store\b|bun\b|deno\b)(?!.*\/\.\.\/))[^/…]/;

export function readFile(notes: Notes, touch: 'read' | 'write' | 'delete' | 'copy', node: Called, scope: Scope): void {
  const [first, second] = node.arguments;
  const told = first && first.type !== 'SpreadElement' ? textOf(notes.evaluator.value(first, scope)) : undefined;
  const path = told?.text ?? '';
  const place = (told && placeOf(path)) ?? (touch === 'write' ? placeAmong(notes, first, path, scope) : undefined);
  if (place) notes.add(place.kind, placeText(notes, place, touch, node, scope), node, told?.readAs);
  if (touch === 'delete' && /^(~\/?|\/|\/home|\/Users)$/.test(path)) notes.add('destructive', path, node);
  else if (touch === 'delete' && first && /^\.{1,2}(\/\.{0,2})*$/.test(path) && isProject(notes, first, scope))
    notes.add('destructive', projectSwept, node);
  else if (touch !== 'read' && touch !== 'copy' && first && (path === '' || path.includes(hole))) readSweep(notes, first, path, node, scope);
  if (told && (touch === 'read' || touch === 'copy') && /\.[\w]{1,8}$/.test(path) && !path.startsWith('/') && !path.startsWith('~'))
    notes.files.push(path);
  if (touch !== 'write' && touch !== 'copy') return;
  if (inPackage.test(path)) notes.add('package-tamper', path, node);
  if (/(^|\/)package\.json$/.test(path) && /^(\.|__dirname)?\/?package\.json$/.test(path)) notes.add('package-tamper', `own ${path}`, node);
  if (first && first.type !== 'SpreadElement' && isOnDesktop(notes, first, path, scope)) notes.add('desktop-file', 'a file on the desktop', node);
  if (first && first.type !== 'SpreadElement' && (path === '' || path.includes(hole))) readForeign(notes, first, node, scope);
  writes(notes, node, scope);
  const data = second && second.type !== 'SpreadElement' ? originOf(notes.evaluator, second, scope) : undefined;
  if (data?.has('network')) fetches(notes, first, path, node, scope);
  else if (data?.has('innocent-file')) for (const key of notes.fileKeys(first, scope)) notes.carried.set(key, node);
}

/** A place among those that are written one after the other. */
function placeAmong(notes: Notes, file: Called['arguments'][number] | undefined, path: string, scope: Scope): Place | undefined {
  if (!file || file.type === 'SpreadElement' || (path !== '' && !path.includes(hole))) return undefined;
  for (const value of notes.evaluator.alternatives(file, scope)) {
    const place = placeOf(textOf(value)?.text ?? '');
    if (place) return place;
  }
  return undefined;
}

function placeText(notes: Notes, place: Place, touch: string, node: Called, scope: Scope): string {
  if (place.detail === memoryOfOthers && touch !== 'write' && opens(notes.calleePath(node, scope))) return `${place.detail}, read`;
  if (touch !== 'write' || !leavesOpen(place)) return place.detail;
  const [, text] = node.arguments;
  const told = text && text.type !== 'SpreadElement' ? notes.evaluator.text(text, scope).text : '';
  const names = place.kind === 'ci-config' ? placeOf(told) : undefined;
  if (names?.kind === 'secret-scanner') notes.add(names.kind, names.detail, node);
  return /(^|\s)(ssh-(rsa|dss|ed25519)|ecdsa-sha2-\w+|sk-\w+@openssh\.com) AAAA/.test(told)
    ? `${place.detail}, one of its own written`
    : `${place.detail}, written`;
}

/** Not those that only look whether it is there. */
function opens(path: string | undefined): boolean {
  return path !== undefined && /[#.](open(Sync)?|read(?!dir|link)\w*|createReadStream|file|copy\w*|cp\w*)$/.test(path);
}

/** Where others come back through, or code comes back to life, once it is written. */
function leavesOpen({ kind, detail }: Place): boolean {
  return kind === 'persistence' || kind === 'agent-config' || kind === 'ci-config' || detail === 'SSH keys';
}

/** A note where everybody sees it, in the home folder of who runs the code. */
function isOnDesktop(notes: Notes, file: Node, path: string, scope: Scope): boolean {
  if (path !== '' && !path.includes(hole) && !/Desktop/.test(path)) return false;
  const tags = originOf(notes.evaluator, file, scope);
  return tags.has('desktop') && (tags.has('home') || path.startsWith('~'));
}

function writes(notes: Notes, node: Called, scope: Scope): void {
  const [file, text] = node.arguments;
  const told = text && text.type !== 'SpreadElement' ? textOf(notes.evaluator.value(text, scope)) : undefined;
  if (told && told.text.length > 20 && notes.written.length < 20)
    notes.written.push({ keys: notes.fileKeys(file, scope), code: told.text, at: node.start ?? 0, readAs: told.readAs });
}

/** A file of another package, found by asking where that is. */
function readForeign(notes: Notes, file: Node, node: Called, scope: Scope): void {
  if (notes.scan.identifiers.has('resolve') && originOf(notes.evaluator, file, scope).has('other-package'))
    notes.add('package-tamper', 'a file of another package, written', node);
}

function isOfProject(tags: ReadonlySet<Tag>): boolean {
  return tags.has('project') || (tags.has('relative') && !tags.has('own-folder'));
}

/** The folder somebody works in, not one that is told from where the package is. */
function isProject(notes: Notes, file: Node, scope: Scope): boolean {
  return file.type === 'Literal' || isOfProject(originOf(notes.evaluator, file, scope));
}

/** Everything found in the home folder, at the root or in the project. */
function readSweep(notes: Notes, file: Node, path: string, node: Called, scope: Scope): void {
  const tags = originOf(notes.evaluator, file, scope);
  if (tags.has('listing') && (tags.has('home') || /^(~|\/|\/home|\/Users)\/…$/.test(path)))
    notes.add('destructive', 'all it finds in the home folder', node);
  else if (tags.has('listing') && isOfProject(tags) && /^((\.\/)?…(\/…)*)?$/.test(path)) notes.add('destructive', projectSwept, node);
}

function fetches(notes: Notes, file: Node | undefined, path: string, node: Node, scope: Scope): void {
  notes.add('download', path || 'a file', node);
  for (const key of notes.fileKeys(file, scope)) notes.fetched.set(key, node);
}

/** `response.pipe(createWriteStream(file))`, `pipeline(response, createWriteStream(file))`. */
export function readPipe(notes: Notes, source: Node, args: readonly Node[], node: Node, scope: Scope): void {
  for (const argument of args) {
    const target = notes.evaluator.value(argument, scope);
    if (target?.is !== 'result' || !isCall(target.node) || doingsOf(target.of).touches !== 'write') continue;
    if (!originOf(notes.evaluator, source, scope).has('network')) continue;
    const [file] = target.node.arguments;
    fetches(notes, file, file ? notes.evaluator.text(file, target.scope).text : '', node, target.scope);
  }
}
