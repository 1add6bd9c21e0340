/** A proxy in front of a fixture registry, with what tests want to look at. */
import type { AuditEvent } from '../../src/proxy/audit.ts';
import type { ProxyOptions, RunningProxy } from '../../src/proxy/proxy-options.ts';
import { startProxy } from '../../src/proxy/server.ts';
import { aBench, type BenchTale } from './a-bench.ts';

export interface ProxyTale extends RunningProxy {
  readonly bench: BenchTale;
  readonly events: AuditEvent[];
}

/** Starts a proxy on a free port that forgets at once, so that every request is judged anew unless the test says otherwise. */
export async function aProxy(upstream: string, options: Partial<ProxyOptions> = {}): Promise<ProxyTale> {
  const events: AuditEvent[] = [];
  const bench = (options.bench as BenchTale | undefined) ?? aBench();
  const proxy = await startProxy({
    host: '127.0.0.1',
    port: 0,
    upstreams: { main: { url: upstream }, scopes: new Map(), credentialsTo: 'main' },
    observe: false,
    rewrite: 'auto',
    npmReplaces: new Set(['registry.example']),
    pass: new Set(['ping', 'search', 'audit', 'keys', 'attestations']),
    freshFor: 60_000,
    cacheBytes: 64_000_000,
    audit: { write: (event) => void events.push(event), lost: 0, close: async () => {} },
    now: Date.now,
    ...options,
    bench,
  });
  return { ...proxy, bench, events };
}
