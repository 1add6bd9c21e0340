import { describe, expect, it } from '@jest/globals';
import { openEvidence } from '../../src/evidence/collect.ts';
import { neededKinds } from '../../src/judge.ts';
import { defaultPolicy, policyOf } from '../../src/policy/build.ts';
import { actionOf } from '../../src/policy/decide.ts';
import { type Names, openMailDomains } from '../../src/registry/mail-domains.ts';
import { changed } from '../../src/rules/example.ts';
import { rules } from '../../src/rules/index.ts';
import mailDomainExpired from '../../src/rules/mail-domain-expired.ts';
import { aPackument, packumentsOf } from '../helpers/a-packument.ts';

describe('openMailDomains', () => {
  it.each([
    ['has mail servers', { 'company.example': 'ok' }, 'company.example', 'exists'],
    ['has none, but is there', { 'company.example': 'ENODATA' }, 'company.example', 'exists'],
    ['is nobody’s', {}, 'company.example', 'gone'],
    ['is nobody’s below a public suffix', { 'co.uk': 'ok' }, 'company.co.uk', 'gone'],
    ['is a name that is missing below somebody’s domain', { 'company.example': 'ok' }, 'mail.company.example', 'exists'],
    ['cannot be looked up', { 'company.example': 'ESERVFAIL' }, 'company.example', 'unknown'],
    ['is asked of a server that refuses', { 'company.example': 'EREFUSED' }, 'company.example', 'unknown'],
  ] as const)('a domain that %s', async (_, held, domain, state) => {
    expect(await openMailDomains(fakeNames(held).names)(domain)).toBe(state);
  });

  it('gives up in time', async () => {
    const silent: Names = { resolveMx: () => new Promise(() => {}), resolveNs: () => new Promise(() => {}) };
    expect(await openMailDomains(silent, 20)('company.example')).toBe('unknown');
  });

  it('asks once for a domain, for no more than some hundred, and never for what is no domain', async () => {
    const { names, asked } = fakeNames({});
    const look = openMailDomains(names);
    await Promise.all([look('a.example'), look('a.example')]);
    expect(asked).toEqual(['a.example']);
    for (const text of ['localhost', 'x', '-a.example', 'a..example', 'a b.example', '127.0.0.1', `${'a'.repeat(64)}.example`, 'a.example\n']) {
      expect(await look(text)).toBe('unknown');
    }
    expect(asked).toHaveLength(1);
    for (let number = 0; number < 300; number++) await look(`d${number}.example`);
    expect(asked).toHaveLength(200);
  });
});

describe('mail-domain-expired', () => {
  const tale = aPackument('lib')
    .published('1.0.0', { at: '2020-01-01T00:00:00Z' })
    .published('1.0.1', { at: '2021-01-01T00:00:00Z', by: { name: 'ann', email: 'ann@gone.example' }, maintainers: ['ann', 'ben'] });

  it('names whose domain is gone, and never blocks', async () => {
    const gathered = await evidenceOf({ 'mail.example': 'ok' });
    expect(gathered).toEqual({ ok: true, value: { gone: [{ domain: 'gone.example', names: ['ann'] }] } });
    const [found] = mailDomainExpired.check(change, { mailDomains: gathered?.ok ? gathered.value : { gone: [] } }, { now: 0, options: {} });
    const policy = policyOf({ rules: { 'mail-domain-expired': 'block' } }, 'test');
    const subject = { kind: 'package', name: 'lib', version: '1.0.1' } as const;
    expect(found && actionOf({ ...found, ruleId: 'mail-domain-expired', severity: 'medium', subject, path: [] }, policy)).toBe('warn');
  });

  it('could not tell when nobody answers', async () => {
    expect(await evidenceOf({ 'mail.example': 'ESERVFAIL', 'gone.example': 'ESERVFAIL' })).toMatchObject({ ok: false, why: 'not-offered' });
  });

  it('asks nobody unless the policy turns it on, and never without a look-up, as offline and as of earlier moments', async () => {
    expect(neededKinds(rules, defaultPolicy())).not.toContain('mailDomains');
    expect(neededKinds(rules, policyOf({ rules: { 'mail-domain-expired': 'warn' } }, 'test'))).toContain('mailDomains');
    expect(neededKinds(rules, policyOf({ extends: [] }, 'test'))).toEqual(['listing']);
    expect(await evidenceOf(undefined)).toMatchObject({ ok: false, why: 'not-offered' });
  });

  const change = changed('lib', '1.0.0', '1.0.1');

  async function evidenceOf(held: Readonly<Record<string, string>> | undefined) {
    const domains = held && openMailDomains(fakeNames(held).names);
    const packuments = packumentsOf([tale]);
    const evidence = openEvidence({ packuments, names: () => ({ near: [] }), now: Date.UTC(2026, 0, 1), ...(domains && { domains }) });
    return (await evidence.gather([change], ['mailDomains'])).get(change)?.mailDomains;
  }
});

/** Knows what it is told; everything else is no name at all. */
function fakeNames(held: Readonly<Record<string, string>>): { readonly names: Names; readonly asked: string[] } {
  const asked: string[] = [];
  const answer = async (domain: string): Promise<never[]> => {
    asked.push(domain);
    const said = held[domain] ?? 'ENOTFOUND';
    if (said === 'ok') return [];
    throw Object.assign(new Error(said), { code: said });
  };
  return { asked, names: { resolveMx: answer, resolveNs: async (domain: string) => (await answer(domain)).map(String) } };
}
