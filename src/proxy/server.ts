/** The proxy: a registry in front of registries that lets through what policy allows and says why it withholds the rest. */
import { createHash, randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { printable } from '../model/text.ts';
import { type Outcome, openAnswers } from './answers.ts';
import type { Identity } from './documents.ts';
import { insteadOf } from './explain.ts';
import { hardenedServer, listen, stop } from './listening.ts';
import { openMetrics } from './metrics.ts';
import { openNoting } from './noting.ts';
import { ownPage } from './own-pages.ts';
import { openPackages } from './packages.ts';
import { passThrough } from './pass-through.ts';
import { clientAsOf } from './past.ts';
import type { ProxyOptions, RunningProxy } from './proxy-options.ts';
import { sendError } from './respond.ts';
import { openStyles } from './rewrite.ts';
import { openRoutes, type Route } from './route.ts';
import type { TarballStyle } from './served.ts';
import { openTarballs } from './tarballs.ts';
import { UpstreamTrouble } from './trouble.ts';
import { credentialsFor, openUpstreamClient } from './upstream.ts';
import { defaultLimits } from './upstream-limits.ts';
import { warmUp } from './warm-up.ts';

/** Starts the proxy. */
export async function startProxy(options: ProxyOptions): Promise<RunningProxy> {
  const limits = options.limits ?? defaultLimits;
  const present = openUpstreamClient(limits, options.redirectTo);
  const client = options.asOf === undefined ? present : clientAsOf(present, options.asOf);
  const shared = { client, upstreams: options.upstreams };
  let base = '';
  const tarballs = openTarballs({ ...shared, limits, cacheBytes: options.cacheBytes * 0.3 });
  const packages = openPackages({
    ...shared,
    tarballs,
    bench: options.bench,
    observe: options.observe,
    freshFor: options.freshFor,
    staleFor: options.staleFor ?? 0,
    cacheBytes: options.cacheBytes * 0.7,
    now: options.now,
    pageOf: (name) => `${base}-/depward/why/${name}`,
  });
  const metrics = openMetrics();
  const noting = openNoting({ metrics, audit: options.audit, policy: options.bench.digest, now: options.now });
  const styles = openStyles(options);
  const routes = openRoutes();
  const salt = randomBytes(16);
  const answers = openAnswers({
    packages,
    tarballs,
    observe: options.observe,
    prejudged: options.prejudged ?? new Map(),
    identity,
    style,
    base: () => base,
  });

  function answer(request: IncomingMessage, response: ServerResponse): Outcome | Promise<Outcome> {
    const route = routes(request.method ?? '', request.url ?? '');
    switch (route.kind) {
      case 'refused':
        sendError(response, route.status, route.reason);
        return { asked: 'refused', subject: printable(request.url ?? '', 200), verdict: 'refused', reason: route.reason };
      case 'packument':
        return answers.packument(route.name, request, response);
      case 'version':
      case 'dist-tags':
        return answers.part(route, request, response);
      case 'tarball':
        return answers.tarball(route.name, route.file, request, response);
      case 'own':
        return ownPage(route, {
          request,
          response,
          packages,
          metrics,
          identity,
          gauges,
          base: () => base,
          upstreams: options.upstreams,
          client,
          now: options.now,
          observe: options.observe,
        });
      case 'other':
        return answerOther(route, request, response);
    }
  }

  function identity(request: IncomingMessage, name: string | undefined): Identity {
    const given = request.headers.authorization;
    const authorization = given === undefined ? undefined : credentialsFor(options.upstreams, name, given);
    if (authorization === undefined) return nobody;
    return { key: createHash('sha256').update(salt).update(authorization).digest('base64url'), authorization };
  }

  function style(request: IncomingMessage): TarballStyle | undefined {
    return styles(request.headers['user-agent'] ?? '', base);
  }

  async function answerOther(route: Extract<Route, { kind: 'other' }>, request: IncomingMessage, response: ServerResponse): Promise<Outcome> {
    const subject = printable(`${request.method} ${route.path.split('?')[0]}`, 200);
    if (!options.pass.has(route.group)) {
      sendError(response, 403, `this proxy does not pass on requests of the kind "${route.group}"; --pass ${route.group} allows them`, {
        phrase: `Not passed on by depward: ${route.group}`,
      });
      return { asked: route.group, subject, verdict: 'refused' };
    }
    await passThrough(route.path, request, response, {
      client,
      upstream: options.upstreams.main,
      authorization: credentialsFor(options.upstreams, undefined, request.headers.authorization),
      limits,
    });
    return { asked: route.group, subject, verdict: 'passed' };
  }

  function gauges(): Record<string, number> {
    return {
      depward_cache_bytes: packages.weight + tarballs.weight,
      depward_resident_bytes: process.memoryUsage.rss(),
      depward_audit_lost: options.audit?.lost ?? 0,
    };
  }

  function handle(request: IncomingMessage, response: ServerResponse): void {
    const started = performance.now();
    // A read with a body is either a mistake or an attempt to hide a second request in it.
    if (request.method === 'GET' || request.method === 'HEAD') request.resume();
    const settle = (outcome: Outcome) => noting.settled(outcome, started, request, response);
    try {
      const outcome = answer(request, response);
      if (outcome instanceof Promise) outcome.catch((error: unknown) => noting.failed(error, request, response)).then(settle);
      else settle(outcome);
    } catch (error) {
      settle(noting.failed(error, request, response));
    }
  }

  const server = hardenedServer(handle);
  await listen(server, options.host, options.port);
  if (options.warmUp) void warmUp(options.bench, options.now(), () => !server.listening);
  const { port } = server.address() as AddressInfo;
  base = options.publicUrl ? withSlash(options.publicUrl) : `http://${options.host.includes(':') ? `[${options.host}]` : options.host}:${port}/`;
  return {
    url: base,
    withheld: () =>
      [...packages.held(undefined)].flatMap(({ name, judged }) =>
        [...judged.withheld.values()].map((judgement) => ({ name, judgement, instead: insteadOf(judged, judgement.version) })),
      ),
    async document(name, unfiltered = false) {
      try {
        const { filtered, bytes, whole } = await packages.served(name, 'full', undefined, nobody);
        // Where nothing is left there is nothing to choose: what would be chosen is judged, and why it is withheld is told.
        const allGone = filtered.kept === 0 && filtered.removed.length > 0;
        return JSON.parse((allGone || unfiltered ? whole : bytes).toString('utf8'));
      } catch (error) {
        throw error instanceof UpstreamTrouble ? withCode(error, `E${error.status}`) : error;
      }
    },
    close: async (graceMs = 10_000) => {
      await stop(server, graceMs);
      client.close();
      await options.audit?.close();
    },
  };
}

const nobody: Identity = { key: '', authorization: undefined };

function withCode(error: Error, code: string): Error {
  return Object.assign(error, { code });
}

function withSlash(url: string): string {
  return url.endsWith('/') ? url : `${url}/`;
}
