import { createHmac, createPublicKey } from 'node:crypto';
import { type CryptoKey, EncryptJWT, exportJWK, importJWK } from 'jose';
import type { FakeIssuer, IssuerKey } from './fakeIssuer.ts';
import { makeKey } from './fakeIssuer.ts';

export type Forgery = { name: string; make: (issuer: FakeIssuer) => Promise<string> | string };

const HOUR_S = 3600;
const now = () => Math.floor(Date.now() / 1000);
const base64 = (value: object | string) =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
const says = (name: string, changes: object): Forgery => ({ name, make: (issuer) => issuer.sign(changes) });
const heads = (name: string, header: object): Forgery => ({ name, make: (issuer) => issuer.sign({}, { header }) });

/** Signed with another key, whatever the header says about it. */
function signedByAnother(
  name: string,
  alg: 'RS256' | 'ES256' | 'EdDSA',
  header: (own: IssuerKey) => object = () => ({}),
) {
  const make = async (issuer: FakeIssuer) => {
    const own = await makeKey(alg, issuer.keys[alg].kid);
    return await issuer.sign({}, { key: own, header: header(own) });
  };
  return { name, make };
}

function unsigned(alg: string): Forgery {
  return { name: `alg ${alg}`, make: ({ claims }) => `${base64({ alg, typ: 'at+jwt' })}.${base64(claims())}.` };
}

/** The public key as if it were a shared secret. */
function confused(name: string, secretOf: (key: IssuerKey) => string | Buffer): Forgery {
  const make = ({ claims, keys: { RS256: key } }: FakeIssuer) => {
    const input = `${base64({ alg: 'HS256', kid: key.kid, typ: 'at+jwt' })}.${base64(claims())}`;
    return `${input}.${createHmac('sha256', secretOf(key)).update(input).digest('base64url')}`;
  };
  return { name, make };
}

const pem = ({ jwk }: IssuerKey, format: 'pem' | 'der') =>
  createPublicKey({ key: jwk as Record<string, string>, format: 'jwk' }).export({ type: 'spki', format } as {
    type: 'spki';
    format: 'pem';
  });

/** A good token of the kind, with other bytes for its signature. */
function resigned(
  name: string,
  alg: 'ES256' | 'EdDSA' | 'RS256',
  change: (signature: Buffer) => Buffer | string,
): Forgery {
  const make = async (issuer: FakeIssuer) => {
    const token = await issuer.sign({}, { key: issuer.keys[alg] });
    const cut = token.lastIndexOf('.') + 1;
    const changed = change(Buffer.from(token.slice(cut), 'base64url'));
    return token.slice(0, cut) + (typeof changed === 'string' ? changed : changed.toString('base64url'));
  };
  return { name, make };
}

/** A good token with one of its parts exchanged after it was signed. */
function altered(name: string, part: 0 | 1, change: (value: Record<string, unknown>) => object): Forgery {
  const make = async (issuer: FakeIssuer) => {
    const parts = (await issuer.sign()).split('.');
    const value = JSON.parse(Buffer.from(parts[part] ?? '', 'base64url').toString()) as Record<string, unknown>;
    parts[part] = base64(change(value));
    return parts.join('.');
  };
  return { name, make };
}

/** RFC 8032: s is less than the order L; s + L would give the same point. */
function addOrder(signature: Buffer): Buffer {
  const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;
  const s = BigInt(`0x${Buffer.from(signature.subarray(32)).reverse().toString('hex')}`) + ORDER;
  return Buffer.concat([signature.subarray(0, 32), Buffer.from(s.toString(16).padStart(64, '0'), 'hex').reverse()]);
}

/** The same signature to a decoder that ignores the two or four bits that are left over. */
function respelled(signature: Buffer): string {
  const text = signature.toString('base64url');
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  const last = alphabet.indexOf(text.slice(-1));
  return text.slice(0, -1) + alphabet[last ^ 1];
}

/** What would be a good token but for one thing; each must be 401, and not a word of it told. */
export const FORGERIES: readonly Forgery[] = [
  signedByAnother('another key under the right key id, RS256', 'RS256'),
  signedByAnother('another key under the right key id, ES256', 'ES256'),
  signedByAnother('another key under the right key id, EdDSA', 'EdDSA'),
  signedByAnother('its own key in the header (jwk)', 'ES256', ({ jwk }) => ({ jwk })),
  signedByAnother('its own key and its name in the header', 'ES256', ({ jwk }) => ({ jwk, kid: 'mine' })),
  signedByAnother('the address of its own keys (jku)', 'ES256', () => ({ jku: 'http://127.0.0.1:1/keys' })),
  signedByAnother('the address of its own certificate (x5u)', 'RS256', () => ({ x5u: 'http://127.0.0.1:1/cert' })),
  signedByAnother('its own certificate (x5c)', 'RS256', () => ({ x5c: ['MIIB'] })),
  ...['../../../../dev/null', "' OR '1'='1", '__proto__', 'a'.repeat(2000), '|id', ''].map((kid) =>
    signedByAnother(`a key id that is none: ${kid.slice(0, 20)}`, 'ES256', () => ({ kid })),
  ),
  ...['none', 'None', 'NONE', 'nOnE', ''].map(unsigned),
  resigned('the signature cut off', 'ES256', () => ''),
  { name: 'two parts', make: async (issuer) => (await issuer.sign()).split('.').slice(0, 2).join('.') },
  { name: 'four parts', make: async (issuer) => `${await issuer.sign()}.x` },
  confused('HS256 with the public key as PEM', (key) => pem(key, 'pem')),
  confused('HS256 with the public key as DER', (key) => pem(key, 'der')),
  confused('HS256 with the public key as JWK', ({ jwk }) => JSON.stringify(jwk)),
  confused('HS256 with an empty secret', () => ''),
  ...['RS384', 'RS512', 'PS256', 'PS512'].map((alg) => ({
    name: `${alg}, with a key of the issuer's own that would do`,
    make: async (issuer: FakeIssuer) => {
      const privateKey = await importJWK(await exportJWK(issuer.keys.RSA.privateKey), alg);
      return await issuer.sign({}, { key: { ...issuer.keys.RSA, alg, privateKey: privateKey as CryptoKey } });
    },
  })),
  {
    name: 'the key id of a key of another kind',
    make: (issuer) => issuer.sign({}, { header: { kid: issuer.keys.RS256.kid } }),
  },
  heads('a critical header that nobody knows', { crit: ['florin'], florin: 1 }),
  altered('an unencoded payload', 0, (header) => ({ ...header, b64: false, crit: ['b64'] })),
  altered('another merchant', 1, (claims) => ({ ...claims, merchant: 'mer_2' })),
  altered('another scope', 1, (claims) => ({ ...claims, scope: 'operations:write payments:read' })),
  altered('a later end', 1, (claims) => ({ ...claims, exp: now() + HOUR_S })),
  altered('another algorithm', 0, (header) => ({ ...header, alg: 'RS256' })),
  resigned('a signature of zeros (ES256)', 'ES256', () => Buffer.alloc(64)),
  resigned('a signature in DER (ES256)', 'ES256', (signature) =>
    Buffer.concat([Buffer.from('3044', 'hex'), signature]),
  ),
  resigned('s + L (EdDSA)', 'EdDSA', addOrder),
  resigned('a signature spelled in another way', 'ES256', respelled),
  resigned('a signature with padding', 'ES256', (signature) => signature.toString('base64url').padEnd(88, '=')),
  resigned('a signature that is longer', 'RS256', (signature) => Buffer.concat([signature, Buffer.from([0])])),
  says('expired', { exp: now() - HOUR_S }),
  says('no end', { exp: undefined }),
  says('an end that is text', { exp: String(now() + HOUR_S) }),
  says('not yet', { nbf: now() + HOUR_S }),
  says('another issuer', { iss: 'https://elsewhere.example' }),
  says('no issuer', { iss: undefined }),
  { name: 'the issuer with a slash more', make: (issuer) => issuer.sign({ iss: `${issuer.url}/` }) },
  says('another audience', { aud: 'another-api' }),
  says('audiences without this one', { aud: ['a', 'b'] }),
  says('a longer audience', { aud: 'florin-api-2' }),
  says('no audience', { aud: undefined }),
  says('no client', { client_id: undefined }),
  says('no scope', { scope: undefined }),
  says('scopes as a list', { scope: ['payments:read'] }),
  says('no merchant', { merchant: undefined }),
  says('no merchant, beside an operator’s scope', { merchant: undefined, scope: 'operations:read payments:read' }),
  ...['', ' ', 'a:b', '../x', 'a'.repeat(65), ['mer_1'], { id: 'mer_1' }, 1, null, true].map((merchant) =>
    says(`a merchant that is none: ${JSON.stringify(merchant).slice(0, 20)}`, { merchant }),
  ),
  heads('an ID token of the same client', { typ: 'JWT' }),
  heads('a token that does not say what it is', { typ: undefined }),
  heads('a logout token', { typ: 'logout+jwt' }),
  heads('a DPoP proof', { typ: 'dpop+jwt' }),
  heads('a type that only begins like one', { typ: 'at+jwt2' }),
  {
    name: "Cognito's ID token",
    make: (issuer) => issuer.sign({ token_use: 'id' }, { header: { typ: undefined } }),
  },
  says('an ID token in the dress of an access token', { token_use: 'id' }),
  { name: "Keycloak's ID token", make: (issuer) => issuer.sign({ typ: 'ID' }, { header: { typ: 'JWT' } }) },
  says('bound to a key of the client', { cnf: { jkt: 'x' } }),
  says('too long', { filler: 'x'.repeat(8000) }),
  {
    name: 'encrypted',
    make: ({ claims }) =>
      new EncryptJWT(claims()).setProtectedHeader({ alg: 'dir', enc: 'A128GCM' }).encrypt(Buffer.alloc(16)),
  },
  { name: 'no JSON in it', make: () => `${base64('x')}.${base64('y')}.${base64('z')}` },
  { name: 'a list in it', make: () => `${base64([1])}.${base64([2])}.${base64('z')}` },
  { name: 'only dots', make: () => '..' },
];
