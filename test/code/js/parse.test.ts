import { describe, expect, it } from '@jest/globals';
import type { ESTree } from 'meriyah';
import { everySyntax } from '../../../src/code/js/every-syntax.ts';
import { parseScript } from '../../../src/code/js/parse.ts';

describe('the script with every syntax', () => {
  it('parses and holds every kind of node', () => {
    const parsed = parseScript(everySyntax, true);
    if (!parsed.ok) throw new Error(parsed.why);
    const kinds = kindsOf(parsed.program);
    const rare = ['AccessorProperty', 'Decorator', 'ImportAttribute', 'ParenthesizedExpression', 'WithStatement'];
    expect([...allKinds, ...rare].filter((kind) => !kinds.has(kind))).toEqual(rare);
  });
});

it('tells the same of a script before and after much was parsed', () => {
  const script = "import fs from 'fs'; const a = { fs }; export default a;";
  const before = parseScript(script, false);
  parseScript(`const list = [${'1,'.repeat(50_000)}];`, false);
  expect(parseScript(script, false)).toEqual(before);
});

function kindsOf(value: unknown, found = new Set<string>()): Set<string> {
  if (Array.isArray(value)) for (const item of value) kindsOf(item, found);
  else if (value !== null && typeof value === 'object') {
    if ('type' in value) found.add((value as ESTree.Node).type);
    for (const field of Object.values(value)) kindsOf(field, found);
  }
  return found;
}

const allKinds = [
  'ArrayExpression ArrayPattern ArrowFunctionExpression AssignmentExpression AssignmentPattern AwaitExpression BinaryExpression BlockStatement',
  'BreakStatement CallExpression CatchClause ChainExpression ClassBody ClassDeclaration ClassExpression ConditionalExpression ContinueStatement',
  'DebuggerStatement DoWhileStatement EmptyStatement ExportAllDeclaration ExportDefaultDeclaration ExportNamedDeclaration ExportSpecifier',
  'ExpressionStatement ForInStatement ForOfStatement ForStatement FunctionDeclaration FunctionExpression Identifier IfStatement ImportDeclaration',
  'ImportExpression ImportNamespaceSpecifier ImportSpecifier ImportDefaultSpecifier LabeledStatement Literal LogicalExpression MemberExpression',
  'MetaProperty MethodDefinition NewExpression ObjectExpression ObjectPattern PrivateIdentifier Program Property PropertyDefinition RestElement',
  'ReturnStatement SequenceExpression SpreadElement StaticBlock Super SwitchCase SwitchStatement TaggedTemplateExpression TemplateElement',
  'TemplateLiteral ThisExpression ThrowStatement TryStatement UnaryExpression UpdateExpression VariableDeclaration VariableDeclarator',
  'WhileStatement YieldExpression',
].flatMap((line) => line.split(' '));
