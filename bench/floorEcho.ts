import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Answers every request with as many bytes as the simulator does, and does nothing else. */
const body = Buffer.alloc(Number(process.env['FLOOR_REPLY_BYTES']), 'x');
const headers = { 'content-type': 'application/json', 'content-length': body.length };

const server = createServer((request, response) => {
  request.resume();
  request.on('end', () => response.writeHead(200, headers).end(body));
});
server.keepAliveTimeout = 72_000;
server.listen(0, '127.0.0.1', () =>
  process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}\n`),
);
process.once('SIGTERM', () => process.exit(0));
process.once('SIGINT', () => process.exit(0));
