import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parseScript } from '../../../src/code/js/parse.ts';
import { scan } from '../../../src/code/js/scan.ts';
import { readScript } from '../../../src/code/js/script.ts';

const bad = `require('child_process').exec('id')`;

describe('no place in a script is passed over', () => {
  const places: readonly [string, string][] = [
    ['class field', `class A { x = ${bad} }`],
    ['static field', `class A { static x = ${bad} }`],
    ['private method', `class A { #x() { ${bad} } }`],
    ['static block', `class A { static { ${bad} } }`],
    ['computed member of a class', `class A { [${bad}]() {} }`],
    ['accessor', `const o = { get x() { return ${bad} } }`],
    ['what a class extends', `class A extends (${bad}) {}`],
    ['class expression', `const A = class B extends (${bad}) {}`],
    ['default of a parameter', `function f(a = ${bad}) {}`],
    ['default in a pattern', `const { a = ${bad} } = {}`],
    ['computed key of a pattern', `const { [${bad}]: a } = {}`],
    ['default in an assigned pattern', `[a = ${bad}] = []`],
    ['spread', `f(...[${bad}])`],
    ['spread of an object', `const o = { ...${bad} }`],
    ['computed key', `const o = { [${bad}]: 1 }`],
    ['tagged template', `(${bad})\`x\``],
    ['inside a tagged template', `tag\`\${${bad}}\``],
    ['template literal', `\`\${${bad}}\``],
    ['optional chain', `a?.[${bad}]`],
    ['optional call', `require('child_process')?.exec?.('id')`],
    ['switch', `switch (${bad}) {}`],
    ['case', `switch (1) { case ${bad}: }`],
    ['after a case', `switch (1) { default: ${bad} }`],
    ['else', `if (a) {} else ${bad}`],
    ['try', `try { ${bad} } catch {}`],
    ['catch', `try {} catch ({ a = ${bad} }) {}`],
    ['finally', `try {} finally { ${bad} }`],
    ['for', `for (;; ${bad}) {}`],
    ['test of for', `for (; ${bad};) {}`],
    ['for of', `for (const a of ${bad}) {}`],
    ['for in', `for (const a in ${bad}) {}`],
    ['left of for of', `for (a[${bad}] of []) {}`],
    ['while', `while (${bad}) {}`],
    ['do', `do {} while (${bad})`],
    ['label', `x: ${bad}`],
    ['throw', `throw ${bad}`],
    ['return', `return ${bad}`],
    ['with', `with (${bad}) {}`],
    ['yield', `function* f() { yield* ${bad} }`],
    ['await', `(async () => { await ${bad} })()`],
    ['sequence', `(0, ${bad})`],
    ['logical assignment', `a ??= ${bad}`],
    ['exponent', `a ** ${bad}`],
    ['nullish', `null ?? ${bad}`],
    ['unary', `void ${bad}`],
    ['update', `a[${bad}]++`],
    ['new', `new (${bad})`],
    ['argument of new', `new A(${bad})`],
    ['arguments of import', `import('x', ${bad})`],
    ['named import argument', `import(${bad})`],
    ['exported default', `import cp from 'child_process'; export default cp.exec('id')`],
    ['exported constant', `import cp from 'child_process'; export const a = cp.exec('id')`],
    ['exported class', `import cp from 'child_process'; export class A { static x = cp.exec('id') }`],
    ['JSX attribute', `import cp from 'child_process'; export const a = <a b={cp.exec('id')}></a>`],
    ['JSX child', `import cp from 'child_process'; export const a = <a>{cp.exec('id')}</a>`],
    ['JSX spread', `import cp from 'child_process'; export const a = <a {...cp.exec('id')}></a>`],
    ['element of an array with holes', `[,,${bad}]`],
    ['after a directive', `'use strict'; ${bad}`],
    ['assigned before it is declared', `run('id'); function run(x) { p(x) } p = require('child_process').exec; var p;`],
  ];
  it.each(places)('%s', (_, source) => {
    const facts = readScript(source, { module: false, parses: true });
    expect(facts.notParsed).toBeUndefined();
    expect(facts.spotted.map(({ kind }) => kind)).toContain('process');
  });

  it('sees every name, text and call a plain recursive walk sees, in real code', () => {
    for (const file of ['meriyah/dist/meriyah.mjs', 'semver/classes/range.js', 'yaml/dist/compose/composer.js', 'tar/dist/commonjs/unpack.js']) {
      const parsed = parseScript(readFileSync(`node_modules/${file}`, 'utf8'), file.endsWith('mjs'));
      if (!parsed.ok) throw new Error(`${file} does not parse`);
      const expected = { names: new Set<string>(), texts: 0, calls: 0 };
      walk(parsed.program, expected);
      const found = scan(parsed.program);
      expect(found.identifiers).toEqual(expected.names);
      expect([file, found.strings.length, found.calls.length]).toEqual([file, expected.texts, expected.calls]);
    }
  });
});

function walk(value: unknown, found: { names: Set<string>; texts: number; calls: number }): void {
  if (Array.isArray(value)) for (const item of value) walk(item, found);
  else if (value !== null && typeof value === 'object') {
    const node = value as { type?: string; name?: unknown; value?: unknown };
    if (node.type === 'Identifier') found.names.add(String(node.name));
    if (node.type === 'Literal' && typeof node.value === 'string') found.texts++;
    if (node.type === 'CallExpression' || node.type === 'NewExpression' || node.type === 'ImportExpression') found.calls++;
    for (const child of Object.values(value)) walk(child, found);
  }
}

describe('nobody can wear the reader out', () => {
  const busy = (n: number): string => {
    const lines = [`function f0(x) { return x + '1' }`];
    for (let i = 1; i <= n; i++) lines.push(`function f${i}(x) { return f${i - 1}(x) + f${i - 1}(x) + f${i - 1}(x) + f${i - 1}(x) }`);
    return lines.join('\n');
  };
  it('questions that take too much leave the others theirs', () => {
    const source = `${busy(12)}\n${`require(f12('a'));\n`.repeat(20)}${bad}`;
    expect(readScript(source, { module: false, parses: true }).spotted.map(({ detail }) => detail)).toContain('id');
  });

  it('and when there are too many of them that is said, and tokens are read', () => {
    const facts = readScript(`${busy(12)}\n${`require(f12('a'));\n`.repeat(60)}${bad}`, { module: false, parses: true });
    expect(facts.notParsed).toMatch(/more to follow/);
    expect(facts.spotted.map(({ kind }) => kind)).toContain('process');
  });
});
