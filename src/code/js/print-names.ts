/** What the names of a script stand for that may do nothing but print. */
import { bare, isCall, type Node } from './nodes.ts';

/** Something of the script's own, a module of Node, the environment, or the path of a file below the temporary folder. */
export type What = 'own' | 'path' | 'fs' | 'os' | 'env' | 'temporary';

/** What the names of a block stand for. */
export interface Names {
  readonly held: Map<string, What>;
  readonly up: Names | undefined;
}

/** Ways to functions' makers, to callers, to the prototypes of all; letters made of numbers. */
export const barred = /^(_.*|constructor|prototype|caller|callee|arguments|fromCharCode|fromCodePoint|raw|prepareStackTrace|call|apply|bind)$/;

/** What a name stands for; undefined for everything else. */
export function whatIs(node: Node, names: Names | undefined): What | undefined {
  if (node.type !== 'Identifier') return undefined;
  for (let at = names; at; at = at.up) {
    const held = at.held.get(node.name);
    if (held) return held;
  }
  return undefined;
}

/**
 * What a name is given that is nothing of the script's own. Not any path: even to ask whether a file is there reaches a host where
 * its path names one, as on Windows.
 */
export function standsFor(init: Node, names: Names | undefined): What | undefined {
  const node = bare(init);
  if (chainOf(node) === 'process.env') return 'env';
  return moduleOf(node) ?? (isTemporary(node, names) ? 'temporary' : undefined);
}

/** `const path = require('path')` */
function moduleOf(node: Node): What | undefined {
  if (!isCall(node) || node.callee.type !== 'Identifier' || node.callee.name !== 'require') return undefined;
  const [name] = node.arguments;
  const told = name?.type === 'Literal' ? String(name.value).replace(/^node:/, '') : undefined;
  return told === 'path' || told === 'fs' || told === 'os' ? told : undefined;
}

/** `path.join(os.tmpdir(), 'it.json')` */
function isTemporary(node: Node, names: Names | undefined): boolean {
  if (!isCall(node) || !isOf('path', /^(join|resolve)$/, node.callee, names)) return false;
  const [folder, name, ...more] = node.arguments as Node[];
  const isFolder = folder !== undefined && isCall(folder) && folder.arguments.length === 0 && isOf('os', /^tmpdir$/, folder.callee, names);
  return isFolder && name?.type === 'Literal' && /^\w[\w-]*(\.json)?$/.test(String(name.value)) && more.length === 0;
}

function isOf(what: What, members: RegExp, callee: Node, names: Names | undefined): boolean {
  if (callee.type !== 'MemberExpression' || callee.computed || callee.property.type !== 'Identifier') return false;
  return members.test(callee.property.name) && whatIs(bare(callee.object), names) === what;
}

/** `process.env.CI`, written as names. */
export function chainOf(node: Node): string | undefined {
  if (node.type === 'Identifier') return node.name;
  if (node.type !== 'MemberExpression' || node.computed || node.property.type !== 'Identifier') return undefined;
  const object = chainOf(bare(node.object));
  return object === undefined ? undefined : `${object}.${node.property.name}`;
}
