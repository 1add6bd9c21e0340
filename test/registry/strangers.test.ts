import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { afterEach, expect, it } from '@jest/globals';
import { openStrangers } from '../../src/registry/strangers.ts';

const environment = { ...process.env };
afterEach(() => {
  process.env = { ...environment };
});

async function taken(bytes: AsyncIterable<Buffer>): Promise<string> {
  try {
    for await (const _ of bytes);
    return '';
  } catch (error) {
    return String(error);
  }
}

it('a host that cannot be reached is left alone after the first who tried, by either way', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const host = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await new Promise((resolve) => server.close(resolve));
  const registry = 'http://127.0.0.1:9/';
  const commit = '1'.repeat(40);
  const open = () => openStrangers(async () => ({}), new AbortController().signal, registry);
  const first = open();
  expect(await taken(first.strangerBytes(`${host}/a.tgz`, { limitBytes: 10 }))).toContain('refuses connections');
  expect(await taken(first.repositoryBytes(`${host}/a.git`, { limitBytes: 10, commit }))).toContain('is not asked for');
  const second = open();
  expect(await taken(second.repositoryBytes(`${host}/a.git`, { limitBytes: 10, commit }))).toContain('its host cannot be reached');
  expect(await taken(second.strangerBytes(`${host}/a.tgz`, { limitBytes: 10 }))).toContain('is not asked for');
});

it('nobody is asked where a proxy decides what an address means', async () => {
  process.env['https_proxy'] = 'http://127.0.0.1:9/';
  const strangers = openStrangers(async () => ({}), new AbortController().signal, 'http://127.0.0.1:9/');
  expect(await taken(strangers.repositoryBytes('http://127.0.0.1:9/a.git', { limitBytes: 10, commit: '1'.repeat(40) }))).toContain('behind a proxy');
});
