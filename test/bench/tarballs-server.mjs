/** Serves the tarballs it is sent, by their number. */
import { createServer } from 'node:http';

process.once('message', (packed) => {
  const server = createServer((request, response) => {
    const bytes = packed[Number(request.url.slice(1).replace('.tgz', ''))];
    response.writeHead(200, { 'content-length': bytes.length });
    response.end(bytes);
  });
  server.listen(0, '127.0.0.1', () => process.send(server.address().port));
});
process.once('disconnect', () => process.exit());
