/** The registry of the proxy bench: documents and tarballs from memory. Prints its address. `node proxy-upstream.mjs N` holds N more packages, `bench-many-0` and on. */
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import { gzipSync } from 'node:zlib';

const files = new Map();
const large = packed('bench-middle', noise(34_000));

const server = createServer((request, response) => {
  const bytes = files.get(request.url);
  if (!bytes) return response.writeHead(404, { 'content-length': 0 }).end();
  const etag = `"${bytes.length}"`;
  if (request.headers['if-none-match'] === etag) return response.writeHead(304, { etag }).end();
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': bytes.length, etag }).end(bytes);
});
server.listen(0, '127.0.0.1', () => {
  const url = `http://127.0.0.1:${server.address().port}/`;
  // About the sizes of ms, debug and typescript.
  add('bench-small', 30, 22_000, url);
  add('bench-middle', 77, 57_000, url);
  add('bench-large', 3400, 6_500_000, url);
  for (let i = 0; i < Number(process.argv[2] ?? 0); i++) add(`bench-many-${i}`, 30, 22_000, url, packed(`bench-many-${i}`, noise(8000), source(i)));
  files.set('/-/ping', Buffer.from('{}'));
  console.log(url);
});

function add(name, count, size, url, tarball = large) {
  const integrity = `sha512-${createHash('sha512').update(tarball).digest('base64')}`;
  const filler = 'x'.repeat(Math.max(0, Math.floor(size / count) - 420));
  const versions = {};
  const time = { created: '2015-01-01T00:00:00.000Z', modified: '2020-01-01T00:00:00.000Z' };
  for (let i = 0; i < count; i++) {
    const version = `1.${i}.0`;
    versions[version] = {
      name,
      version,
      description: filler,
      _npmUser: { name: 'owner', email: 'owner@mail.example' },
      maintainers: [{ name: 'owner', email: 'owner@mail.example' }],
      dist: { integrity, tarball: `${url}${name}/-/${name}-${version}.tgz` },
    };
    time[version] = new Date(Date.UTC(2015, 0, 1) + i * 40_000_000).toISOString();
    files.set(`/${name}/-/${name}-${version}.tgz`, tarball);
  }
  // The newest three are hours old: withheld by the waiting time.
  for (const i of [1, 2, 3]) time[`1.${count - i}.0`] = new Date(Date.now() - i * 3_600_000).toISOString();
  files.set(`/${name}`, Buffer.from(JSON.stringify({ _id: name, name, 'dist-tags': { latest: `1.${count - 1}.0` }, versions, time })));
}

function packed(name, data, code = '') {
  const manifest = JSON.stringify({ name, version: '1.0.0' });
  const entries = [tarEntry('package/package.json', manifest), tarEntry('package/index.js', code), tarEntry('package/data.bin', data)];
  return gzipSync(Buffer.concat([...entries, Buffer.alloc(1024)]));
}

/** Some ordinary code, another one for each package. */
function source(seed) {
  return Array.from({ length: 60 }, (_, i) => `exports.f${seed}_${i} = function (a, b) { return (a || []).map((x) => x * ${i} + b) };`).join('\n');
}

function tarEntry(path, body) {
  const bytes = Buffer.from(body);
  const header = Buffer.alloc(512);
  header.write(path, 0);
  header.write('0000644\0', 100);
  header.write(`${bytes.length.toString(8).padStart(11, '0')} `, 124);
  header.write('00000000000 ', 136);
  header.write('0', 156);
  header.write('ustar\u000000', 257, 'latin1');
  header.write('        ', 148);
  header.write(
    `${header
      .reduce((sum, byte) => sum + byte, 0)
      .toString(8)
      .padStart(6, '0')}\0 `,
    148,
  );
  return Buffer.concat([header, bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)]);
}

function noise(size) {
  const bytes = Buffer.alloc(size);
  let state = 42;
  for (let i = 0; i < size; i++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    bytes[i] = state >>> 16;
  }
  return bytes;
}
