/** The proxy: a registry in front of registries that lets through what policy allows and says why it withholds the rest. */
import { createHash, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DepwardError } from '../model/errors.ts';
import type { Packument, Release } from '../model/packument.ts';
import { printable } from '../model/text.ts';
import { type Instant, isoOf } from '../model/time.ts';
import type { AuditEvent, AuditLog } from './audit.ts';
import { headerText, insteadOf, judgementJson, rulesOf, withheldText } from './explain.ts';
import { openMetrics } from './metrics.ts';
import { ownPage } from './own-pages.ts';
import { type Form, type Identity, openPackages, type TarballStyle } from './packages.ts';
import { passThrough } from './pass-through.ts';
import { send, sendError, sendServed } from './respond.ts';
import { openStyles, type RewriteOptions } from './rewrite.ts';
import { type Route, type RouteGroup, routeOf, versionInFile } from './route.ts';
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
  /** Groups of other routes that are passed on; the rest is refused. */
  readonly pass: ReadonlySet<RouteGroup>;
  readonly freshFor: number;
  readonly cacheBytes: number;
  readonly limits?: Limits;
  readonly audit: AuditLog;
  readonly now: () => Instant;
}

export interface RunningProxy {
  /** Ends in `/`. */
  readonly url: string;
  /** Answers what was begun, takes nothing new; after `graceMs` whatever is left is cut off. */
  close(graceMs?: number): Promise<void>;
}

/** What became of a request, for log and counters. */
interface Outcome {
  readonly asked: string;
  readonly subject: string;
  readonly verdict: string;
  readonly rules?: readonly string[];
  readonly withheld?: readonly string[];
  readonly reason?: string;
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

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<Outcome> {
    const route = routeOf(request.method ?? '', request.url ?? '');
    switch (route.kind) {
      case 'refused':
        sendError(response, route.status, route.reason);
        return { asked: 'refused', subject: printable(request.url ?? '', 200), verdict: 'refused', reason: route.reason };
      case 'packument':
        return await answerPackument(route.name, request, response);
      case 'version':
      case 'dist-tags':
        return await answerPart(route, request, response);
      case 'tarball':
        return await answerTarball(route.name, route.file, request, response);
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

  async function answerPackument(name: string, request: IncomingMessage, response: ServerResponse): Promise<Outcome> {
    const who = identity(request, name);
    const form: Form = (request.headers.accept ?? '').includes('application/vnd.npm.install-v1+json') ? 'short' : 'full';
    const [judged, served] = [await packages.judged(name, who), await packages.served(name, form, style(request), who)];
    const { filtered } = served;
    const withheld = [...(options.observe ? judged.withheld.keys() : (filtered?.removed ?? []))];
    if (filtered && filtered.kept === 0 && filtered.removed.length > 0) return refuseWhole(name, judged.withheld, response);
    metrics.count('depward_withheld_versions_total', {}, withheld.length);
    const latest = filtered?.movedTags.get('latest');
    const moved = latest && judged.withheld.get(latest.from);
    const notice: Record<string, string> = moved ? { 'npm-notice': headerText(`[depward] ${withheldText(name, moved, latest.to)}`, 500) } : {};
    await sendServed(request, response, served, notice);
    return { asked: 'packument', subject: name, verdict: withheld.length === 0 ? 'allow' : options.observe ? 'observed' : 'filtered', withheld };
  }

  function refuseWhole(name: string, withheld: ReadonlyMap<string, Judgement>, response: ServerResponse): Outcome {
    const newest = [...withheld.values()].at(-1);
    const reason = newest ? withheldText(name, newest, undefined) : `${name}: no version could be judged`;
    sendError(response, 403, `every version of ${name} is withheld; ${reason}`, {
      phrase: `Withheld by depward: every version of ${name}`,
      detail: newest && judgementJson(name, newest),
    });
    return { asked: 'packument', subject: name, verdict: 'withheld', rules: newest ? rulesOf(newest) : [], withheld: [...withheld.keys()] };
  }

  async function answerPart(
    route: Extract<Route, { kind: 'version' | 'dist-tags' }>,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<Outcome> {
    const served = await packages.served(route.name, 'full', style(request), identity(request, route.name));
    const document = Object(JSON.parse(served.bytes.toString('utf8')));
    const tags = Object(document['dist-tags']);
    if (route.kind === 'dist-tags') {
      send(response, 200, JSON.stringify(tags));
      return { asked: 'dist-tags', subject: route.name, verdict: 'allow' };
    }
    const version = Object.hasOwn(tags, route.version) ? String(tags[route.version]) : route.version;
    const versions = Object(document.versions);
    const subject = `${route.name}@${route.version}`;
    if (Object.hasOwn(versions, version)) {
      send(response, 200, JSON.stringify(versions[version]));
      return { asked: 'version', subject, verdict: 'allow' };
    }
    const judged = await packages.judged(route.name, identity(request, route.name));
    const judgement = judged.withheld.get(version);
    if (judgement) return refuse(route.name, judgement, insteadOf(judged, version), 'version', response);
    sendError(response, 404, `${printable(subject)} is not listed by the registry`);
    return { asked: 'version', subject, verdict: 'refused', reason: 'not listed' };
  }

  async function answerTarball(name: string, file: string, request: IncomingMessage, response: ServerResponse): Promise<Outcome> {
    const who = identity(request, name);
    const judged = await packages.judged(name, who);
    const release = releaseOfFile(judged.packument, name, file);
    const judgement = release && (await packages.judgement(name, release.version, who));
    if (!release || !judgement) {
      sendError(response, 404, `${printable(file)} belongs to no version of ${name} that the registry lists`);
      return { asked: 'tarball', subject: `${name} ${printable(file)}`, verdict: 'refused', rules: ['unlisted-version'], reason: 'not listed' };
    }
    const subject = `${name}@${release.version}`;
    if (judgement.action === 'block' && !options.observe) return refuse(name, judgement, insteadOf(judged, release.version), 'tarball', response);
    const tarball = await tarballs.get(name, release, who);
    const notice =
      judgement.action === 'block' ? { 'npm-notice': headerText(`[depward] observed only: ${withheldText(name, judgement, undefined)}`, 500) } : {};
    const headers = { 'content-type': 'application/octet-stream', 'cache-control': 'no-cache', ...notice };
    const verdict = judgement.action === 'block' ? 'observed' : judgement.action;
    if (tarball.kind === 'whole') {
      response.writeHead(200, { ...headers, 'content-length': tarball.bytes.length });
      response.end(request.method === 'HEAD' ? undefined : tarball.bytes);
    } else {
      response.writeHead(200, { ...headers, ...(tarball.length !== undefined && { 'content-length': tarball.length }) });
      await pour(tarball.pieces(), request, response);
    }
    return { asked: 'tarball', subject, verdict, rules: rulesOf(judgement) };
  }

  function refuse(name: string, judgement: Judgement, instead: string | undefined, asked: string, response: ServerResponse): Outcome {
    const subject = `${name}@${judgement.version}`;
    sendError(response, 403, `${withheldText(name, judgement, instead)}; more at ${base}-/depward/why/${subject}`, {
      phrase: `Withheld by depward: ${rulesOf(judgement).join(', ')} - ${withheldText(name, judgement, instead)}`,
      detail: judgementJson(name, judgement, instead),
    });
    return { asked, subject, verdict: 'withheld', rules: rulesOf(judgement) };
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
      depward_audit_lost: options.audit.lost,
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
    metrics.count('depward_request_seconds_total', { kind: outcome.asked }, (performance.now() - started) / 1000);
    if (outcome.asked !== 'own') options.audit.write(auditEvent(outcome, request, response));
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
    close: async (graceMs = 10_000) => {
      await stop(server, graceMs);
      client.close();
      await options.audit.close();
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

/** The version a tarball's file belongs to: by the conventional name, else by where its packument says it lies. */
function releaseOfFile(packument: Packument, name: string, file: string): Release | undefined {
  const version = versionInFile(name, file);
  return (
    packument.releases.find((release) => release.version === version) ?? packument.releases.find((release) => release.tarball?.endsWith(`/${file}`))
  );
}

/** Writes pieces as fast as the client takes them. Trouble on the way is thrown, and then cuts the connection: half a tarball never looks like one. */
async function pour(pieces: AsyncGenerator<Buffer>, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method === 'HEAD') await pieces.return(undefined);
  for await (const piece of pieces) {
    if (response.destroyed) return;
    if (!response.write(piece)) await drained(response);
  }
  response.end();
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const go = () => {
      response.off('drain', go).off('close', go);
      resolve();
    };
    response.on('drain', go).on('close', go);
  });
}

function withSlash(url: string): string {
  return url.endsWith('/') ? url : `${url}/`;
}
