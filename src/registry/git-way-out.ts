/**
 * The way out of git: it waits two minutes for a host whose packets vanish, and nothing can be set against that. So it is led through a
 * proxy of our own on the loopback interface, which passes bytes on as they are and gives up on a connection that is not made in time.
 */
import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, isIP, type LookupFunction, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { guardedLookup } from './guarded-lookup.ts';
import { isPrivateAddress } from './private-address.ts';

/** An open way out; `undefined` address where none could be opened. */
export interface WayOut {
  readonly address: string | undefined;
  /** What became of it: more came in than was allowed, or a host could not be reached. */
  trouble(): 'exceeded' | 'unreached' | undefined;
  close(): void;
}

/** Where it may lead, and how much may come back. */
export interface WayLimits {
  /** False: nowhere inside this network. */
  readonly inside: boolean;
  readonly limitBytes: number;
}

/** Where it leads, and what it tells. */
interface Way {
  readonly patience: number;
  readonly isBarred: (host: string) => boolean;
  readonly lookup?: LookupFunction;
  readonly held: <T extends Duplex>(socket: T) => T;
  readonly count: (there: Duplex | IncomingMessage) => void;
  readonly unreached: () => void;
}

/** Opens the way for as long as one resolution takes. */
export async function openWayOut(
  patience: number,
  { inside, limitBytes }: WayLimits = { inside: true, limitBytes: Number.POSITIVE_INFINITY },
): Promise<WayOut> {
  const open = new Set<Duplex>();
  const held = <T extends Duplex>(socket: T): T => {
    open.add(socket);
    socket.on('error', () => socket.destroy()).once('close', () => open.delete(socket));
    return socket;
  };
  let left = limitBytes;
  let isLost = false;
  const way: Way = {
    patience,
    held,
    isBarred: (host) => !inside && isIP(host) !== 0 && isPrivateAddress(host),
    ...(!inside && { lookup: guardedLookup(inside) }),
    count: (there) =>
      void there.on('data', (piece: Buffer) => {
        left -= piece.length;
        if (left < 0) there.destroy(new Error('more than was allowed'));
      }),
    unreached: () => {
      isLost = true;
    },
  };
  // Others on this machine have no business here.
  const secret = randomBytes(16).toString('hex');
  const expected = `Basic ${Buffer.from(`git:${secret}`).toString('base64')}`;
  const isGit = (asked: IncomingMessage) => asked.headers['proxy-authorization'] === expected;
  const server = createServer((asked, answer) => (isGit(asked) ? passOn(asked, answer, way) : end(answer, 407)));
  server.on('connection', held);
  server.on('connect', (asked: IncomingMessage, from: Duplex, head: Buffer) => {
    if (isGit(asked)) tunnel(asked.url ?? '', held(from), head, way);
    else held(from).end(refusal(407));
  });
  const address = await new Promise<string | undefined>((resolve) => {
    server.once('error', () => resolve(undefined));
    server.listen(0, '127.0.0.1', () => resolve(`http://git:${secret}@127.0.0.1:${(server.address() as AddressInfo).port}`));
  });
  server.unref();
  return {
    address,
    trouble: () => (left < 0 ? 'exceeded' : isLost ? 'unreached' : undefined),
    close() {
      server.close();
      for (const socket of open) socket.destroy();
    },
  };
}

function tunnel(to: string, from: Duplex, head: Buffer, { patience, isBarred, lookup, held, count, unreached }: Way): void {
  const host = /^(?:\[([0-9a-f:.]+)\]|([^:/[\]]+)):(\d{1,5})$/i.exec(to);
  const name = host?.[1] ?? host?.[2];
  if (name === undefined || Number(host?.[3]) > 65_535) return void from.end(refusal(400));
  if (isBarred(name)) return void from.end(refusal(403));
  const there = held(connect({ host: name, port: Number(host?.[3]), ...(lookup && { lookup }) }));
  let made = false;
  const missed = (status: number): void => {
    unreached();
    from.end(refusal(status));
  };
  giveUpLate(there, patience, () => missed(504));
  there.once('error', () => (made ? from.destroy() : missed(502)));
  there.once('connect', () => {
    made = true;
    from.write('HTTP/1.1 200 Connection established\r\n\r\n');
    if (head.length > 0) there.write(head);
    count(there);
    there.pipe(from).pipe(there);
  });
  from.once('close', () => there.destroy());
}

function refusal(status: number): string {
  return `HTTP/1.1 ${status} Not reached\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`;
}

/** Plain HTTP, asked for with the whole address. */
function passOn(asked: IncomingMessage, answer: ServerResponse, { patience, isBarred, lookup, count, unreached }: Way): void {
  const url = URL.canParse(asked.url ?? '') ? new URL(asked.url ?? '') : undefined;
  if (url?.protocol !== 'http:') return void end(answer, 400);
  if (isBarred(url.hostname.replace(/^\[|\]$/g, ''))) return void end(answer, 403);
  const headers = asked.rawHeaders.flatMap((name, index, all) => (index % 2 === 0 && !/^proxy-/i.test(name) ? [name, all[index + 1] ?? ''] : []));
  const there = request(url, { method: asked.method ?? 'GET', headers, agent: false, setHost: false, ...(lookup && { lookup }) });
  const missed = (status: number): void => {
    unreached();
    end(answer, status);
  };
  there.once('socket', (socket: Socket) => giveUpLate(socket, patience, () => missed(504)));
  there.once('error', () => (answer.headersSent ? answer.destroy() : missed(502)));
  there.once('response', (said) => {
    answer.writeHead(said.statusCode ?? 502, said.rawHeaders);
    count(said);
    said.once('error', () => answer.destroy()).pipe(answer);
  });
  answer.once('close', () => there.destroy());
  asked.pipe(there);
}

function end(answer: ServerResponse, status: number): void {
  if (!answer.headersSent) answer.writeHead(status, { connection: 'close' });
  answer.end();
}

function giveUpLate(socket: Socket, patience: number, said: () => void): void {
  const timer = setTimeout(() => {
    said();
    socket.destroy();
  }, patience);
  for (const event of ['connect', 'close']) socket.once(event, () => clearTimeout(timer));
}
