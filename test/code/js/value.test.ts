import { describe, expect, it } from '@jest/globals';
import { everySyntax } from '../../../src/code/js/every-syntax.ts';
import { parseScript } from '../../../src/code/js/parse.ts';
import { type Scan, scan } from '../../../src/code/js/scan.ts';
import { Evaluator } from '../../../src/code/js/value.ts';

function scanned(source: string): Scan {
  const parsed = parseScript(source, true);
  if (!parsed.ok) throw new Error(parsed.why);
  return scan(parsed.program);
}

describe('paths of names and members', () => {
  const scripts: readonly [string, string][] = [
    ['every syntax', everySyntax],
    ['names that lead nowhere', 'function f(a) { a.b.c(); a(); this.x.y(); __dirname.z(); } f(1); const g = f; g.call(); '],
    ['names of modules', "const fs = require('fs'), { a: { b } } = fs; fs.x(b); b.c(); (function (r) { r('os').d(); })(require);"],
    ['names that are named by themselves', 'var a = b, b = a; a.c(); b.c(); let d = d.e; d.e();'],
    ['names by which bundlers call require', 'function g(__require, nodeRequire2, q) { __require("x"); nodeRequire2.a(); q("x"); }'],
    ['this of the file and of others', 'this.a(); { this.b(); } function f() { this.c(); { this.d(); } } (() => this.e())();'],
    ['constants', "const a = 'x', n = 1, l = [1]; a.constructor.constructor(); n.toFixed(); l.map(f); a(); l();"],
  ];

  it.each(scripts)('are the same however they are asked for: %s', (_, source) => {
    const found = scanned(source);
    const asked = new Evaluator(found);
    const nodes = found.calls.flatMap(({ node, scope }) =>
      node.type === 'ImportExpression' ? [] : [node.callee, ...node.arguments].map((one) => ({ node: one, scope })),
    );
    expect(nodes.length).toBeGreaterThan(2);
    for (const { node, scope } of [...nodes, ...nodes]) {
      const value = asked.value(node, scope);
      expect(asked.path(node, scope)).toBe(value?.is === 'path' ? value.path : undefined);
      if (asked.isBlank(node, scope)) expect(value === undefined || !/^(path|result)$/.test(value.is)).toBe(true);
    }
  });
});
