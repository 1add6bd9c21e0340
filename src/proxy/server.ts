/** The proxy: a registry in front of registries that lets through what policy allows and says why it withholds the rest. */
import { createHash, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DepwardError } from '../model/errors.ts';
import { printable } from '../model/text.ts';
import { type Instant, isoOf } from '../model/time.ts';
import { type Outcome, openAnswers, type Prejudged } from './answers.ts';
import type { AuditEvent, AuditLog } from './audit.ts';
import { headerText, insteadOf } from './explain.ts';
import { openMetrics } from './metrics.ts';
import { ownPage } from './own-pages.ts';
import { type Identity, openPackages, type TarballStyle } from './packages.ts';
import { passThrough } from './pass-through.ts';
import { sendError } from './respond.ts';
import { openStyles, type RewriteOptions } from './rewrite.ts';
import { type Route, type RouteGroup, routeOf } from './route.ts';
import { openTarballs } from './tarballs.ts';
import { credentialsFor, defaultLimits, type Limits, openUpstreamClient, troubleIn, type Upstreams, UpstreamTrouble } from './upstream.ts';
import type { Bench, Judgement } from './verdict.ts';

export interface ProxyOptions {
  readonly host: string;
  /** 0 for any free port. */
  readonly port: number;
  /** How clients reach the proxy, where that differs from host and port. */
  readonly publicUrl?: string;
  readonly upstreams: Upstreams;
  readonly bench: Bench;
  readonly observe: boolean;
  readonly rewrite: RewriteOptions['rewrite'];
  readonly npmReplaces: ReadonlySet<string>;
  /** Told of every tarball address that is shown instead of another. */
  readonly shown?: RewriteOptions['shown'];
  /** Versions whose verdict is known before anybody asks: their tarballs need no packument. By `name@version`. */
  readonly prejudged?: ReadonlyMap<string, Prejudged>;
  /** Groups of other routes that are passed on; the rest is refused. */
  readonly pass: ReadonlySet<RouteGroup>;
  readonly freshFor: number;
  readonly cacheBytes: number;
  readonly limits?: Limits;
  /** Left out where nobody wants to know. */
  readonly audit?: AuditLog;
  readonly now: () => Instant;
}

export interface RunningProxy {
  /** Ends in `/`. */
  readonly url: string;
  /** What is withheld of the packages asked for so far. */
  withheld(): readonly { readonly name: string; readonly judgement: Judgement; readonly instead: string | undefined }[];
  /** Answers what was begun, takes nothing new; after `graceMs` whatever is left is cut off. */
  close(graceMs?: number): Promise<void>;
}

/** Starts the proxy. */
export async function startProxy(options: ProxyOptions): Promise<RunningProxy> {
  const limits = options.limits ?? defaultLimits;
  const client = openUpstreamClient(limits);
  const shared = { client, upstreams: options.upstreams };
  const packages = openPackages({
    ...shared,
    bench: options.bench,
    observe: options.observe,
    freshFor: options.freshFor,
    cacheBytes: options.cacheBytes * 0.7,
    now: options.now,
  });
  const tarballs = openTarballs({ ...shared, limits, cacheBytes: options.cacheBytes * 0.3 });
  const metrics = openMetrics();
  const styles = openStyles(options);
  const salt = randomBytes(16);
  let base = '';
  const answers = openAnswers({
    packages,
    tarballs,
    observe: options.observe,
    prejudged: options.prejudged ?? new Map(),
    identity,
    style,
    base: () => base,
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<Outcome> {
    const route = routeOf(request.method ?? '', request.url ?? '');
    switch (route.kind) {
      case 'refused':
        sendError(response, route.status, route.reason);
        return { asked: 'refused', subject: printable(request.url ?? '', 200), verdict: 'refused', reason: route.reason };
      case 'packument':
        return await answers.packument(route.name, request, response);
      case 'version':
      case 'dist-tags':
        return await answers.part(route, request, response);
      case 'tarball':
        return await answers.tarball(route.name, route.file, request, response);
      case 'own':
        return await ownPage(route, {
          request,
          response,
          packages,
          metrics,
          identity,
          gauges,
          upstreams: options.upstreams,
          client,
          now: options.now,
          observe: options.observe,
        });
      case 'other':
        return await answerOther(route, request, response);
    }
  }

  function identity(request: IncomingMessage, name: string | undefined): Identity {
    const authorization = credentialsFor(options.upstreams, name, request.headers.authorization);
    const key = authorization === undefined ? '' : createHash('sha256').update(salt).update(authorization).digest('base64url');
    return { key, authorization };
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

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const started = performance.now();
    let outcome: Outcome;
    try {
      // A read with a body is either a mistake or an attempt to hide a second request in it.
      if (request.method === 'GET' || request.method === 'HEAD') request.resume();
      outcome = await answer(request, response);
    } catch (error) {
      outcome = failed(error, request, response);
    }
    metrics.count('depward_requests_total', { kind: outcome.asked, status: response.statusCode });
    metrics.count('depward_verdicts_total', { verdict: outcome.verdict });
    if (outcome.verdict === 'filtered') metrics.count('depward_withheld_versions_total', {}, outcome.withheld?.length ?? 0);
    metrics.count('depward_request_seconds_total', { kind: outcome.asked }, (performance.now() - started) / 1000);
    if (outcome.asked !== 'own') options.audit?.write(auditEvent(outcome, request, response));
  }

  function failed(error: unknown, request: IncomingMessage, response: ServerResponse): Outcome {
    const trouble = troubleIn(error) ?? new UpstreamTrouble(500, 'something went wrong in the proxy, so nothing was served');
    metrics.count('depward_upstream_trouble_total', { status: trouble.status });
    if (response.headersSent) response.destroy();
    else
      sendError(response, trouble.status, trouble.message, {
        ...(trouble.retryAfter && { headers: { 'retry-after': headerText(trouble.retryAfter, 40) } }),
      });
    const reason = trouble.status === 500 && error instanceof Error ? `${trouble.message}: ${printable(error.message)}` : trouble.message;
    return { asked: 'failed', subject: printable(request.url ?? '', 200), verdict: trouble.status === 404 ? 'refused' : 'failed', reason };
  }

  function auditEvent(outcome: Outcome, request: IncomingMessage, response: ServerResponse): AuditEvent {
    return {
      at: isoOf(options.now()),
      client: request.socket.remoteAddress ?? '',
      agent: printable(request.headers['user-agent'] ?? '', 120),
      asked: outcome.asked,
      subject: outcome.subject,
      status: response.statusCode,
      verdict: outcome.verdict,
      rules: outcome.rules ?? [],
      ...(outcome.withheld && outcome.withheld.length > 0 && { withheld: outcome.withheld }),
      ...(outcome.reason && { reason: outcome.reason }),
      policy: options.bench.digest,
    };
  }

  const server = createServer(serverLimits, (request, response) => void handle(request, response));
  harden(server);
  await listen(server, options.host, options.port);
  const { port } = server.address() as AddressInfo;
  base = options.publicUrl ? withSlash(options.publicUrl) : `http://${options.host.includes(':') ? `[${options.host}]` : options.host}:${port}/`;
  return {
    url: base,
    withheld: () =>
      [...packages.held(undefined)].flatMap(({ name, judged }) =>
        [...judged.withheld.values()].map((judgement) => ({ name, judgement, instead: insteadOf(judged, judgement.version) })),
      ),
    close: async (graceMs = 10_000) => {
      await stop(server, graceMs);
      client.close();
      await options.audit?.close();
    },
  };
}

const serverLimits = {
  maxHeaderSize: 32_768,
  headersTimeout: 15_000,
  requestTimeout: 300_000,
  keepAliveTimeout: 30_000,
  connectionsCheckingInterval: 5_000,
  insecureHTTPParser: false,
};

function harden(server: Server): void {
  server.maxConnections = 4096;
  server.maxHeadersCount = 100;
  // A client that takes nothing for this long is gone, or holds the answer in our memory on purpose.
  server.timeout = 150_000;
  server.on('clientError', (_, socket) => {
    if (socket.writable) socket.end('HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-length: 0\r\n\r\n');
    else socket.destroy();
  });
  for (const event of ['connect', 'upgrade'])
    server.on(event, (_: IncomingMessage, socket: NodeJS.WritableStream & { destroy(): void }) => {
      socket.end('HTTP/1.1 405 Method Not Allowed\r\nconnection: close\r\ncontent-length: 0\r\n\r\n');
      setTimeout(() => socket.destroy(), 1000).unref();
    });
}

async function listen(server: Server, host: string, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const hint = cause.code === 'EADDRINUSE' ? 'another program listens there; --listen HOST:PORT chooses another port' : 'see --listen HOST:PORT';
      reject(new DepwardError('config', `cannot listen on ${printable(host)}:${port} (${cause.code ?? cause.message})`, { hint, cause }));
    });
    server.listen(port, host, () => resolve());
  });
}

async function stop(server: Server, graceMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  // A connection becomes idle when its answer is out, and would be kept open for the next question.
  const idle = setInterval(() => server.closeIdleConnections(), 20);
  const timer = setTimeout(() => server.closeAllConnections(), graceMs);
  await closed;
  clearInterval(idle);
  clearTimeout(timer);
}

function withSlash(url: string): string {
  return url.endsWith('/') ? url : `${url}/`;
}
