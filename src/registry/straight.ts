/** A GET straight to the registry: by node's client, or by our own where the answer is of the plain form. */
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { NpmOptions } from './config.ts';
import { firstOf, type Get, type Reply, trouble, type Whole } from './get.ts';
import { Doubt } from './http-answer.ts';
import { type Lines, plainGet } from './plain-get.ts';
import { codeOf } from './redact.ts';
import { wayOf } from './way.ts';

const mostRedirects = 5;

/** The answer of whoever the redirects lead to. */
export async function getStraight(request: Get, address = request.url, redirects = 0): Promise<Reply> {
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

const lines = new WeakMap<NpmOptions, Lines>();

/** Read by ourselves; throws a Doubt where node's client is to be asked instead. */
export async function getPlain(request: Get, limit: number): Promise<Whole> {
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
