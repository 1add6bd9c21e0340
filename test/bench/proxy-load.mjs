/**
 * Load on one path over raw sockets: `node proxy-load.mjs URL PATH CONNECTIONS MS [REQUESTS]`. Prints requests per second and
 * latencies as JSON. Each connection reads into one buffer of its own, and only the head of an answer is looked at: what is
 * measured is the server.
 */
import { connect } from 'node:net';

const [url, path, connections, ms, most = 'Infinity'] = process.argv.slice(2);
const { hostname, port, host } = new URL(url);
const question = Buffer.from(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\nAccept: application/json\r\nUser-Agent: npm/11.0.0 node/v20.0.0\r\n\r\n`);
const nothing = Buffer.alloc(0);
const endOfHead = Buffer.from('\r\n\r\n');
const latencies = [];
const started = performance.now();
const until = started + Number(ms);
let failed = 0;
let left = Number(most);

await Promise.all(Array.from({ length: Number(connections) }, () => worker()));
const seconds = (performance.now() - started) / 1000;
latencies.sort((a, b) => a - b);
const at = (share) => Number((latencies[Math.floor(latencies.length * share)] ?? Number.NaN).toFixed(2));
console.log(
  JSON.stringify({ requests: latencies.length, rate: Math.round(latencies.length / seconds), p50: at(0.5), p99: at(0.99), p999: at(0.999), failed }),
);

function worker() {
  return new Promise((resolve) => {
    const buffer = Buffer.allocUnsafe(262_144);
    let held = 0;
    let wanted = -1;
    let sent = 0;
    const ask = () => {
      sent = performance.now();
      if (sent >= until || left-- <= 0) {
        socket.destroy();
        return resolve();
      }
      held = 0;
      wanted = -1;
      socket.write(question);
    };
    const read = (size) => {
      if (wanted < 0) {
        // A copy of every answer would be work of the measuring, as much as the server's own.
        const head = pending.length === 0 ? buffer.subarray(0, size) : Buffer.concat([pending, buffer.subarray(0, size)]);
        const end = head.indexOf(endOfHead);
        if (end < 0) {
          pending = Buffer.from(head);
          return true;
        }
        pending = nothing;
        const text = head.toString('latin1', 0, end);
        const length = /content-length: (\d+)/i.exec(text);
        if (!text.startsWith('HTTP/1.1 200')) failed++;
        // Without a length the end is told by the last chunk: looked for at the end of what was read.
        wanted = length ? Number(length[1]) + end + 4 : Number.POSITIVE_INFINITY;
        held = head.length;
      } else held += size;
      const over = wanted === Number.POSITIVE_INFINITY ? buffer.toString('latin1', size - 5, size) === '0\r\n\r\n' : held >= wanted;
      if (over) {
        latencies.push(performance.now() - sent);
        ask();
      }
      return true;
    };
    let pending = nothing;
    const socket = connect({ port: Number(port), host: hostname, noDelay: true, onread: { buffer, callback: read } }, ask);
    socket.on('error', () => resolve());
    socket.on('close', () => resolve());
  });
}
