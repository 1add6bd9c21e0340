import { expect, it } from '@jest/globals';
import { aBench } from '../helpers/a-bench.ts';
import { aProxy } from '../helpers/a-proxy.ts';
import { startFixtureRegistry } from '../helpers/fixture-registry.ts';

it('judges before anybody asks, without a question to the registry and without a trace in what was asked for', async () => {
  const registry = await startFixtureRegistry({ packuments: [] });
  const bench = aBench('made-up-0@1.29.0');
  const proxy = await aProxy(registry.url, { bench, warmUp: true });
  try {
    while (!bench.asked.some((subject) => subject.startsWith('made-up-39@'))) await new Promise((next) => setTimeout(next, 5));
    expect(registry.requests).toEqual([]);
    expect(proxy.withheld()).toEqual([]);
    expect(proxy.events).toEqual([]);
  } finally {
    await proxy.close(100);
    await registry.close();
  }
});

it('stops with the proxy', async () => {
  const registry = await startFixtureRegistry({ packuments: [] });
  const bench = aBench();
  const proxy = await aProxy(registry.url, { bench, warmUp: true });
  await proxy.close(100);
  await registry.close();
  const { length } = bench.asked;
  await new Promise((next) => setTimeout(next, 30));
  expect(bench.asked.length - length).toBeLessThan(10);
});
