import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { transformSync } from 'esbuild';
import fc from 'fast-check';
import { parseScript } from '../../../src/code/js/parse.ts';
import { withoutTypes } from '../../../src/code/js/typed.ts';

const raw = { compilerOptions: { verbatimModuleSyntax: true, target: 'esnext', useDefineForClassFields: true, experimentalDecorators: false } };

/** The same text in one form, by a compiler that is not asked otherwise. */
function compiled(source: string, loader: 'ts' | 'tsx' | 'js' | 'jsx'): string {
  return transformSync(source, { loader, jsx: 'preserve', target: 'esnext', tsconfigRaw: raw, minifySyntax: true, minifyWhitespace: true }).code;
}

function erased(source: string, jsx = false): string {
  const edited = withoutTypes(source, jsx);
  if (!edited) throw new Error('not erased');
  return edited.text;
}

const pieces = [
  'let a: string = "x", b!: number, c: Array<{ x: 1 }> = [];',
  'function f<T extends object = {}>(this: Foo, a?: T, ...r: any[]): asserts a is T { return g<T>(a!)!.x as unknown as T; }',
  'function o(a: string): void;\nfunction o(a: number): void;\nfunction o(a: any) { return a; }',
  'const h = async <T,>\n(x: T): Promise<T> => x; const k = (x: { a: 1 }): x is any => !!x;',
  'const cast = () => <any>{ a: 1 }; const d = <string>"x"; let v = (<any>window).y;',
  'function r() { return <any>\n  1; }',
  'let q = y as any\n(z as any)()',
  'let w = y as any\n[1, 2].map(String)',
  'let m = y satisfies T\n`x`',
  'let n = 1\ntype X = { a: 1 }\n(foo)()',
  'interface I<T> { a: T }\nexport interface J {}\nexport type K = I<J>;\nexport default interface L {}',
  'declare const dc: string; declare function df(): void; declare module "x" { const a: 1; } declare global { interface Window {} }',
  'import type { A } from "a"; import { type B, b1, type C } from "b"; import D from "d"; export { type F, b1 as b2 } from "g"; export type { H } from "h"; export type * from "i"; f(b1, D);',
  'abstract class P<T> extends Q<T>.R<T> implements S, U<T> { private static readonly a: number = 1; protected b?: string; c!: T; declare d: string; abstract e: string; abstract f(): void; [key: string]: any; get: string; static g?(): void {} public constructor(x: T) { super(); } override async *i<V>(v?: V): AsyncGenerator<V> {} readonly #p: number = 1; m(): void; m() {} }',
  'class Y { a = 1\n public [k] = 2\n b = x as any\n [l] = 3 }',
  'class Z { get: string\n x() {} }',
  'class W { x: T\n *g() {} }',
  'try { f() } catch (e: unknown) { g(e!) } for (const x of y as any[]) {} if (a < b || (c > d)) {}',
  'const t = a < b ? (c) : (d); const u = new Map<string, Array<() => void>>(); const z = f<string>`x`; const inst = f<string>;',
  'x! += 1; x!.y!++; (x as any) = 2; [a!, (b as any)] = c; ({ a: (b as any) } = c);',
  'let { a1, b1: [c1] }: { a1: string; b1: [string] } = x as any; const fn = ({ a }: { a: string }, [b]: string[] = []) => a;',
  'let comments: /* ? : */ string /* ; */ = /* as */ "x" /* a */ as /* b */ string; function oo(a /* ? */?: /* ? */ string) {}',
  'label: for (;;) { break label } a ? (b) : c => d; const cond = a ? (b): c => d : e;',
  'export const enumLike = { A: 1 } as const; export default class<T> { x?: T }',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the text is a template
  'const é: string = "ü"; const tpl = `a${x as string}b${`${y!}`}`; type T1 = `a${string}`;',
];

describe('text without types', () => {
  it.each(pieces)('is what a compiler makes of it: %s', (source) => {
    expect(compiled(erased(source), 'js')).toBe(compiled(source, 'ts'));
  });

  it('is so however pieces are put together, and what is left stays where it was', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(pieces, { minLength: 2, maxLength: 6 }), (chosen) => {
        const source = chosen.map((piece) => `{${/\b(?:import|export|declare)\b/.test(piece) ? '' : piece}}`).join('\n');
        const edited = withoutTypes(source, false);
        const text = edited?.text ?? '';
        expect(compiled(text, 'js')).toBe(compiled(source, 'ts'));
        if (edited?.before) return;
        expect(text).toHaveLength(source.length);
        expect([...text].every((letter, at) => letter === ' ' || letter === ';' || letter === source[at] || letter === '(')).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it('of every source of this project', () => {
    const files = readdirSync('src/code', { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
    for (const file of files) {
      const source = readFileSync(`src/code/${file}`, 'utf8');
      const text = erased(source);
      expect(text).toHaveLength(source.length);
      expect([file, compiled(text, 'js')]).toEqual([file, compiled(source, 'ts')]);
      expect([file, parseScript(source, true, 'ts').ok]).toEqual([file, true]);
    }
  });

  it('with tags', () => {
    const source = 'const a = <T,>(x: T) => <Foo<string> a={x as any} {...(y!)}>{z as string} text: not a type</Foo>;';
    expect(compiled(erased(source, true), 'jsx')).toBe(compiled(source, 'tsx'));
    expect(parseScript(source, true, 'tsx').ok).toBe(true);
  });
});

describe('what runs of TypeScript', () => {
  it.each([
    ['enums', 'enum E { A, B = "x", C = 5, D, "e-f" = 1 << 2 } const after: string = E.B'],
    ['exported enums', 'export const enum E { A = 1 }\n(f)(x as any)'],
    ['namespaces', 'namespace N.M { export const a: string = "x"; export function b() {} type T = 1; c() }'],
    ['parameter properties', 'class A extends B { constructor(private a: string, public readonly b = 1) { super(); } }'],
    [
      'decorators',
      '@Dec({ a: 1 }) class A { @p() private x: string = ""; constructor(@Inject(T) private readonly y: Y) {} @m go(@Arg("a") a: string) {} }',
    ],
    ['import =', 'import fs = require("fs"); import type x = require("x"); import a = N.B; export import c = N.C; fs.readFileSync(a as any)'],
    ['export =', 'const a: string = ""; export = a'],
  ])('%s parse', (_, source) => {
    const parsed = parseScript(source, true, 'ts');
    expect(parsed).toMatchObject({ ok: true });
  });

  it('stands where it stood before', () => {
    const source = 'enum E { A, B }\nclass C { constructor(private a: string) { evil(a as any) } }\nlast(1 as any)';
    const parsed = parseScript(source, true, 'ts');
    if (!parsed.ok) throw new Error(parsed.why);
    const last = parsed.program.body.at(-1);
    expect(source.slice(last?.start, last?.end)).toBe('last(1 as any)');
    const [, made] = parsed.program.body;
    expect(source.slice(made?.start, made?.end)).toMatch(/^class C .*\}$/);
  });
});

describe('hostile text', () => {
  it.each([
    ['deep nesting', `let a: ${'{ a: '.repeat(50_000)}`],
    ['deep parentheses', `let a: string = ${'('.repeat(50_000)}`],
    ['more than is read', `let a: string = 1;${' '.repeat(2 ** 20)}`],
    ['no text', '\0\0let a: string'],
    ['what never closes', 'let a: Array<string = `${'],
  ])('is given up: %s', (_, source) => {
    expect(withoutTypes(source, false)).toBeUndefined();
  });

  it('of any kind comes to an end', () => {
    const words = fc.constantFrom(
      ...'let : = ? ! < > ( ) { } [ ] as satisfies enum namespace class abstract declare export import type this @ a , ; => `x` "y" \n /* */ // | & ... # extends implements private'.split(
        ' ',
      ),
    );
    fc.assert(
      fc.property(fc.array(words, { maxLength: 30 }), fc.boolean(), (made, jsx) => {
        const source = made.join(' ');
        const parsed = parseScript(source, true, jsx ? 'tsx' : 'ts');
        expect(typeof parsed.ok).toBe('boolean');
      }),
      { numRuns: 600 },
    );
  });
});
