import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { run as explain } from '../../src/commands/explain.ts';
import { run as rules } from '../../src/commands/rules.ts';
import { ruleBook } from '../../src/rule-book.ts';
import { anIo } from '../helpers/an-io.ts';

const folder = mkdtempSync(join(tmpdir(), 'depward-explain-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const book = await ruleBook();

describe('explain', () => {
  it.each([...book.values()].map((page) => [page.meta.id, page] as const))('%s: shows the whole doc page', async (id, { meta, options }) => {
    const { io, out } = anIo();
    expect(await explain([id], {}, io)).toBe(0);
    const words = out().replaceAll(/\s+/g, ' ');
    for (const text of [meta.summary, meta.why, meta.remedy, meta.falsePositives, ...meta.references, ...Object.keys(options)])
      expect(words).toContain(text.replaceAll(/\s+/g, ' '));
  });

  it('names the rule probably meant', async () => {
    await expect(explain(['typosqat'], {}, anIo().io)).rejects.toMatchObject({ code: 'usage', hint: expect.stringContaining('"typosquat"') });
    await expect(explain(['\u001b[2J'], {}, anIo().io)).rejects.toMatchObject({ message: 'there is no rule "\\u{1b}[2J"' });
  });

  it('keeps to the width of the terminal', async () => {
    const { io, out } = anIo({ columns: 50 });
    await explain(['release-age'], {}, io);
    expect(
      Math.max(
        ...out()
          .split('\n')
          .map((line) => line.length),
      ),
    ).toBeLessThanOrEqual(50);
  });
});

describe('rules', () => {
  it('lists every rule with its level in this project', async () => {
    writeFileSync(join(folder, 'depward.config.json'), '{"rules": {"typosquat": "off"}}');
    const { io, out } = anIo({ cwd: folder });
    expect(await rules([], {}, io)).toBe(0);
    for (const id of book.keys()) expect(out()).toMatch(new RegExp(`^(?:off|info|warn|block) +${id} `, 'm'));
    expect(out()).toMatch(/^off +typosquat /m);
    expect(out()).toContain('levels as in depward.config.json');
  });

  it.each([{ json: true }, { format: 'json' }])('as JSON: everything known of each, by %j', async (options) => {
    const { io, out } = anIo();
    await rules([], options, io);
    const rows: unknown = JSON.parse(out());
    expect(rows).toContainEqual(expect.objectContaining({ id: 'release-age', level: 'block', why: expect.any(String), options: expect.any(Object) }));
  });

  it('refuses formats it does not have', async () => {
    const { io, out } = anIo();
    await expect(rules([], { format: 'sarif' }, io)).rejects.toThrow('there is no format "sarif" here');
    expect(out()).toBe('');
  });
});
