/**
 * The way out of git: it waits two minutes for a host whose packets vanish, and nothing can be set against that. So it is led through a
 * proxy of our own on the loopback interface, which passes bytes on as they are and gives up on a connection that is not made in time.
 */
import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** An open way out; `undefined` address where none could be opened. */
export interface WayOut {
  readonly address: string | undefined;
  close(): void;
}

/** Opens the way for as long as one resolution takes. */
export async function openWayOut(patience: number): Promise<WayOut> {
  const open = new Set<Duplex>();
  const held = <T extends Duplex>(socket: T): T => {
    open.add(socket);
    socket.on('error', () => socket.destroy()).once('close', () => open.delete(socket));
    return socket;
  };
  // Others on this machine have no business here.
  const secret = randomBytes(16).toString('hex');
  const expected = `Basic ${Buffer.from(`git:${secret}`).toString('base64')}`;
  const isGit = (asked: IncomingMessage) => asked.headers['proxy-authorization'] === expected;
  const server = createServer((asked, answer) => (isGit(asked) ? passOn(asked, answer, patience) : end(answer, 407)));
  server.on('connection', held);
  server.on('connect', (asked: IncomingMessage, from: Duplex, head: Buffer) => {
    if (isGit(asked)) tunnel(asked.url ?? '', held(from), head, patience, held);
    else held(from).end(refusal(407));
  });
  const address = await new Promise<string | undefined>((resolve) => {
    server.once('error', () => resolve(undefined));
    server.listen(0, '127.0.0.1', () => resolve(`http://git:${secret}@127.0.0.1:${(server.address() as AddressInfo).port}`));
  });
  server.unref();
  return {
    address,
    close() {
      server.close();
      for (const socket of open) socket.destroy();
    },
  };
}

function tunnel(to: string, from: Duplex, head: Buffer, patience: number, held: <T extends Duplex>(socket: T) => T): void {
  const host = /^(?:\[([0-9a-f:.]+)\]|([^:/[\]]+)):(\d{1,5})$/i.exec(to);
  const name = host?.[1] ?? host?.[2];
  if (name === undefined || Number(host?.[3]) > 65_535) return void from.end(refusal(400));
  const there = held(connect({ host: name, port: Number(host?.[3]) }));
  let made = false;
  giveUpLate(there, patience, () => from.end(refusal(504)));
  there.once('error', () => (made ? from.destroy() : from.end(refusal(502))));
  there.once('connect', () => {
    made = true;
    from.write('HTTP/1.1 200 Connection established\r\n\r\n');
    if (head.length > 0) there.write(head);
    there.pipe(from).pipe(there);
  });
  from.once('close', () => there.destroy());
}

function refusal(status: number): string {
  return `HTTP/1.1 ${status} Not reached\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`;
}

/** Plain HTTP, asked for with the whole address. */
function passOn(asked: IncomingMessage, answer: ServerResponse, patience: number): void {
  const url = URL.canParse(asked.url ?? '') ? new URL(asked.url ?? '') : undefined;
  if (url?.protocol !== 'http:') {
    end(answer, 400);
    return;
  }
  const headers = asked.rawHeaders.flatMap((name, index, all) => (index % 2 === 0 && !/^proxy-/i.test(name) ? [name, all[index + 1] ?? ''] : []));
  const there = request(url, { method: asked.method ?? 'GET', headers, agent: false, setHost: false });
  there.once('socket', (socket: Socket) => giveUpLate(socket, patience, () => end(answer, 504)));
  there.once('error', () => (answer.headersSent ? answer.destroy() : end(answer, 502)));
  there.once('response', (said) => {
    answer.writeHead(said.statusCode ?? 502, said.rawHeaders);
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
