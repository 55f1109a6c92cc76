import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { readIssuerConfig } from './issuerConfig.ts';

const folder = mkdtempSync(join(tmpdir(), 'florin-config-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const file = (name: string, text: string) => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
const ISSUER = { FLORIN_ISSUER: 'https://issuer.example/pool' };

test('none, and what empty variables mean', () => {
  assert.equal(readIssuerConfig({}), null);
  assert.equal(readIssuerConfig({ FLORIN_ISSUER: '', FLORIN_AUDIENCE: '' }), null);
});

test('all of it', () => {
  assert.deepEqual(
    readIssuerConfig({
      ...ISSUER,
      FLORIN_AUDIENCE: 'florin',
      FLORIN_CLIENT_IDS: ' shop, desk ,,',
      FLORIN_JWKS_URL: 'http://127.0.0.1:9/keys',
      FLORIN_MERCHANTS_BY_CLIENT: file('good.json', '{"shop":"mer_1"}'),
      FLORIN_SCOPE_PREFIX: 'florin/',
    }),
    {
      issuer: 'https://issuer.example/pool',
      jwksUrl: 'http://127.0.0.1:9/keys',
      audience: 'florin',
      clients: new Set(['shop', 'desk']),
      merchants: new Map([['shop', 'mer_1']]),
      scopePrefix: 'florin/',
    },
  );
});

test('what is refused, and why', () => {
  const merchants = (text: string) => ({
    ...ISSUER,
    FLORIN_AUDIENCE: 'a',
    FLORIN_MERCHANTS_BY_CLIENT: file('bad.json', text),
  });
  const refusals: readonly [Record<string, string>, RegExp][] = [
    [ISSUER, /^FLORIN_ISSUER is set: set FLORIN_AUDIENCE or FLORIN_CLIENT_IDS too/],
    [{ ...ISSUER, FLORIN_CLIENT_IDS: ' , ' }, /^FLORIN_ISSUER is set: set FLORIN_AUDIENCE or/],
    [{ FLORIN_AUDIENCE: 'florin' }, /^FLORIN_AUDIENCE is set, and FLORIN_ISSUER is not/],
    [{ FLORIN_CLIENT_IDS: 'shop' }, /^FLORIN_CLIENT_IDS is set, and FLORIN_ISSUER is not/],
    [
      { FLORIN_ISSUER: 'http://issuer.example', FLORIN_AUDIENCE: 'a' },
      /^FLORIN_ISSUER is "http:.*expected an https URL/,
    ],
    [{ FLORIN_ISSUER: 'issuer.example', FLORIN_AUDIENCE: 'a' }, /^FLORIN_ISSUER is "issuer/],
    [{ ...ISSUER, FLORIN_AUDIENCE: 'a', FLORIN_JWKS_URL: 'http://keys.example' }, /^FLORIN_JWKS_URL is "http:/],
    [merchants('{"shop":1}'), /^FLORIN_MERCHANTS_BY_CLIENT is ".*"; expected a JSON file/],
    [merchants('{"shop":"a:b"}'), /^FLORIN_MERCHANTS_BY_CLIENT is/],
    [merchants('not JSON'), /^FLORIN_MERCHANTS_BY_CLIENT is/],
    [
      { ...ISSUER, FLORIN_AUDIENCE: 'a', FLORIN_MERCHANTS_BY_CLIENT: join(folder, 'gone.json') },
      /^FLORIN_MERCHANTS_BY/,
    ],
  ];
  for (const [env, message] of refusals)
    assert.throws(() => readIssuerConfig(env), { code: 'config_invalid', message }, JSON.stringify(env));
});
