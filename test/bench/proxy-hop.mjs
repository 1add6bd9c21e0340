/** A bare hop: `node proxy-hop.mjs UPSTREAM` passes every request on and streams the answer back, nothing else. Prints its address. */
import { Agent, request as ask, createServer } from 'node:http';

const upstream = new URL(process.argv[2]);
const agent = new Agent({ keepAlive: true, maxSockets: 48 });
const server = createServer((request, response) => {
  const onwards = ask({
    host: upstream.hostname,
    port: upstream.port,
    path: request.url,
    agent,
    headers: { accept: request.headers.accept ?? '*/*' },
  });
  onwards.on('response', (answer) => {
    response.writeHead(answer.statusCode, answer.headers);
    answer.pipe(response);
  });
  onwards.on('error', () => response.destroy());
  onwards.end();
});
server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}/`));
