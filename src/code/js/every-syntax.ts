/**
 * One script with every kind of token and statement. A compiler that learns from what it sees first takes the rest for impossible,
 * and starts again with each kind that turns up later: the parser's large functions were compiled twenty times over.
 */
export const everySyntax = [
  "'use strict'; /* a */ // b",
  'import a0, { b0 as c0 } from \'m\'; import * as d0 from "n"; export { a0 }; export * from "o"; export default class {}',
  'export const x = 1, y = 0x1f, z = 0b1, o = 0o7, f = 1.5e3, g = .5, h = 10n, i = 1_000;',
  "const { p, q: [r, ...s], ...t } = { p: 1, 'q': [1, 2], [x]: 2, get u() { return 1; }, set u(v) {}, async v() {}, *w() {}, async *k() {}, p, ...y };",
  'let n = a + b - c * d / e % f ** 2, m = a << 1 >> 2 >>> 3 & 4 | 5 ^ 6, l = !a, k = ~b, j = typeof c, w = void 0;',
  'n += 1; n -= 1; n *= 2; n /= 2; n %= 3; n **= 2; n <<= 1; n >>= 1; n >>>= 1; n &= 1; n |= 2; n ^= 3; n &&= 1; n ||= 2; n ??= 3;',
  'a == b; a != b; a === b; a !== b; a < b; a > b; a <= b; a >= b; a && b; a || b; a ?? b; a ? b : c;',
  'a?.b; a?.[b]; a?.(b); a.b.c[d].e(f)(...g); n++; n--; ++n; --n; -n; +n; delete a.b; a in b; a instanceof b;',
  "var re = /a[b/]+\\/(c)/gi.test(`t#{a}u#{`n#{b}`}v\\n\\u0041`), st = 'a\\'b\\n\\x41\\u{42}\\\nc', em = \"d\\\"e\\\\\" + '';",
  "function fn(a, { b }, [c], d = 1, ...e) { if (a) return; else if (b) { throw new Error('x' + a); } else; return a, b; }",
  'async function af() { await a; for await (const b of c) {} } function* gf() { yield a; yield* b; const c = yield; }',
  'class A extends B { #p = 1; static s = 2; static { this.t = 1; } constructor(a) { super(a); super.m(); this.#p = #p in a; }',
  "get g() { return this.#p; } set g(v) {} static async *m() {} [k]() {} 'q'() {} 1() {} static get w() { return new.target; } }",
  'const ar = a => b, as = (a, b) => ({ a, b }), at = async a => { await a; }, au = async (a, b = 1, { c }, ...d) => a, av = () => {};',
  'const cl = class B2 {}, fe = function () {}, ff = function nm() {}, arr = [, a, , ...b], nw = new A, nx = new a.b(c), im = import("m"), me = import.meta.url;',
  'for (let i = 0, n = 1; i < n; i++) { if (i) continue; break; } for (;;) { break; } for (const k in o); for (var v of o) {}',
  'while (a) { break; } do { a(); } while (b) lab: for (;;) { continue lab; break lab; }',
  "switch (a) { case 1: case 'b': b(); break; default: c(); } try { a(); } catch (e) { b(); } finally { c(); } try { a(); } catch { }",
  'debugger; ; { } (a, b); (function () { return this; })(); (() => {})(); !function () {}(); tag`x#{1}y`; null; true; false; this;',
  'if (a) b\nelse c\na\nb\n[1]\nvar $ = 1, _ = 2, été = 3, async = 1, of = 2, get = 3, set = 4, from = 6;\n/** doc\n * text */\n',
]
  .join('\n')
  .replaceAll('#{', '${');
