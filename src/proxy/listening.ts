/** The proxy's own socket: limits on what clients may do to it, and a stop that finishes what was begun. */
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { DepwardError } from '../model/errors.ts';
import { printable } from '../model/text.ts';

/** Makes the server; it does not listen yet. */
export function hardenedServer(listener: RequestListener): Server {
  const server = createServer(serverLimits, (request, response) => {
    if (hasTwoHosts(request)) response.writeHead(400, { connection: 'close', 'content-length': 0 }).end();
    else listener(request, response);
  });
  harden(server);
  return server;
}

/** Whoever stands before us may have looked at the other one. Node takes the first. */
function hasTwoHosts({ rawHeaders }: IncomingMessage): boolean {
  let hosts = 0;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] as string;
    if (name.length === 4 && name.toLowerCase() === 'host') hosts += 1;
  }
  return hosts > 1;
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

/** Listens, or says what is in the way. */
export async function listen(server: Server, host: string, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const hint = cause.code === 'EADDRINUSE' ? 'another program listens there; --listen HOST:PORT chooses another port' : 'see --listen HOST:PORT';
      reject(new DepwardError('config', `cannot listen on ${printable(host)}:${port} (${cause.code ?? cause.message})`, { hint, cause }));
    });
    server.listen(port, host, () => resolve());
  });
}

/** Takes nothing new; cuts off after `graceMs` what is still under way. */
export async function stop(server: Server, graceMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  // A connection becomes idle when its answer is out, and would be kept open for the next question.
  const idle = setInterval(() => server.closeIdleConnections(), 20);
  const timer = setTimeout(() => server.closeAllConnections(), graceMs);
  await closed;
  clearInterval(idle);
  clearTimeout(timer);
}
