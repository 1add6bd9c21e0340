/** Honest code that was once taken for an attack: each differs from one in what it does, not in its words. */
import { expect, it } from '@jest/globals';
import { readScript } from '../../../src/code/js/script.ts';

function kinds(source: string): readonly string[] {
  const { spotted } = readScript(source, { module: false, parses: true });
  return [...new Set(spotted.map(({ kind }) => kind))];
}

it('attachments of an event are no package document', () => {
  const scope = 'class Scope { constructor() { this._attachments = []; this._tags = {}; } add(a) { this._attachments.push(a); return this; } }';
  expect(kinds(`${scope} fetch(url, { method: 'POST', body: JSON.stringify(new Scope()) })`)).not.toContain('self-publish');
});

it('a file of its own whose folder a setting names is no sweep of the home folder', () => {
  const named = `const fs = require('fs'), os = require('os'), path = require('path');
const folder = () => JSON.parse(fs.readFileSync(settings, 'utf8')).folder || path.join(os.homedir(), dir);`;
  expect(kinds(`${named} fs.rmSync(path.join(folder(), name))`)).not.toContain('destructive');
  expect(kinds(`${named} for (const f of fs.readdirSync(os.homedir())) fs.rmSync(path.join(os.homedir(), f))`)).toContain('destructive');
});

it('authorities that TLS trusts are sent nowhere', () => {
  const ca = `const tls = require('tls'); const ca = require('fs').readFileSync(process.env.NODE_EXTRA_CA_CERTS, 'utf8');`;
  expect(kinds(`${ca} tls.setDefaultCACertificates([...tls.getCACertificates('default'), ca])`)).not.toContain('exfiltration');
});
