import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { Ajv } from 'ajv';

const root = fileURLToPath(new URL('../..', import.meta.url));

describe('what follows from the rules', () => {
  it('is in step (else: npm run docs)', () => {
    const { status, stderr } = spawnSync(process.execPath, ['.ci/docs.mjs', '--check'], { cwd: root, encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });

  it('holds in the README: its example is a valid configuration', () => {
    const schema: object = JSON.parse(readFileSync(`${root}/depward.config.schema.json`, 'utf8'));
    const example = /```json\n(.*?)```/s.exec(readFileSync(`${root}/README.md`, 'utf8'))?.[1] ?? '';
    const config: unknown = JSON.parse(example);
    const valid = new Ajv({ strict: false }).compile(schema);
    valid(config);
    expect(valid.errors).toBeNull();
    expect(valid({ extends: 'recomended' })).toBe(false);
  });
});
