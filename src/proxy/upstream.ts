/** The registries behind the proxy, asked over node:http(s) with limits on sizes and times. */
import { request as httpRequest, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { LookupFunction } from 'node:net';
import type { Readable } from 'node:stream';
import type { HttpAnswer } from '../registry/http-answer.ts';
import { bodyOf, type DocumentAnswer, type DocumentHeader, documentIn } from './document-answer.ts';
import { openPlainDocuments } from './plain-documents.ts';
import { followed, type Redirect, RefusedRedirect } from './redirects.ts';
import { isReset, troubleOf, UpstreamTrouble } from './trouble.ts';
import { type Connection, openAgents } from './upstream-agents.ts';
import { defaultLimits, type Limits } from './upstream-limits.ts';
import { baseOf, type Target, targetOf, urlOf } from './upstream-target.ts';

/** A registry behind the proxy. */
export interface Upstream {
  /** Ends in `/`; holds no credentials. */
  readonly url: string;
  /** Credentials of the proxy itself for this registry; where present, those of clients are not sent. */
  authorization?(): Promise<string | undefined>;
  /** How it is reached, where that is not straight. */
  readonly connection?: Connection;
}

/** Which upstream serves what, and which single one the credentials of clients may be sent to. */
export interface Upstreams {
  readonly main: Upstream;
  readonly scopes: ReadonlyMap<string, Upstream>;
  /** `main`, a scope, or `none`. A client has one token for the proxy's host: only one registry can be meant by it. */
  readonly credentialsTo: string;
}

export interface Asked {
  readonly method?: string;
  readonly headers?: OutgoingHttpHeaders;
  readonly authorization?: string | undefined;
  readonly body?: Readable;
  readonly signal?: AbortSignal;
  /** On the monotonic clock: the answer has to have begun by then. */
  readonly until?: number;
}

export interface UpstreamClient {
  /** A document, unpacked; `etag` asks whether it changed. */
  document(upstream: Upstream, path: string, asked: Asked & { readonly accept: string; readonly etag?: string | undefined }): Promise<DocumentAnswer>;
  /** A response whose body is still to be read. Redirects of reads are followed within the registry, and to hosts that are named for it. */
  open(upstream: Upstream, path: string, asked: Asked): Promise<IncomingMessage>;
  close(): void;
}

const mostRedirects = 3;

/** Opens the client; connections are kept and shared. `redirectTo` names hosts that registries may send us on to. */
export function openUpstreamClient(limits: Limits = defaultLimits, redirectTo: ReadonlySet<string> = new Set()): UpstreamClient {
  const agents = openAgents();
  const plain = openPlainDocuments(limits);

  async function open(upstream: Upstream, path: string, asked: Asked): Promise<IncomingMessage> {
    return await openFrom({ to: baseOf(upstream).at(path), same: true }, upstream, asked, 0);
  }

  /** Opens a step and those that the registry sends us on to from there. */
  async function openFrom(step: Step, upstream: Upstream, asked: Asked, redirects: number): Promise<IncomingMessage> {
    const response = await send(step, upstream, asked);
    const location = response.headers.location;
    const reading = asked.method === undefined || asked.method === 'GET' || asked.method === 'HEAD';
    if (!isRedirect(response.statusCode) || location === undefined || !reading) return response;
    response.resume();
    return await openFrom(await stepOn(step, location, upstream, redirects), upstream, asked, redirects + 1);
  }

  async function stepOn({ to }: Step, location: string, upstream: Upstream, redirects: number): Promise<Step> {
    if (redirects >= mostRedirects) throw new UpstreamTrouble(502, 'the registry redirects in circles');
    try {
      const { url, ...redirect } = await followed(urlOf(to), location, baseOf(upstream).url, redirectTo, upstream.connection?.proxy === undefined);
      return { ...redirect, to: targetOf(url) };
    } catch (error) {
      throw error instanceof RefusedRedirect ? new UpstreamTrouble(502, error.message) : troubleOf(error);
    }
  }

  async function send(step: Step, upstream: Upstream, asked: Asked): Promise<IncomingMessage> {
    // Credentials are the registry's own: another host gets none of them.
    const authorization = step.same ? await authorizationFor(upstream, asked) : undefined;
    const headers = { ...asked.headers, ...(authorization !== undefined && { authorization }) };
    try {
      return await exchange(step, upstream, headers, asked);
    } catch (error) {
      // A kept connection may have been closed by the other side just then; nothing was answered, so a read may be asked again.
      if (asked.body || !isReset(error)) throw troubleOf(error);
      return await exchange(step, upstream, headers, asked).catch((again: unknown) => Promise.reject(troubleOf(again)));
    }
  }

  async function exchange({ to, address, same }: Step, upstream: Upstream, headers: OutgoingHttpHeaders, asked: Asked): Promise<IncomingMessage> {
    const secure = to.protocol === 'https:';
    const agent = await agents.for(same ? upstream.connection : withoutCertificate(upstream.connection), secure);
    return new Promise((resolve, reject) => {
      const request = (secure ? httpsRequest : httpRequest)({
        ...to,
        method: asked.method ?? 'GET',
        agent,
        headers,
        ...(address && { lookup: onlyTo(address) }),
        maxHeaderSize: 65_536,
        ...(asked.signal && { signal: asked.signal }),
      });
      const patience = Math.min(limits.answerMs, (asked.until ?? Number.POSITIVE_INFINITY) - performance.now());
      const timer = setTimeout(() => request.destroy(new UpstreamTrouble(504, 'the registry does not answer')), patience);
      request.on('socket', (socket) => {
        if (!socket.connecting) return;
        const connecting = setTimeout(() => request.destroy(new UpstreamTrouble(504, 'the registry cannot be reached')), limits.connectMs);
        const done = () => clearTimeout(connecting);
        socket.once('connect', done).once('close', done);
      });
      request.on('response', (response) => {
        clearTimeout(timer);
        response.setTimeout(limits.idleMs, () => response.destroy(new UpstreamTrouble(504, 'the registry stopped in the middle of its answer')));
        resolve(response);
      });
      request.on('error', (error) => {
        clearTimeout(timer);
        reject(error);
      });
      if (asked.body) asked.body.pipe(request);
      else request.end();
    });
  }

  /** The answer over a connection of our own, where that is a plain matter. */
  async function plainly({ to }: Step, upstream: Upstream, asked: Asked, headers: DocumentHeaders, until: number): Promise<HttpAnswer | undefined> {
    if (upstream.connection?.proxy !== undefined || asked.signal) return undefined;
    const authorization = await authorizationFor(upstream, asked);
    const agent = await agents.for(upstream.connection, to.protocol === 'https:');
    return await plain.ask({ to, agent, headers: { ...headers, ...(authorization !== undefined && { authorization }) }, until });
  }

  return {
    open,
    async document(upstream, path, asked) {
      const headers = { accept: asked.accept, 'accept-encoding': 'gzip', ...(asked.etag && { 'if-none-match': asked.etag }) };
      const until = performance.now() + limits.totalMs;
      const wanted = { etag: asked.etag, most: limits.documentBytes };
      const first: Step = { to: baseOf(upstream).at(path), same: true };
      const answer = await plainly(first, upstream, asked, headers, until);
      const location = answer && isRedirect(answer.status) ? answer.headers.get('location') : undefined;
      if (answer && location === undefined) {
        const header = (name: DocumentHeader) => answer.headers.get(name);
        return await documentIn(answer.status, header, () => answer.whole(), wanted);
      }
      const next = location === undefined ? first : await stepOn(first, location, upstream, 0);
      const response = await openFrom(next, upstream, { ...asked, headers, until }, location === undefined ? 0 : 1);
      if (response.statusCode !== 200) response.resume();
      const header = (name: DocumentHeader) => response.headers[name];
      return await documentIn(response.statusCode ?? 0, header, () => bodyOf(response, wanted.most, until), wanted);
    },
    close() {
      agents.close();
      plain.close();
    },
  };
}

type DocumentHeaders = Readonly<Record<string, string>>;

/** A step on the way to an answer. */
interface Step extends Omit<Redirect, 'url'> {
  readonly to: Target;
}

/** Our own certificate is for the registry alone. */
function withoutCertificate(connection: Connection | undefined): Connection | undefined {
  if (!connection) return undefined;
  const { cert: _cert, key: _key, ...rest } = connection;
  return rest;
}

/** Connects to the address that was looked at: a name may lead elsewhere a moment later. */
function onlyTo({ address, family }: { readonly address: string; readonly family: number }): LookupFunction {
  return (_hostname, options, done) => (options.all ? done(null, [{ address, family }]) : done(null, address, family));
}

/** The upstream a package name is served from. */
export function upstreamFor(upstreams: Upstreams, name: string | undefined): Upstream {
  return (name?.startsWith('@') && upstreams.scopes.get(name.slice(0, name.indexOf('/')))) || upstreams.main;
}

/** The credentials of a client, where they may be sent to the upstream of this name. */
export function credentialsFor(upstreams: Upstreams, name: string | undefined, authorization: string | undefined): string | undefined {
  const meant = upstreams.credentialsTo === 'main' ? upstreams.main : upstreams.scopes.get(upstreams.credentialsTo);
  return meant === upstreamFor(upstreams, name) ? authorization : undefined;
}

/** The proxy's own credentials for a registry, else those that came with the question. */
async function authorizationFor(upstream: Upstream, asked: Asked): Promise<string | undefined> {
  try {
    return (await upstream.authorization?.()) ?? asked.authorization;
  } catch (error) {
    // Without its credentials the request would be somebody else's.
    throw new UpstreamTrouble(502, error instanceof Error ? error.message : 'the credentials could not be had');
  }
}

function isRedirect(status: number | undefined): boolean {
  return status === 301 || status === 302 || status === 303 || status === 307 || status === 308;
}
