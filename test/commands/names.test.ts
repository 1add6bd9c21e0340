import { Readable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { run } from '../../src/commands/names.ts';
import { anIo } from '../helpers/an-io.ts';

const parsed = (text: string): unknown[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

describe('depward names', () => {
  it('tells people the nearest popular names, with classes and parts', async () => {
    const { io, out } = anIo();
    expect(await run(['lodahs'], {}, io)).toBe(0);
    expect(out()).toMatch(
      /^lodahs {2}not among the popular names\n {2}like lodash: a warning, and with another fact a block\n {4}transposition.* · score [01]\.\d\d · two neighbouring letters are swapped \+\d+, \d+M downloads a month \+\d+\n/,
    );
  });

  it('says of weak likenesses and of popular names what they are', async () => {
    const { io, out } = anIo();
    await run(['express', 'expres', 'zzqqxxyyzz'], {}, io);
    expect(out()).toMatch(/^express {2}popular itself, with \d+M downloads a month\n {2}nothing popular is like it\nexpres {2}popular itself/);
    expect(out()).toMatch(
      / {2}like express: too little to be held against it\n[\s\S]*zzqqxxyyzz {2}not among the popular names\n {2}nothing popular is like it\n$/,
    );
  });

  it('answers one JSON line for each line of stdin, in order', async () => {
    const { io, out } = anIo({ stdin: Readable.from(['lodahs\nreact\r\n', 'chai-defl', 'ect\n__proto__']) });
    await run([], { format: 'jsonl' }, io);
    expect(parsed(out())).toEqual([
      { name: 'lodahs', tier: 'block', target: 'lodash', classes: expect.arrayContaining(['transposition']), score: expect.any(Number) },
      { name: 'react', tier: 'none', target: null, classes: [], score: 0 },
      { name: 'chai-deflect', tier: 'warn', target: 'chai', classes: ['borrowed-name'], score: expect.any(Number) },
      { name: '__proto__', tier: 'none', target: null, classes: [], score: 0 },
    ]);
  });

  it('answers one line for one line whatever the names hold', async () => {
    const names = ['', 'a\u2028b', 'a\rb', '\u0000', '🦄', 'x'.repeat(100_000), 'lodahs'];
    const { io, out } = anIo({ stdin: Readable.from([Buffer.from(`${names.join('\n')}\n`)]) });
    await run([], { format: 'jsonl' }, io);
    const answers = parsed(out());
    expect(answers).toHaveLength(names.length);
    expect(answers.at(-1)).toMatchObject({ name: 'lodahs', tier: 'block' });
  });

  it('keeps a hostile name from steering the terminal', async () => {
    const { io, out } = anIo();
    await run(['\u001b[31mlodahs\u202e'], {}, io);
    expect(out()).not.toMatch(/[\u001b\u202e]/);
  });

  it('answers nothing for nothing', async () => {
    const { io, out } = anIo();
    expect(await run([], { format: 'jsonl' }, io)).toBe(0);
    expect(out()).toBe('');
  });

  it('refuses another format', async () => {
    await expect(run(['x'], { format: 'yaml' }, anIo().io)).rejects.toThrow(/no format "yaml"/);
  });
});
