import { expect, it } from '@jest/globals';
import DepwardPlugin from '../../src/verdaccio.ts';
import { publish } from '../helpers/fixture-registry.ts';

const manifest = publish('fx-left', [{ version: '1.0.0', at: '2020-01-01T00:00:00Z' }]) as unknown as Parameters<DepwardPlugin['filter_metadata']>[0];

it.each([
  { settings: { uplinks: {} }, reason: 'depward needs an uplink' },
  { settings: { uplinks: { npm: { url: 'http://127.0.0.1:9/' } }, stale: 'long' }, reason: '"stale" of depward is a number of seconds' },
  { settings: { uplinks: { npm: { url: 'http://127.0.0.1:9/' } }, policy: 'no-such-file.json' }, reason: 'no-such-file.json' },
])('closes every package where its settings make no sense ($reason)', async ({ settings, reason }) => {
  const said: string[] = [];
  const plugin = new DepwardPlugin(settings, { logger: { error: (line) => void said.push(line) } });
  expect((await plugin.filter_metadata(manifest)).versions).toEqual({});
  expect(said).toEqual([expect.stringContaining(reason)]);
});

it('judges a document that Verdaccio has while its uplink cannot be reached', async () => {
  const plugin = new DepwardPlugin({ uplinks: { npm: { url: 'http://127.0.0.1:9/' } } });
  expect(Object.keys((await plugin.filter_metadata(manifest)).versions)).toEqual(['1.0.0']);
});
