/** Load on one path over raw sockets: `node proxy-load.mjs URL PATH CONNECTIONS MS`. Prints requests per second and latencies as JSON. */
import { connect } from 'node:net';

const [url, path, connections, ms] = process.argv.slice(2);
const { hostname, port, host } = new URL(url);
const question = `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nAccept: application/json\r\nUser-Agent: npm/11.0.0 node/v20.0.0\r\n\r\n`;
const latencies = [];
const started = performance.now();
const until = started + Number(ms);
let failed = 0;

await Promise.all(Array.from({ length: Number(connections) }, () => worker()));
latencies.sort((a, b) => a - b);
const at = (share) => Number((latencies[Math.floor(latencies.length * share)] ?? Number.NaN).toFixed(2));
console.log(JSON.stringify({ rate: Math.round((latencies.length / (performance.now() - started)) * 1000), p50: at(0.5), p99: at(0.99), failed }));

function worker() {
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname);
    let wanted = -1;
    let head = '';
    let sent = 0;
    const ask = () => {
      if (performance.now() >= until) {
        socket.destroy();
        return resolve();
      }
      wanted = -1;
      head = '';
      sent = performance.now();
      socket.write(question);
    };
    socket.setNoDelay(true);
    socket.on('connect', ask);
    socket.on('error', () => resolve());
    socket.on('data', (piece) => {
      if (wanted < 0) {
        head += piece.toString('latin1');
        const end = head.indexOf('\r\n\r\n');
        if (end < 0) return;
        const length = /content-length: (\d+)/i.exec(head.slice(0, end));
        const chunked = !length;
        if (!head.startsWith('HTTP/1.1 200')) failed++;
        wanted = chunked ? Number.POSITIVE_INFINITY : Number(length[1]) - (head.length - end - 4);
        if (chunked && head.endsWith('0\r\n\r\n')) wanted = 0;
        head = '';
      } else if (wanted === Number.POSITIVE_INFINITY) {
        if (piece.subarray(-5).toString('latin1') === '0\r\n\r\n') wanted = 0;
      } else wanted -= piece.length;
      if (wanted <= 0) {
        latencies.push(performance.now() - sent);
        ask();
      }
    });
  });
}
