/**
 * A bare hop: `node proxy-hop.mjs UPSTREAM` passes every request on and streams the answer back, nothing else. With a module that
 * opens a verdict and a folder with a policy, each document is judged before it is passed back, unchanged, with the time the verdict
 * took in a header. Prints its address.
 */
import { Agent, request as ask, createServer } from 'node:http';

const [url, module, folder] = process.argv.slice(2);
const upstream = new URL(url);
const agent = new Agent({ keepAlive: true, maxSockets: 48 });
const verdict = module && (await (await import(module)).openVerdict(folder));
const server = createServer((request, response) => {
  const onwards = ask({
    host: upstream.hostname,
    port: upstream.port,
    path: request.url,
    agent,
    headers: { accept: request.headers.accept ?? '*/*' },
  });
  onwards.on('response', (answer) => {
    if (verdict && request.url.lastIndexOf('/') === 0) return void judged(request.url.slice(1), answer, response);
    response.writeHead(answer.statusCode, answer.headers);
    answer.pipe(response);
  });
  onwards.on('error', () => response.destroy());
  onwards.end();
});
server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}/`));

function judged(name, answer, response) {
  const parts = [];
  answer.on('data', (part) => parts.push(part));
  answer.on('end', async () => {
    const bytes = Buffer.concat(parts);
    const started = performance.now();
    await verdict(name, bytes);
    const ms = performance.now() - started;
    response.writeHead(answer.statusCode, { ...answer.headers, 'x-verdict-ms': ms });
    response.end(bytes);
  });
}
