/** A registry on loopback: documents and tarballs given by tests, faults on demand, every request counted. */
import { createHash } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { aPackage } from './a-tarball.ts';
import { abbreviated, asSeenAt, type Doc, withTarballsAt } from './registry-documents.ts';

export type { Doc } from './registry-documents.ts';
export { benchFolder, benchNames, benchPackument } from './registry-documents.ts';
export { publish } from './write-packument.ts';

/** Trouble on one path; `times` limits it to the first requests (all, when absent). */
export type Fault = { readonly times?: number } & (
  | { readonly kind: 'delay'; readonly ms: number }
  /** Closes the connection after so many bytes of the body, with an RST where the platform allows. */
  | { readonly kind: 'reset'; readonly afterBytes?: number }
  /** Ends the body early although content-length promised more. */
  | { readonly kind: 'truncate'; readonly keepBytes: number }
  /** A well-framed answer whose bytes simply stop: only the content shows it. */
  | { readonly kind: 'cut'; readonly keepBytes: number }
  /** Sends so many bytes and then nothing, forever. */
  | { readonly kind: 'stall'; readonly afterBytes: number }
  | { readonly kind: 'status'; readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: string }
  | { readonly kind: 'html' }
  | { readonly kind: 'redirect'; readonly to: string }
  | { readonly kind: 'redirect-loop' }
  /** A body of so many bytes, valid JSON, streamed. */
  | { readonly kind: 'oversized'; readonly bytes: number }
  | { readonly kind: 'body'; readonly body: string | Buffer; readonly headers?: Readonly<Record<string, string>> }
);

export interface SeenRequest {
  readonly method: string;
  /** Decoded, without query: `/@scope/name`. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  status: number;
}

export interface FixtureRegistry {
  /** `http://127.0.0.1:PORT/` */
  readonly url: string;
  readonly requests: SeenRequest[];
  /** Requests for a path or package name so far. */
  count(nameOrPath?: string): number;
  /** Serves a packument under its `name`; `dist.tarball` is rewritten to this registry. */
  add(...documents: Doc[]): void;
  /** Serves exact bytes at a path (packument, attestation, anything). */
  addBytes(path: string, bytes: Buffer | string, type?: string): void;
  /** Serves a tarball where `add` points `dist.tarball` to. */
  addTarball(name: string, version: string, bytes: Buffer): void;
  tarballUrl(name: string, version: string): string;
  remove(nameOrPath: string): void;
  fault(nameOrPath: string, fault: Fault): void;
  clearFaults(): void;
  /** From now on answers as the registry looked at that moment (`undefined`: now). */
  asOf(time: string | undefined): void;
  /** Requests must carry this `authorization` header; others get 401. */
  requireAuth(header: string | undefined): void;
  close(): Promise<void>;
}

export interface FixtureOptions {
  readonly packuments?: Iterable<Doc>;
  /** Serves an honest tarball for every version it is given, and names its hashes in the packument. */
  readonly tarballs?: boolean;
  /** Answers uncompressed even when the client accepts gzip. */
  readonly plain?: boolean;
  /** Leaves ETags out, as some mirrors do. */
  readonly noEtag?: boolean;
  /** Serves a packument the registry was not given, e.g. `benchPackument`. */
  readonly fallback?: (name: string) => Doc | undefined;
  /** Milliseconds every answer waits. */
  readonly latency?: number;
  /** Folder of the registry within its host, e.g. `/npm/`. */
  readonly base?: string;
}

interface Stored {
  readonly bytes: Buffer;
  readonly type: string;
  gzip?: Buffer;
  etag?: string;
}

/** Starts the registry on a free loopback port. */
export async function startFixtureRegistry(options: FixtureOptions = {}): Promise<FixtureRegistry> {
  const documents = new Map<string, Doc>();
  const files = new Map<string, Stored>();
  const rendered = new Map<string, Stored>();
  const faults = new Map<string, { fault: Fault; left: number }>();
  const requests: SeenRequest[] = [];
  const sockets = new Set<Socket>();
  const base = options.base ?? '/';
  let moment: string | undefined;
  let wantedAuth: string | undefined;

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      response.statusCode = 599;
      response.end(String(error));
    });
  });
  server.keepAliveTimeout = 60_000;
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const url = `${origin}${base}`;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = pathOf(request.url ?? '/', base);
    const seen: SeenRequest = { method: request.method ?? 'GET', path, headers: request.headers, status: 0 };
    requests.push(seen);
    response.on('close', () => {
      seen.status = response.statusCode;
    });
    if (options.latency) await pause(options.latency);
    if (wantedAuth !== undefined && request.headers.authorization !== wantedAuth) return send(response, 401, '{"error":"unauthorized"}');
    const held = faults.get(path);
    const fault = held && held.left > 0 ? held.fault : undefined;
    if (held) held.left -= 1;
    if (fault?.kind === 'delay') await pause(fault.ms);
    else if (fault && (await misbehave(fault, path, request, response))) return;
    serve(find(path, request), request, response);
  }

  function find(path: string, request: IncomingMessage): Stored | undefined {
    const file = files.get(path);
    if (file) return file;
    const name = path.slice(1);
    const short = (request.headers.accept ?? '').includes('application/vnd.npm.install-v1+json');
    const key = `${short ? 'short' : 'full'} ${moment ?? ''} ${name}`;
    const kept = rendered.get(key);
    if (kept) return kept;
    const found = documents.get(name) ?? options.fallback?.(name);
    const visible = found && moment !== undefined ? asSeenAt(found, moment) : found;
    if (!visible) return undefined;
    const whole = withTarballsAt(visible, url);
    const type = short ? 'application/vnd.npm.install-v1+json' : 'application/json';
    const stored: Stored = { bytes: Buffer.from(JSON.stringify(short ? abbreviated(whole) : whole)), type };
    rendered.set(key, stored);
    return stored;
  }

  function serve(stored: Stored | undefined, request: IncomingMessage, response: ServerResponse): void {
    if (!stored) {
      send(response, 404, '{"error":"Not found"}');
      return;
    }
    stored.etag ??= `"${createHash('sha1').update(stored.bytes).digest('hex')}"`;
    if (!options.noEtag) response.setHeader('etag', stored.etag);
    if (!options.noEtag && request.headers['if-none-match'] === stored.etag) {
      response.statusCode = 304;
      response.end();
      return;
    }
    let bytes = stored.bytes;
    if (!options.plain && stored.type.includes('json') && /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''))) {
      stored.gzip ??= gzipSync(stored.bytes);
      bytes = stored.gzip;
      response.setHeader('content-encoding', 'gzip');
    }
    response.setHeader('content-type', stored.type);
    response.setHeader('content-length', bytes.length);
    response.end(request.method === 'HEAD' ? undefined : bytes);
  }

  /** True when the fault was the whole answer. */
  async function misbehave(
    fault: Exclude<Fault, { kind: 'delay' }>,
    path: string,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<boolean> {
    const bytes = find(path, request)?.bytes ?? Buffer.from('{"name":"nothing","versions":{}}');
    const json = { 'content-type': 'application/json' };
    switch (fault.kind) {
      case 'reset':
        response.writeHead(200, { ...json, 'content-length': bytes.length });
        response.flushHeaders();
        response.write(bytes.subarray(0, fault.afterBytes ?? 0), () => response.socket?.resetAndDestroy());
        return true;
      case 'truncate':
        response.writeHead(200, { ...json, 'content-length': bytes.length });
        response.write(bytes.subarray(0, fault.keepBytes), () => response.socket?.end());
        return true;
      case 'cut':
        response.writeHead(200, json);
        response.end(bytes.subarray(0, fault.keepBytes));
        return true;
      case 'stall':
        response.writeHead(200, { ...json, 'content-length': bytes.length });
        response.write(bytes.subarray(0, Math.min(fault.afterBytes, bytes.length - 1)));
        return true;
      case 'status':
        send(response, fault.status, fault.body ?? `{"error":"status ${fault.status}"}`, fault.headers);
        return true;
      case 'html':
        send(response, 200, '<!doctype html><html><body>Please log in</body></html>', { 'content-type': 'text/html' });
        return true;
      case 'redirect':
        send(response, 302, '', { location: fault.to });
        return true;
      case 'redirect-loop':
        send(response, 302, '', { location: `${origin}${request.url ?? '/'}` });
        return true;
      case 'oversized':
        response.writeHead(200, json);
        await pour(response, fault.bytes);
        return true;
      case 'body':
        send(response, 200, fault.body, { ...json, ...fault.headers });
        return true;
    }
  }

  const registry: FixtureRegistry = {
    url,
    requests,
    count: (nameOrPath) => (nameOrPath === undefined ? requests.length : requests.filter(({ path }) => path === asPath(nameOrPath)).length),
    add(...added) {
      for (const document of added) documents.set(String(document.name), options.tarballs ? withTarballs(document, registry.addTarball) : document);
      rendered.clear();
    },
    addBytes(path, bytes, type = 'application/json') {
      files.set(asPath(path), { bytes: Buffer.from(bytes), type });
    },
    addTarball(name, version, bytes) {
      files.set(pathOf(new URL(registry.tarballUrl(name, version)).pathname, base), { bytes, type: 'application/octet-stream' });
    },
    tarballUrl: (name, version) => `${url}${name}/-/${name.replace(/^@[^/]*\//, '')}-${version}.tgz`,
    remove(nameOrPath) {
      documents.delete(asPath(nameOrPath).slice(1));
      files.delete(asPath(nameOrPath));
      rendered.clear();
    },
    fault: (nameOrPath, fault) => void faults.set(asPath(nameOrPath), { fault, left: fault.times ?? Number.POSITIVE_INFINITY }),
    clearFaults: () => faults.clear(),
    asOf(time) {
      moment = time;
    },
    requireAuth(header) {
      wantedAuth = header;
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
  if (options.packuments) registry.add(...options.packuments);
  return registry;
}

/** The document with the hashes of tarballs that hold just what its manifests say. */
function withTarballs(document: Doc, add: FixtureRegistry['addTarball']): Doc {
  const name = String(document.name);
  const versions = Object.entries(Object(document.versions) as Record<string, Doc>).map(([version, manifest]) => {
    const { dist, _npmUser, maintainers, ...written } = manifest;
    const started = Object.values(Object(written.scripts)).map((script) => String(script).replace(/^node /, ''));
    const bytes = aPackage(written, Object.fromEntries(['index.js', ...started].map((file) => [file, 'export {};\n'])));
    add(name, version, bytes);
    const integrity = `sha512-${createHash('sha512').update(bytes).digest('base64')}`;
    const shasum = createHash('sha1').update(bytes).digest('hex');
    return [version, { ...manifest, dist: { ...Object(dist), integrity, shasum } }] as const;
  });
  return { ...document, versions: Object.fromEntries(versions) };
}

function asPath(nameOrPath: string): string {
  return nameOrPath.startsWith('/') ? nameOrPath : `/${nameOrPath}`;
}

function pathOf(rawUrl: string, base: string): string {
  const path = decodeURIComponent(rawUrl.split('?')[0] ?? '/');
  return path.startsWith(base) ? `/${path.slice(base.length)}` : path;
}

function send(response: ServerResponse, status: number, body: string | Buffer, headers: Readonly<Record<string, string>> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(body);
}

async function pour(response: ServerResponse, bytes: number): Promise<void> {
  const block = Buffer.alloc(65_536, 0x20);
  response.write('{"name":"oversized","readme":"');
  for (let sent = 0; sent < bytes && !response.destroyed; sent += block.length) {
    if (!response.write(block)) await drained(response);
  }
  response.end('"}');
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      response.off('drain', done).off('close', done);
      resolve();
    };
    response.on('drain', done).on('close', done);
  });
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
