// A server that receives Florin's webhooks. Node 20 or newer; nothing to install.
//   WEBHOOK_SECRET=whsec_… LISTEN_ON=4242 node receiveWebhooks.mjs
import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';

const TOLERANCE_S = 5 * 60;
const BODY_BYTES_MAX = 1024 * 1024;
const secret = process.env.WEBHOOK_SECRET ?? '';
if (!secret.startsWith('whsec_')) throw new Error('WEBHOOK_SECRET is not set');

/** Throws unless the message was signed with our secret, for this id, a moment ago. `body` is the text as it came, not parsed and written again. */
export function verify(headers, body) {
  const id = headers['webhook-id'] ?? '';
  const timestamp = headers['webhook-timestamp'] ?? '';
  const ageS = Math.abs(Date.now() / 1000 - Number(timestamp));
  if (!/^\d+$/.test(timestamp) || ageS > TOLERANCE_S) throw new Error('too old, or from the future');
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
  const expected = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest();
  // While a secret is being replaced there are two signatures: one that fits is enough.
  const fits = (headers['webhook-signature'] ?? '').split(' ').some((part) => {
    const [version, signature = ''] = part.split(',');
    const given = Buffer.from(signature, 'base64');
    return version === 'v1' && given.length === expected.length && timingSafeEqual(given, expected);
  });
  if (!fits) throw new Error('the signature does not fit');
  return JSON.parse(body);
}

// In a real shop both are in its database: the id in a unique column, in the transaction that does the work.
const seen = new Set();
const newest = new Map();

function handle(event) {
  // The same event again, because our answer was lost, or somebody replayed it.
  if (seen.has(event.id)) return;
  seen.add(event.id);
  // Events may come out of their order. `data` is the whole object as it was then: an older one is old news. By object: a refund's events don't
  // show the payment, so they don't make an event of the payment old.
  const { id } = event.data;
  if (event.sequence !== null && event.sequence < (newest.get(id) ?? 0)) return;
  newest.set(id, event.sequence ?? 0);
  const payment = event.data.object === 'refund' ? event.data.payment : id;
  console.log(`${event.type} ${payment} ${event.data.status ?? ''}`.trim());
}

createServer((request, response) => {
  const chunks = [];
  let bytes = 0;
  request.on('data', (chunk) => {
    bytes += chunk.length;
    if (bytes > BODY_BYTES_MAX) request.destroy();
    else chunks.push(chunk);
  });
  request.on('end', () => {
    try {
      handle(verify(request.headers, Buffer.concat(chunks).toString('utf8')));
      response.writeHead(204).end();
    } catch (error) {
      response.writeHead(400, { 'content-type': 'text/plain' }).end(error.message);
    }
  });
}).listen(Number(process.env.LISTEN_ON ?? 4242), '127.0.0.1', function () {
  console.log(`listening on ${this.address().port}`);
});
