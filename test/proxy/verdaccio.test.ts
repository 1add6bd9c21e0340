import type { ServerResponse } from 'node:http';
import { expect, it } from '@jest/globals';
import { closedGuard, type ExpressRequest, openVerdaccioGuard, type VerdaccioGuard } from '../../src/proxy/verdaccio.ts';
import DepwardPlugin from '../../src/verdaccio.ts';
import { aBench } from '../helpers/a-bench.ts';
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

/** What becomes of a request: passed on to Verdaccio, or a status. */
function handled(guard: VerdaccioGuard, method: string, originalUrl: string): Promise<unknown> {
  return new Promise((resolve) => {
    const response = { statusCode: 200, setHeader: () => {}, end: () => resolve(response.statusCode) };
    guard.handle({ method, originalUrl } as ExpressRequest, response as unknown as ServerResponse, () => resolve('passed on'));
  });
}

function openGuard(observe = false): VerdaccioGuard {
  const evidenceFor = () => ({
    packuments: { registryOf: () => '', packument: async () => ({ status: 'not-found' as const, confirmedAt: 0 }) },
    stale: () => undefined,
  });
  return openVerdaccioGuard({ bench: aBench(), evidenceFor, observe, now: Date.now, log: () => {}, file: () => Promise.reject(new Error('broken')) });
}

it.each([
  '/@fx/left/-/left-1.0.0.tgz/',
  '/@fx/left/-/left-1.0.0.tgz.',
  '/fx-left/-/fx-left-1.0.0.tgz/',
  '/fx-left/-/fx-left-1.0.0%2etgz/?x=1',
  '/fx-left/-/fx-left-1.0.0.TGZ',
  '//fx-left/-/fx-left-1.0.0.tgz',
  'http://registry.example/fx-left/-/fx-left-1.0.0.tgz',
  '/fx-left/-/another%20name.tgz',
])('does not leave %s to Verdaccio, whose router takes it for a tarball', async (target) => {
  expect(await handled(openGuard(), 'GET', target)).toBe(404);
  expect(await handled(openGuard(), 'HEAD', target)).toBe(404);
  expect(await handled(openGuard(true), 'GET', target)).toBe('passed on');
  expect(await handled(closedGuard, 'GET', target)).toBe(503);
});

it('judges tarballs by whatever name, and leaves all else to Verdaccio', async () => {
  for (const file of ['fx-left-1.0.0.tgz', 'left.tgz', 'fx-left@1.0.0.tgz'])
    expect(await handled(openGuard(), 'GET', `/fx-left/-/${file}`)).toBe(503);
  for (const guard of [openGuard(), closedGuard])
    for (const [method, target] of [
      ['GET', '/-/package/fx-left/dist-tags'],
      ['GET', '/-/v1/search?text=/fx/-/x.tgz'],
      ['GET', '/-/verdaccio/data/sidebar/fx-left'],
      ['GET', '/fx-left'],
      ['DELETE', '/fx-left/-/fx-left-1.0.0.tgz/-rev/1-2'],
    ] as const)
      expect(await handled(guard, method, target)).toBe('passed on');
});
