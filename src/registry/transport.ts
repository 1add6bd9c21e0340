/** One GET, answered as a stream of bytes as they came over the wire or as npm's client unpacked them. */
import type { Agent, IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { collect, type Received } from './body.ts';
import type { NpmOptions } from './config.ts';
import type { Clock } from './deadline.ts';
import { Doubt } from './http-answer.ts';
import type { Wait } from './large-bodies.ts';
import { type Lines, plainGet } from './plain-get.ts';
import { lookupTogether, openReach, type Reach } from './reach.ts';
import { codeOf, memberOf, statusOf } from './redact.ts';

export interface Reply {
  readonly status: number;
  /** A response header by its lower-case name. */
  header(name: string): string | undefined;
  /** Absent for errors. Leaving a loop over it early ends the request. */
  readonly body?: AsyncIterable<unknown>;
  /** True when `content-encoding` is still to be undone. */
  readonly packed: boolean;
}

/** An answer whose body has come; `received` is undefined for errors, and where it is longer than wanted. */
export interface Whole extends Omit<Reply, 'body'> {
  readonly received: Received | undefined;
}

export interface Get {
  readonly url: string;
  readonly npm: NpmOptions;
  readonly clock: Clock;
  readonly headers?: Readonly<Record<string, string>>;
  readonly wait?: Wait | undefined;
}

/** Sends it straight where no proxy is in the way (a fraction of the cost), through npm's own client where one is. */
export function get(request: Get): Promise<Reply> {
  return goesByProxy(request.npm) ? getThroughNpm(request) : getStraight(request, request.url, 0);
}

function goesByProxy(npm: NpmOptions): boolean {
  const proxied = proxiedBy.get(npm) ?? isProxied(npm);
  proxiedBy.set(npm, proxied);
  return proxied;
}

/** The environment is slow to look through: once per configuration. */
const proxiedBy = new WeakMap<NpmOptions, boolean>();

/** npm's agent takes proxies from its options and from the process environment. */
export function isProxied(npm: NpmOptions): boolean {
  const inEnvironment = Object.entries(process.env).some(([key, value]) => /^(?:https?_)?proxy$/i.test(key) && value);
  return Boolean(npm.proxy) || Boolean(npm.httpsProxy) || inEnvironment;
}

const unconnected = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ECONNECTIONTIMEOUT', 'ETIMEDOUT'];

/** Where no connection was made it is the proxy that could not be reached: nobody spoke with the registry. */
async function namingProxy(error: unknown, url: string, npm: NpmOptions): Promise<unknown> {
  const code = codeOf(error);
  if (code === undefined || !unconnected.includes(code)) return error;
  const { npmProxy } = await import('./npm-own.ts');
  const behind = await npmProxy(url, npm).catch(() => undefined);
  return behind === undefined ? error : Object.assign(new Error('no connection', { cause: error }), { code, behind });
}

async function getThroughNpm({ url, npm, clock, headers }: Get): Promise<Reply> {
  const { default: npmFetch } = await import('npm-registry-fetch');
  try {
    // Retries are ours: they honour Retry-After and the limits.
    const options = { ...npm, cache: undefined, method: 'GET', headers: { ...headers }, retry: { retries: 0 }, signal: clock.signal(), timeout: 0 };
    const response = await npmFetch(url, options as Parameters<typeof npmFetch>[1]);
    const header = (name: string) => response.headers.get(name) ?? undefined;
    return { status: response.status, header, packed: false, ...(response.body && { body: response.body }) };
  } catch (error) {
    const status = statusOf(error);
    if (status === undefined) throw await namingProxy(error, url, npm);
    return { status, packed: false, header: (name) => firstOf(memberOf(memberOf(error, 'headers'), name)) };
  }
}

const mostRedirects = 5;

async function getStraight(request: Get, address: string, redirects: number): Promise<Reply> {
  const message = await send(request, address);
  const status = message.statusCode ?? 0;
  const header = (name: string) => firstOf(message.headers[name]);
  if (![301, 302, 303, 307, 308].includes(status)) {
    if (status !== 200) discard(message);
    return { status, header, packed: message.headers['content-encoding'] !== undefined, ...(status === 200 && { body: message }) };
  }
  discard(message);
  const to = header('location');
  if (to === undefined || !URL.canParse(to, address)) throw trouble('EINVALIDREDIRECT');
  const next = new URL(to, address);
  // Nobody may lead a request from https to where everybody listens.
  if (next.protocol !== 'https:' && !(next.protocol === 'http:' && address.startsWith('http:'))) throw trouble('EINVALIDREDIRECT');
  if (redirects >= mostRedirects) throw trouble('EMAXREDIRECT');
  return getStraight(request, next.href, redirects + 1);
}

/** Longest unwanted body that is read to its end, so that the connection can be used again. */
const mostDiscarded = 65_536;

/** Reads past a body nobody wants: unread it would hold its connection, and this process, for as long as the other side likes. */
function discard(message: IncomingMessage): void {
  let length = 0;
  message.on('data', (chunk: Buffer) => {
    length += chunk.length;
    if (length > mostDiscarded) message.destroy();
  });
  message.on('error', () => undefined);
  message.socket.unref();
}

/** What a straight request needs, loaded with the first one. */
let tools: ReturnType<typeof loadTools> | undefined;

async function loadTools() {
  const [http, https, { createSecureContext }, { isIP }, { default: getAuth }] = await Promise.all([
    import('node:http'),
    import('node:https'),
    import('node:tls'),
    import('node:net'),
    import('npm-registry-fetch/lib/auth.js'),
  ]);
  return { http, https, createSecureContext, isIP, getAuth };
}

/** Where a request goes and what it says, with what node's client and our own have in common. */
async function wayOf({ url, npm, headers }: Get, address: string) {
  tools ??= loadTools();
  const { http, https, createSecureContext, isIP, getAuth } = await tools;
  const target = new URL(address);
  const reach = reachOf(npm);
  const lost = reach.lost(target.host);
  if (lost !== undefined) throw Object.assign(trouble(lost), { lost: true });
  const secure = target.protocol === 'https:';
  // npm's own rule decides what is sent to an address; another origin that we were redirected to gets nothing.
  const auth = address === url || target.origin === new URL(url).origin ? authFor(address, npm, getAuth) : undefined;
  const authorization = auth?.token ? `Bearer ${auth.token}` : auth?.auth ? `Basic ${auth.auth}` : undefined;
  const identity = auth?.cert && auth.key ? { cert: auth.cert, key: auth.key } : undefined;
  const kind = secure ? `secure ${identity?.cert ?? ''}` : 'plain';
  const connections = connectionsFor(npm, kind, () => {
    const options = agentOptions(npm);
    if (!secure) return { agent: new http.Agent(options), options };
    const secured = {
      ...options,
      rejectUnauthorized: npm.strictSSL !== false,
      // Reading the authorities anew for every connection takes longer than everything else on it.
      secureContext: createSecureContext({ ...certificatesOf(npm), ...identity }),
      ALPNProtocols: ['http/1.1'],
    };
    return { agent: new https.Agent(secured), options: secured };
  });
  const said = {
    'user-agent': typeof npm.userAgent === 'string' ? npm.userAgent : 'depward',
    ...headers,
    ...(authorization !== undefined && { authorization }),
  };
  return { target, reach, connections, kind, isIP, headers: said, request: (secure ? https : http).request };
}

async function send(get: Get, address: string): Promise<IncomingMessage> {
  const { target, reach, connections, headers, request } = await wayOf(get, address);
  return new Promise((resolve, reject) => {
    const sent = request(target, { agent: connections.agent, headers }, (message) => {
      reach.answered(target.host);
      resolve(message);
    });
    sent.on('error', (error) => {
      reach.missed(target.host, codeOf(error));
      reject(error);
    });
    get.clock.onStop(() => sent.destroy(trouble('ESTOPPED')));
    sent.end();
  });
}

/** The whole answer of a registry, its body no longer than `limit`; read by ourselves where it is of the plain form. */
export async function getWhole(request: Get, limit: number): Promise<Whole> {
  if (!goesByProxy(request.npm)) {
    try {
      return await getPlain(request, limit);
    } catch (error) {
      if (!(error instanceof Doubt) || request.clock.stopped) throw error;
    }
  }
  const reply = await get(request);
  return { ...reply, received: reply.status === 200 ? await collect(reply.body, limit, request.wait) : undefined };
}

const lines = new WeakMap<NpmOptions, Lines>();

async function getPlain(request: Get, limit: number): Promise<Whole> {
  const { npm, url, clock, wait } = request;
  const { target, reach, connections, kind, isIP, headers } = await wayOf(request, url);
  const { hostname, port, protocol, host } = target;
  // A name and password in the address itself: node's client knows what becomes of them.
  if (target.username !== '' || target.password !== '') throw new Doubt();
  const known = lines.get(npm) ?? new Map();
  lines.set(npm, known);
  const address = hostname.replace(/^\[|\]$/g, '');
  const connect = () =>
    connections.agent.createConnection({
      ...connections.options,
      host: address,
      port: Number(port) || (protocol === 'https:' ? 443 : 80),
      ...(protocol === 'https:' && { servername: isIP(address) ? '' : address }),
    }) as Socket;
  try {
    const path = `${target.pathname}${target.search}`;
    const answer = await plainGet(known, { line: `${kind} ${host}`, path, headers: { host, ...headers }, limit, clock, wait, connect });
    reach.answered(host);
    if (answer === undefined) return { status: 200, header: () => undefined, packed: false, received: undefined };
    // Redirects are followed elsewhere.
    if (answer.status >= 300 && answer.status < 400 && answer.status !== 304) throw new Doubt();
    const { status, headers: said, body: pieces, length } = answer;
    return { status, header: (name) => said.get(name), packed: said.has('content-encoding'), received: { pieces, length } };
  } catch (error) {
    if (!(error instanceof Doubt)) reach.missed(host, codeOf(error));
    throw error;
  }
}

type GetAuth = Awaited<ReturnType<typeof loadTools>>['getAuth'];

const known = new WeakMap<NpmOptions, Map<string, ReturnType<GetAuth>>>();

/** npm's own answer, remembered per folder of a registry unless a single address in it has credentials of its own. */
function authFor(address: string, npm: NpmOptions, getAuth: GetAuth): ReturnType<GetAuth> {
  const folder = address.slice(0, address.lastIndexOf('/') + 1);
  const held = known.get(npm) ?? new Map<string, ReturnType<GetAuth>>();
  known.set(npm, held);
  const kept = held.get(folder);
  if (kept) return kept;
  const auth = getAuth(address, npm);
  const inside = folder.slice(folder.indexOf('//'));
  const isPlain = Object.keys(npm).every((key) => !key.startsWith(inside) || key[inside.length] === ':');
  // Tarballs have a folder each: only what is asked for again and again is worth remembering.
  if (isPlain && held.size < 64) held.set(folder, auth);
  return auth;
}

interface Connections {
  readonly agent: Agent;
  /** What the agent, and we, open connections with. */
  readonly options: object;
}

const opened = new WeakMap<NpmOptions, Map<string, Connections>>();

/** One agent per configuration, protocol and certificate of ours: connections are used again, and certificates are not mixed. */
function connectionsFor(npm: NpmOptions, kind: string, make: () => Connections): Connections {
  const known = opened.get(npm) ?? new Map<string, Connections>();
  opened.set(npm, known);
  const kept = known.get(kind) ?? make();
  known.set(kind, kept);
  return kept;
}

const reached = new WeakMap<NpmOptions, Reach>();

function reachOf(npm: NpmOptions): Reach {
  const known = reached.get(npm) ?? openReach();
  reached.set(npm, known);
  return known;
}

function agentOptions(npm: NpmOptions) {
  return {
    keepAlive: true,
    noDelay: true,
    maxSockets: 64,
    lookup: lookupTogether,
    ...(typeof npm.localAddress === 'string' && { localAddress: npm.localAddress }),
  };
}

function certificatesOf(npm: NpmOptions) {
  const text = (name: string) => (typeof npm[name] === 'string' && npm[name] !== '' ? { [name]: npm[name] } : {});
  const ca = Array.isArray(npm.ca) && npm.ca.length > 0 ? { ca: npm.ca.map(String) } : text('ca');
  return { ...ca, ...text('cert'), ...text('key') };
}

function trouble(code: string): Error {
  return Object.assign(new Error(code), { code });
}

function firstOf(value: unknown): string | undefined {
  return Array.isArray(value) ? firstOf(value[0]) : typeof value === 'string' ? value : undefined;
}
