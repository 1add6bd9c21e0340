/** A company's registry over https: its own authority (cafile) and client certificates (certfile, keyfile), as npm is configured. */
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request as forward } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openRegistry } from '../../src/registry/client.ts';
import { type FixtureRegistry, publish, startFixtureRegistry } from '../helpers/fixture-registry.ts';
import { canSign, makeCertificates } from '../helpers/own-authority.ts';

const bytes = Buffer.from('pretend this is a tarball');
let folder: string;
let plain: FixtureRegistry;
let secure: Server;
let host: string;

beforeAll(async () => {
  if (!canSign) return;
  folder = mkdtempSync(join(tmpdir(), 'depward-tls-'));
  makeCertificates(folder, ['server', 'client']);
  plain = await startFixtureRegistry({ packuments: [publish('left', [{ version: '1.0.0', at: '2024-01-01T00:00:00Z' }])] });
  plain.addTarball('left', '1.0.0', bytes);
  const read = (name: string) => readFileSync(join(folder, name));
  const options = { key: read('server.key'), cert: read('server.pem'), ca: read('ca.pem'), requestCert: true, rejectUnauthorized: true };
  secure = createServer(options, (incoming, response) => {
    forward(new URL(incoming.url ?? '/', plain.url), { headers: incoming.headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(response);
    }).end();
  });
  await new Promise<void>((resolve) => secure.listen(0, '127.0.0.1', resolve));
  host = `127.0.0.1:${(secure.address() as AddressInfo).port}`;
});
afterAll(async () => {
  if (!canSign) return;
  secure.closeAllConnections();
  secure.close();
  await plain.close();
  rmSync(folder, { recursive: true, force: true });
});

async function open(npmrc: string) {
  writeFileSync(join(folder, 'package.json'), '{}');
  writeFileSync(join(folder, '.npmrc'), `registry=https://${host}/\n${npmrc}`);
  const env = { HOME: folder, PATH: '', npm_config_userconfig: join(folder, 'none'), npm_config_globalconfig: join(folder, 'no-global') };
  const signal = new AbortController().signal;
  return openRegistry({ cwd: folder, env, now: () => Date.now(), signal, noCache: true, limits: { retries: 0, backoffMs: 1 } });
}

const authority = () => `cafile=${join(folder, 'ca.pem')}\n`;
const ourselves = () => `//${host}/:certfile=${join(folder, 'client.pem')}\n//${host}/:keyfile=${join(folder, 'client.key')}\n`;

async function statusWith(npmrc: string): Promise<string> {
  const answer = await (await open(npmrc)).packument('left');
  return answer.status === 'failed' ? answer.reason : answer.status;
}

(canSign ? describe : describe.skip)(`a registry with an authority of its own${canSign ? '' : ' (skipped: no openssl)'}`, () => {
  it('is believed only where cafile names the authority', async () => {
    expect(await statusWith(ourselves())).toMatch(/certificate .*cafile/);
    expect(await statusWith(ourselves() + authority())).toBe('found');
  });

  it('gets the client certificate that npm has for it, for documents and tarballs', async () => {
    expect(await statusWith(authority())).not.toBe('found');
    const registry = await open(authority() + ourselves());
    expect(await registry.packument('left')).toMatchObject({ status: 'found', packument: { name: 'left' } });
    const chunks: Buffer[] = [];
    const integrity = `sha512-${createHash('sha512').update(bytes).digest('base64')}`;
    for await (const chunk of registry.tarballBytes(`https://${host}/left/-/left-1.0.0.tgz`, { integrity, limitBytes: 1_000 })) chunks.push(chunk);
    expect(Buffer.concat(chunks)).toEqual(bytes);
  });

  it('shows no certificate to another host', async () => {
    expect(await statusWith(`${authority()}//registry.example/:certfile=${join(folder, 'client.pem')}\n`)).not.toBe('found');
  });

  it('is believed without a look where npm says strict-ssl=false', async () => {
    expect(await statusWith(`strict-ssl=false\n${ourselves()}`)).toBe('found');
  });
});
