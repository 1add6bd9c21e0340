/** What becomes of each kind of node that TypeScript adds to JavaScript: types become spaces, the few things that run become plain text. */
import type { Edits } from './edits.ts';

/** A node of the tree with types. */
export interface TypedNode {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [field: string]: unknown;
}

export function isTypedNode(value: unknown): value is TypedNode {
  return value !== null && typeof value === 'object' && typeof (value as { type?: unknown }).type === 'string' && 'start' in value;
}

/** Where a node stands. */
export interface Around {
  /** Where the body of the class begins whose method it is. */
  readonly classBody?: number;
  /** True for statements of a namespace. */
  readonly within?: boolean;
}

/** The text, the same with comments as spaces, and what is changed. */
export interface Erasing {
  readonly source: string;
  readonly bare: string;
  readonly edits: Edits;
}

/** What is to be looked at within a node. */
export type Next = readonly { readonly node: unknown; readonly around?: Around }[];

/** Thrown at what cannot be turned into plain text. */
export class NotErasable extends Error {}

const erasedStatements = new Set(
  'TSInterfaceDeclaration TSTypeAliasDeclaration TSDeclareFunction TSDeclareMethod TSNamespaceExportDeclaration TSIndexSignature'.split(' '),
);

/** True for what leaves nothing when types are gone. */
function leavesNothing(node: unknown): boolean {
  if (!isTypedNode(node)) return false;
  if (erasedStatements.has(node.type) || node['declare'] === true) return true;
  if (node['abstract'] === true && node.type !== 'ClassDeclaration') return true;
  if (node.type === 'TSModuleDeclaration') return node['global'] === true || !holdsValues(node['body']);
  if (node.type === 'ImportDeclaration' || node.type === 'TSImportEqualsDeclaration')
    return node['importKind'] === 'type' || node['importKind'] === 'typeof';
  if (node.type === 'ExportAllDeclaration') return node['exportKind'] === 'type';
  if (node.type === 'ExportDefaultDeclaration') return leavesNothing(node['declaration']);
  if (node.type !== 'ExportNamedDeclaration') return false;
  return isTypedNode(node['declaration']) ? leavesNothing(node['declaration']) : node['exportKind'] === 'type';
}

function holdsValues(body: unknown): boolean {
  if (!isTypedNode(body)) return false;
  return body.type === 'TSModuleBlock' ? listOf(body['body']).some((one) => !leavesNothing(one)) : !leavesNothing(body);
}

/** Changes what of a node is no JavaScript, and answers what is still to be looked at. */
export function erase(node: TypedNode, around: Around, how: Erasing): Next {
  if (leavesNothing(node)) {
    // Whatever stands before ends here: what follows must not go on with it.
    how.edits.blank(decoratedStart(node), node.end, ';');
    return [];
  }
  const special = kinds.get(node.type);
  if (special) return special(node, how, around);
  if (node.type.startsWith('TS')) throw new NotErasable(node.type);
  return fields(node);
}

type Kind = (node: TypedNode, how: Erasing, around: Around) => Next;

const cast: Kind = (node, { bare, edits }) => {
  const word = node.type === 'TSAsExpression' ? 'as' : 'satisfies';
  const at = bare.lastIndexOf(word, start(node['typeAnnotation']) - 1);
  const after = /\S/.exec(bare.slice(node.end, node.end + 2000))?.[0];
  // A new line ended it where now the next line would go on.
  edits.blank(at, node.end, after !== undefined && '([`'.includes(after) ? ';' : '');
  return [{ node: node['expression'] }];
};

const assertion: Kind = (node, { bare, edits }) => {
  const type = node['typeAnnotation'];
  const close = bare.indexOf('>', end(type)) + 1;
  const inner = close + (/\S/.exec(bare.slice(close))?.index ?? 0);
  const isAmbiguous = /^(\{|function\b|class\b|async\b|let\b)/.test(bare.slice(inner, inner + 10));
  edits.blank(node.start, inner, isAmbiguous ? '(' : '');
  if (isAmbiguous) edits.put(node.end, node.end, ')');
  return [{ node: node['expression'] }];
};

const removed: Kind = (node, { edits }) => {
  edits.blank(node.start, node.end);
  return [];
};

const pattern: Kind = (node, { bare, edits }, around) => {
  if (node['optional'] === true) {
    const at = bare.lastIndexOf('?', start(node['typeAnnotation'], node.end) - 1);
    edits.blank(at, at + 1);
  }
  return fields(node, around);
};

const method: Kind = (node, how, around) => {
  modifiers(node, how);
  return [...routine(node, how, around), ...fields(node, {}, 'params')];
};

const field: Kind = (node, { edits, ...rest }) => {
  modifiers(node, { edits, ...rest });
  const type = node['typeAnnotation'];
  if (!isTypedNode(type)) return fields(node);
  edits.blank(type.start, type.end, isTypedNode(node['value']) ? '' : ';');
  return fields(node, {}, 'typeAnnotation');
};

const plainRoutine: Kind = (node, how, around) => [...routine(node, how, around), ...fields(node, {}, 'params')];

/** Parameters: `this` is none, some are properties, some are decorated. */
function routine(node: TypedNode, how: Erasing, around: Around): Next {
  const params = listOf(node['params']);
  const { bare, edits, source } = how;
  const [first] = params;
  const self = first?.type === 'Identifier' && first['name'] === 'this' ? first : undefined;
  if (self) withComma(self, how);
  const types = node['typeParameters'];
  // No new line may stand between `async` and its parameters.
  if (isTypedNode(types)) edits.blank(types.end, types.end + (/^\s+/.exec(bare.slice(types.end))?.[0].length ?? 0));
  const own: string[] = [];
  for (const param of params) {
    const decorators = listOf(param['decorators']);
    const [one] = decorators;
    if (one) {
      edits.blank(one.start, decorators.at(-1)?.end ?? one.end);
      const text = decorators.map(({ start: from, end: to }) => `(${source.slice(from + 1, to)});`).join('');
      // They run with the class.
      if (around.classBody !== undefined) edits.put(around.classBody, around.classBody, `static{${text}}`);
    }
    const inner = param['parameter'];
    if (param.type !== 'TSParameterProperty' || !isTypedNode(inner)) continue;
    edits.blank(decorators.at(-1)?.end ?? param.start, inner.start);
    const name = inner.type === 'AssignmentPattern' ? inner['left'] : inner;
    if (isTypedNode(name) && typeof name['name'] === 'string') own.push(`this.${name['name']}=${name['name']};`);
  }
  const body = node['body'];
  if (own.length > 0 && isTypedNode(body)) edits.put(body.start + 1, body.start + 1, own.join(''));
  return params
    .filter((param) => param !== self)
    .map((param) => ({ node: param.type === 'TSParameterProperty' ? param['parameter'] : param, around: bareParam }));
}

/** Decorators of a parameter were taken already. */
const bareParam: Around = {};

function modifiers(node: TypedNode, { bare, edits }: Erasing): void {
  const from = decoratedEnd(node);
  const key = start(node['key'], from);
  // A member without a semicolon before it must not become a part of that.
  for (const { 0: word, index } of bare.slice(from, key).matchAll(/\b(?:public|private|protected|readonly|override)\b/g))
    edits.blank(from + index, from + index + word.length, bare.slice(from, from + index).trim() === '' && from === node.start ? ';' : '');
  if (node['optional'] !== true && node['definite'] !== true) return;
  const at = bare.indexOf(node['optional'] === true ? '?' : '!', end(node['key']));
  edits.blank(at, at + 1);
}

const aClass: Kind = (node, { bare, edits }) => {
  const from = decoratedEnd(node);
  if (node['abstract'] === true) edits.blank(bare.indexOf('abstract', from), bare.indexOf('abstract', from) + 8);
  const types = listOf(node['implements']);
  const [first] = types;
  if (first) edits.blank(bare.lastIndexOf('implements', first.start - 1), types.at(-1)?.end ?? first.end);
  return fields(node, { classBody: start(node['body']) + 1 }, 'implements');
};

const anEnum: Kind = (node, { bare, edits }) => {
  const { id } = node;
  edits.put(node.start, start(id), 'var ');
  const open = bare.indexOf('{', end(id));
  edits.put(open, open + 1, '={');
  edits.put(node.end, node.end, ';');
  let next: number | undefined = 0;
  const values: { node: unknown }[] = [];
  for (const member of listOf(node['members'])) {
    const value = member['initializer'];
    const name = member['id'];
    if (isTypedNode(value)) {
      const at = bare.indexOf('=', end(name));
      edits.put(at, at + 1, ':');
      values.push({ node: value });
      next = value.type === 'NumericLiteral' ? Number(value['value']) : undefined;
    } else edits.put(end(name), end(name), `:${next ?? 'undefined'}`);
    if (next !== undefined) next++;
  }
  return values;
};

const namespace: Kind = (node, { edits }) => {
  let block = node['body'];
  while (isTypedNode(block) && block.type === 'TSModuleDeclaration') block = block['body'];
  const id = node['id'];
  if (!isTypedNode(block) || !isTypedNode(id) || typeof id['name'] !== 'string') throw new NotErasable(node.type);
  const statements = listOf(block['body']);
  edits.put(node.start, block.start + 1, `var ${id['name']}=(()=>{`);
  edits.put(node.end - 1, node.end, `;return{${statements.flatMap(exportedNames).join()}}})();`);
  return statements.map((each) => ({ node: each, around: { within: true } }));
};

function exportedNames(statement: TypedNode): readonly string[] {
  const declaration = statement['declaration'];
  if (statement.type !== 'ExportNamedDeclaration' || !isTypedNode(declaration) || leavesNothing(declaration)) return [];
  const named = declaration.type === 'VariableDeclaration' ? listOf(declaration['declarations']) : [declaration];
  return named.flatMap(({ id }) => (isTypedNode(id) && typeof id['name'] === 'string' ? [id['name']] : []));
}

const named: Kind = (node, how, around) => {
  const declaration = node['declaration'];
  if (around.within && isTypedNode(declaration)) how.edits.blank(node.start, declaration.start);
  for (const one of listOf(node['specifiers'])) if (one['exportKind'] === 'type' || one['importKind'] === 'type') withComma(one, how);
  return isTypedNode(declaration) ? [{ node: declaration }] : [];
};

function withComma(node: TypedNode, { bare, edits }: Erasing): void {
  const comma = /^\s*,/.exec(bare.slice(node.end, node.end + 2000))?.[0].length ?? 0;
  edits.blank(node.start, node.end + comma);
}

const kinds: ReadonlyMap<string, Kind> = new Map<string, Kind>([
  ['TSTypeAnnotation', removed],
  ['TSTypeParameterDeclaration', removed],
  ['TSTypeParameterInstantiation', removed],
  ['TSAsExpression', cast],
  ['TSSatisfiesExpression', cast],
  ['TSTypeAssertion', assertion],
  ['TSInstantiationExpression', (node) => fields(node)],
  [
    'TSNonNullExpression',
    (node, { edits }) => {
      edits.blank(node.end - 1, node.end);
      return [{ node: node['expression'] }];
    },
  ],
  ['Identifier', pattern],
  ['ObjectPattern', pattern],
  ['ArrayPattern', pattern],
  ['RestElement', pattern],
  ['AssignmentPattern', pattern],
  ['FunctionDeclaration', plainRoutine],
  ['FunctionExpression', plainRoutine],
  ['ArrowFunctionExpression', plainRoutine],
  ['ObjectMethod', plainRoutine],
  ['ClassMethod', method],
  ['ClassPrivateMethod', method],
  ['ClassProperty', field],
  ['ClassPrivateProperty', field],
  ['ClassAccessorProperty', field],
  ['ClassDeclaration', aClass],
  ['ClassExpression', aClass],
  ['ClassBody', (node, _, around) => fields(node, around)],
  ['TSEnumDeclaration', anEnum],
  ['TSModuleDeclaration', namespace],
  ['ExportNamedDeclaration', named],
  ['ImportDeclaration', named],
  [
    'VariableDeclarator',
    (node, { bare, edits }) => {
      const at = node['definite'] === true ? bare.lastIndexOf('!', start((node['id'] as TypedNode)['typeAnnotation'])) : -1;
      if (at >= 0) edits.blank(at, at + 1);
      return fields(node);
    },
  ],
  [
    'TSImportEqualsDeclaration',
    (node, { edits }, around) => {
      const isExport = node['isExport'] === true && around.within !== true;
      edits.put(node.start, start(node['id']), isExport ? 'export const ' : 'const ');
      return [];
    },
  ],
  [
    'TSExportAssignment',
    (node, { bare, edits }) => {
      edits.put(node.start, bare.indexOf('=', node.start), 'module.exports');
      return [{ node: node['expression'] }];
    },
  ],
]);

const unread = new Set(['loc', 'extra', 'leadingComments', 'trailingComments', 'innerComments', 'errors', 'comments', 'tokens']);

/** All nodes in the fields of a node. */
function fields(node: TypedNode, around?: Around, without?: string): Next {
  const found: { node: unknown; around?: Around }[] = [];
  for (const [name, value] of Object.entries(node)) {
    if (value === null || typeof value !== 'object' || name === without || unread.has(name)) continue;
    if (name === 'decorators' && around === bareParam) continue;
    for (const one of Array.isArray(value) ? value : [value]) if (isTypedNode(one)) found.push(around ? { node: one, around } : { node: one });
  }
  return found;
}

function listOf(value: unknown): readonly TypedNode[] {
  return Array.isArray(value) ? value.filter(isTypedNode) : [];
}

function start(node: unknown, otherwise = -1): number {
  return isTypedNode(node) ? node.start : otherwise;
}

function end(node: unknown): number {
  return isTypedNode(node) ? node.end : -1;
}

function decoratedStart(node: TypedNode): number {
  return Math.min(node.start, start(listOf(node['decorators'])[0], node.start));
}

/** Where a class or member begins after its decorators. */
function decoratedEnd(node: TypedNode): number {
  return Math.max(node.start, end(listOf(node['decorators']).at(-1)));
}
