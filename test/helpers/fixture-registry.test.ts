import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { benchNames, benchPackument, type FixtureRegistry, publish, startFixtureRegistry } from './fixture-registry.ts';

let registry: FixtureRegistry;
beforeAll(async () => {
  registry = await startFixtureRegistry({
    packuments: [
      publish('@acme/left', [
        { version: '1.0.0', at: '2024-01-01T00:00:00Z' },
        { version: '1.1.0', at: '2025-01-01T00:00:00Z', scripts: { install: 'node x' } },
      ]),
    ],
  });
});
afterAll(() => registry.close());

describe('fixture registry', () => {
  it('serves full and abbreviated documents, with tarballs on itself', async () => {
    const full = (await (await fetch(`${registry.url}@acme%2fleft`)).json()) as Record<
      string,
      Record<string, Record<string, Record<string, string>>>
    >;
    expect(full.versions?.['1.0.0']?.dist?.tarball).toBe(registry.tarballUrl('@acme/left', '1.0.0'));
    expect(full.time).toBeDefined();
    const short = await fetch(`${registry.url}@acme%2fleft`, { headers: { accept: 'application/vnd.npm.install-v1+json' } });
    const body = (await short.json()) as Record<string, Record<string, unknown>>;
    expect(body.time).toBeUndefined();
    expect(body.versions?.['1.1.0']).toMatchObject({ hasInstallScript: true });
  });

  it('answers 304 to its own ETag, 404 to unknown names, and looks back in time', async () => {
    const first = await fetch(`${registry.url}@acme/left`);
    const again = await fetch(`${registry.url}@acme/left`, { headers: { 'if-none-match': first.headers.get('etag') ?? '' } });
    expect(again.status).toBe(304);
    expect((await fetch(`${registry.url}nothing`)).status).toBe(404);
    registry.asOf('2024-06-01T00:00:00Z');
    const past = (await (await fetch(`${registry.url}@acme/left`)).json()) as Record<string, object>;
    registry.asOf(undefined);
    expect(Object.keys(past.versions ?? {})).toEqual(['1.0.0']);
    expect(past['dist-tags']).toEqual({ latest: '1.0.0' });
  });

  it('misbehaves as told, as often as told', async () => {
    registry.fault('@acme/left', { kind: 'status', status: 503, times: 1 });
    expect((await fetch(`${registry.url}@acme/left`)).status).toBe(503);
    expect((await fetch(`${registry.url}@acme/left`)).status).toBe(200);
    registry.fault('@acme/left', { kind: 'truncate', keepBytes: 10 });
    await expect(fetch(`${registry.url}@acme/left`).then((response) => response.text())).rejects.toThrow();
    registry.clearFaults();
  });

  const real = benchNames();
  (real.length > 0 ? it : it.skip)(`serves real packuments${real.length > 0 ? '' : ' (skipped: no bench data)'}`, async () => {
    const mirror = await startFixtureRegistry({ fallback: benchPackument });
    const response = await fetch(`${mirror.url}${encodeURIComponent(real[0] ?? '')}`);
    expect(((await response.json()) as { name: string }).name).toBe(real[0]);
    await mirror.close();
  });
});
