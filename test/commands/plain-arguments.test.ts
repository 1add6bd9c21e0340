import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { commands } from '../../src/commands/list.ts';
import { plainCall } from '../../src/commands/plain-arguments.ts';
import { programOf } from '../../src/main.ts';
import { anIo } from '../helpers/an-io.ts';

/** What commander makes of a command line; undefined where it says no. */
async function commanded(argv: readonly string[]): Promise<unknown> {
  let seen: unknown;
  const program = await programOf(async (name, args, options) => {
    seen = { name, args, options: { ...options } };
  }, anIo().io);
  const silent = { writeOut: () => undefined, writeErr: () => undefined };
  program.configureOutput(silent);
  for (const command of program.commands) command.configureOutput(silent);
  await program.parseAsync([...argv], { from: 'user' }).catch(() => undefined);
  return seen;
}

const names = commands.map(({ usage }) => usage.split(' ', 1)[0] as string);
const written = [
  ...new Set(commands.flatMap(({ options }) => options.flatMap(({ flags }) => flags.split(/[ ,]+/).filter((word) => word.startsWith('-'))))),
];
const word = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...written) },
  { weight: 2, arbitrary: fc.constantFrom('lodash', '@a/b@^1', 'x=y', '.', 'json', 'sarif=out.sarif') },
  fc.constantFrom(...written).map((flag) => `${flag}=json`),
  fc.constantFrom('--', '-', '', '-qv', '--form', '--offline=yes', '--format=', '-h', '--help', '--cache', '-1', '--format=a=b'),
);

describe('a plain command line', () => {
  it('is read as commander reads it, or left to commander', async () => {
    let plain = 0;
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...names), fc.array(word, { maxLength: 4 }), async (name, words) => {
        const call = plainCall([name, ...words], commands);
        if (!call) return;
        plain++;
        expect(call).toEqual(await commanded([name, ...words]));
      }),
      { seed: 11, numRuns: 800 },
    );
    expect(plain).toBeGreaterThan(100);
  });

  it.each([
    [['check'], { name: 'check', args: [[]], options: { cache: true, color: true } }],
    [['check', '--offline', 'a', 'b'], { name: 'check', args: [['a', 'b']], options: { cache: true, color: true, offline: true } }],
    [
      ['gate', '--format', 'json', '--format=sarif=x', '--no-cache'],
      { name: 'gate', args: [], options: { cache: false, color: true, format: ['json', 'sarif=x'] } },
    ],
  ])('%j', (argv, call) => {
    expect(plainCall(argv, commands)).toEqual(call);
  });

  it.each([
    [[]],
    [['--version']],
    [['unknown']],
    [['check', '--as-of']],
    [['check', '--config', '--quiet']],
    [['run', 'npm', 'ci']],
    [['gate', 'extra']],
  ])('leaves %j to commander', (argv) => {
    expect(plainCall(argv, commands)).toBeUndefined();
  });
});
