import { createSign, generateKeyPairSync } from 'node:crypto';
import { createSocket } from 'node:dgram';

/** A certificate that a host signs for itself, made anew: PEM. ASN.1 as of RFC 5280, the least of it that TLS asks for. */
export function selfSigned(host: string): { key: string; cert: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const ecdsaSha256 = sequence(Buffer.from('06082a8648ce3d040302', 'hex'));
  const commonName = sequence(
    der(0x31, sequence(Buffer.concat([Buffer.from('0603550403', 'hex'), der(0x0c, Buffer.from(host))]))),
  );
  const year = new Date().getUTCFullYear();
  const validity = sequence(Buffer.concat([`${year - 1}`, `${year + 1}`].map((y) => time(`${y}0101000000Z`))));
  const names = sequence(der(0x82, Buffer.from(host)));
  const subjectAltName = sequence(Buffer.concat([Buffer.from('0603551d11', 'hex'), der(0x04, names)]));
  const body = sequence(
    Buffer.concat([
      der(0xa0, Buffer.from('020102', 'hex')),
      der(0x02, Buffer.from([1])),
      ecdsaSha256,
      commonName,
      validity,
      commonName,
      publicKey.export({ type: 'spki', format: 'der' }),
      der(0xa3, sequence(subjectAltName)),
    ]),
  );
  const signature = createSign('sha256').update(body).sign(privateKey);
  const certificate = sequence(
    Buffer.concat([body, ecdsaSha256, der(0x03, Buffer.concat([Buffer.from([0]), signature]))]),
  );
  const lines = certificate.toString('base64').match(/.{1,64}/g) ?? [];
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`,
  };
}

function sequence(content: Buffer): Buffer {
  return der(0x30, content);
}

function time(text: string): Buffer {
  return der(0x18, Buffer.from(text));
}

function der(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

/** What a small DNS server says of a name: its records, a failure (RFC 1035 response code), or nothing at all. */
export type DnsAnswer = { a?: readonly string[]; aaaa?: readonly string[]; code?: number } | 'silent';

const TYPE_A = 1;
const TYPE_AAAA = 28;

/** A DNS server on the loopback. Resolves to its address, as `Resolver.setServers` takes it. */
export async function startDns(answers: Readonly<Record<string, DnsAnswer>>) {
  const socket = createSocket('udp4');
  socket.on('message', (query, { port, address }) => {
    let at = 12;
    const labels: string[] = [];
    for (let size = query[at] ?? 0; size > 0; size = query[at] ?? 0) {
      labels.push(query.toString('latin1', at + 1, at + 1 + size));
      at += 1 + size;
    }
    const question = query.subarray(12, at + 5);
    const type = query.readUInt16BE(at + 1);
    const answer = answers[labels.join('.').toLowerCase()] ?? { code: 3 };
    if (answer === 'silent') return;
    const records = ((type === TYPE_A ? answer.a : type === TYPE_AAAA ? answer.aaaa : []) ?? []).map((text) =>
      record(type, text),
    );
    const head = Buffer.alloc(12);
    query.copy(head, 0, 0, 2);
    head.writeUInt16BE(0x8180 | (answer.code ?? 0), 2);
    head.writeUInt16BE(1, 4);
    head.writeUInt16BE(records.length, 6);
    socket.send(Buffer.concat([head, question, ...records]), port, address);
  });
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  return { address: `127.0.0.1:${socket.address().port}`, close: () => socket.close() };
}

function record(type: number, text: string): Buffer {
  const bytes =
    type === TYPE_A
      ? Buffer.from(text.split('.').map(Number))
      : Buffer.from(
          text
            .split(':')
            .map((group) => group.padStart(4, '0'))
            .join(''),
          'hex',
        );
  const head = Buffer.from('c00c00000001000000000000', 'hex');
  head.writeUInt16BE(type, 2);
  head.writeUInt16BE(bytes.length, 10);
  return Buffer.concat([head, bytes]);
}
