import assert from 'node:assert/strict';
import test from 'node:test';
import { secret } from '#core/kit/secret.ts';
import { type AccountForm, credentialOf, liveCredentialsOf, problemsOf, settingsOf } from './accountForm.ts';

const NONE: ReadonlySet<string> = new Set();
const key = { about: 'The key', pattern: /^sk_[a-z]+$/, expects: 'sk_ and letters', overlaps: false };
const form: AccountForm = {
  credentials: {
    api_key: { ...key, required: true },
    webhook_secret: { ...key, pattern: /^whsec_/, expects: 'whsec_…', required: false, overlaps: true },
  },
  settings: {
    environment: {
      about: 'Where',
      pattern: /^(?:test|live)$/,
      expects: 'test or live',
      required: true,
      default: 'test',
    },
    contract: { about: 'Which', pattern: /^[A-Z]+$/, expects: 'capitals', required: true, default: null },
  },
  baseUrl: () => null,
  timing: { connectMs: 1, sendWithinMs: 1, exchangeMs: 1, propagationMs: 1 },
};
const good = { credentials: { api_key: 'sk_a' }, settings: { contract: 'C' } };

test('what is told is checked field by field, and no detail quotes a value', () => {
  const rows: readonly [string, Parameters<typeof problemsOf>[1], readonly string[]][] = [
    ['all that is required', good, []],
    ['optional ones too', { ...good, credentials: { api_key: 'sk_a', webhook_secret: 'whsec_a' } }, []],
    ['nothing', { credentials: {}, settings: {} }, ['/credentials/api_key', '/settings/contract']],
    ['a value that is none', { ...good, credentials: { api_key: 'pk_secretive' } }, ['/credentials/api_key']],
    ['another type', { ...good, credentials: { api_key: 7 } }, ['/credentials/api_key']],
    ['an unknown field', { ...good, credentials: { api_key: 'sk_a', 'a/b~c': 'x' } }, ['/credentials/a~1b~0c']],
    ['an unknown setting', { ...good, settings: { contract: 'C', region: 'x' } }, ['/settings/region']],
    ['a setting that is none of them', { ...good, settings: { contract: 'c' } }, ['/settings/contract']],
    ['null for a required one', { ...good, credentials: { api_key: null } }, ['/credentials/api_key']],
    ['null for an optional one', { ...good, credentials: { api_key: 'sk_a', webhook_secret: null } }, []],
    ['too long', { ...good, credentials: { api_key: `sk_${'a'.repeat(5000)}` } }, ['/credentials/api_key']],
    ['a name of every object', { ...good, settings: { contract: 'C', constructor: 'x' } }, ['/settings/constructor']],
  ];
  for (const [name, told, pointers] of rows) {
    const problems = problemsOf(form, told, NONE);
    assert.deepEqual(
      problems.map(({ pointer }) => pointer),
      pointers,
      name,
    );
    assert.ok(!JSON.stringify(problems).includes('secretive'), name);
  }
});

test('a credential that is there already need not be told again, and can not be taken away where it is required', () => {
  const known = new Set(['api_key']);
  assert.deepEqual(problemsOf(form, { ...good, credentials: {} }, known), []);
  assert.equal(problemsOf(form, { ...good, credentials: { api_key: null } }, known).length, 1);
});

test('a setting that was not told has its default', () => {
  assert.deepEqual(settingsOf(form, { contract: 'C' }), { environment: 'test', contract: 'C' });
  assert.deepEqual(settingsOf(form, { contract: 'C', environment: 'live' }), { environment: 'live', contract: 'C' });
});

test('the newest credential is sent; all live ones are good for what is received', () => {
  const credentials = { api_key: [secret('new'), secret('former')] };
  const account = { id: 'a', provider: 'p', baseUrl: '', credentials, settings: {}, timing: form.timing };
  assert.equal(credentialOf(account, 'api_key').reveal(), 'new');
  assert.deepEqual(
    liveCredentialsOf(account, 'api_key').map((live) => live.reveal()),
    ['new', 'former'],
  );
  assert.deepEqual(liveCredentialsOf(account, 'webhook_secret'), []);
  assert.throws(() => credentialOf(account, 'webhook_secret'), /account a has no credential webhook_secret/);
});
