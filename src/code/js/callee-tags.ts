/** What calling something brings: from the network, out of a file, by unpacking. */
import { decodes, talks, tellsOfHost, touchesFile } from './apis.ts';
import type { Scope } from './bindings.ts';
import type { Evaluating } from './evaluating.ts';
import { bare, type Node } from './nodes.ts';
import type { Tag } from './tag.ts';

/** Pictures, fonts, sounds and notes of the package itself. */
const innocent =
  /^(\.{1,2}\/){0,4}[\w@-][^\n…:]*\.(png|jpe?g|gif|ico|webp|bmp|avif|svg|woff2?|ttf|otf|eot|mp[34]|wav|ogg|webm|pdf|css|less|scss|txt|md|license|log|lock|dat|bin|csv|map)$/i;

/** Adds what calling something brings. */
export function calleeTags(tags: Set<Tag>, evaluator: Evaluating, callee: Node, args: readonly Node[], scope: Scope): void {
  const node = bare(callee);
  const value = evaluator.value(node, scope);
  const path = value?.is === 'path' ? value.path : value?.is === 'result' ? value.of : undefined;
  if (path !== undefined) {
    if (talks(path)) tags.add('network');
    if (decodes(path)) tags.add('decoded');
    if (tellsOfHost(path)) tags.add('host');
    if (touchesFile(path) === 'read') fileTags(tags, evaluator, args, scope);
    if (lists.test(path)) tags.add('listing');
    if (path === '#WebAssembly.Module.customSections' || path.endsWith('.getImageData')) tags.add('innocent-file');
    if (/^#WebAssembly\.(Instance|instantiate(Streaming)?|Memory)$/.test(path)) tags.add('wasm');
    if (path === '#process.cwd') tags.add('project');
    if (path === '#require.resolve' && isForeign(evaluator, args, scope)) tags.add('other-package');
    if (/^dns#(\w+\.)?resolve(Txt|Any|Cname)?$/.test(path)) tags.add('network');
    if (/^child_process#(exec|spawn)/.test(path)) outputTags(tags, evaluator, args, scope);
    if (/^clipboardy#|^#navigator\.clipboard/.test(path)) tags.add('clipboard');
    if (/serialize(Array)?$/.test(path)) tags.add('page-data');
  }
  if (path !== undefined && /^(buffer)?#Buffer(\.from)?$/.test(path) && unpacks(evaluator, args, scope)) tags.add('decoded');
}

/** Calls that tell what lies in a folder. */
const lists = /[#.](?:readdir|opendir|glob|readDir)(?:Sync)?$|^(?:glob|fast-glob|globby|tinyglobby|readdirp|klaw|klaw-sync|walk-sync|fdir)#/;

function fileTags(tags: Set<Tag>, evaluator: Evaluating, [first]: readonly Node[], scope: Scope): void {
  tags.add('file');
  const path = first && first.type !== 'SpreadElement' ? evaluator.text(first, scope).text : '';
  if (innocent.test(path)) tags.add('innocent-file');
}

function isForeign(evaluator: Evaluating, [first]: readonly Node[], scope: Scope): boolean {
  return first !== undefined && first.type !== 'SpreadElement' && /^(@[\w.-]+\/)?[\w-][\w.-]*(\/|$)/.test(evaluator.text(first, scope).text);
}

/** What the output of a program tells. */
function outputTags(tags: Set<Tag>, evaluator: Evaluating, args: readonly Node[], scope: Scope): void {
  tags.add('command-output');
  const [first] = args;
  const line = first && first.type !== 'SpreadElement' ? evaluator.text(first, scope).text : '';
  if (/^\s*(env|printenv|set|export -p)\s*$/.test(line)) tags.add('environment');
  if (/^\s*(curl|wget|iwr)\s/.test(line)) tags.add('network');
}

/** True for `Buffer.from(x, 'base64')` and buffers of numbers; a buffer of text is only text. */
function unpacks(evaluator: Evaluating, args: readonly Node[], scope: Scope): boolean {
  const [first, second] = args;
  if (second) return /^(base64|base64url|hex)$/.test(evaluator.text(second, scope).text);
  return first?.type === 'ArrayExpression' && first.elements.length > 8;
}
