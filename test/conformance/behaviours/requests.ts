import assert from 'node:assert/strict';
import fc from 'fast-check';
import { CURRENCIES, exponentOf } from '#core/money/currencies.ts';
import { requestHashOf } from '#core/provider/send.ts';
import { requestsOf } from '../asking.ts';
import { type Behaviour, notApplicable, withDescription } from '../behaviour.ts';
import { operations, plainOperations, saysAmount } from '../operations.ts';
import { scaled } from '../units.ts';

/** Enough for every currency at every kind of operation, and edges of each. */
const RUNS = 3000;
const RUNS_DESCRIBED = 2000;

export const REQUESTS: readonly Behaviour[] = [
  {
    name: 'requests are as the official description says',
    run: (examined) =>
      withDescription(examined, async ({ check }) => {
        const { provider, account } = examined.subject;
        const property = fc.asyncProperty(operations(examined.subject), async (operation) => {
          for (const request of requestsOf(provider, operation, account))
            assert.deepEqual(await check(request), [], `${request.method} ${request.url}`);
        });
        await fc.assert(property, { numRuns: RUNS_DESCRIBED });
      }),
  },
  {
    name: 'requests are the same bytes whenever they are built, and go to the account over nothing else',
    run: ({ subject }) => {
      const { provider, account, otherAccount } = subject;
      fc.assert(
        fc.property(operations(subject), (operation) => {
          const again = requestsOf(provider, { ...operation }, { ...account });
          const others = requestsOf(provider, operation, otherAccount);
          for (const [index, first] of requestsOf(provider, operation, account).entries()) {
            assert.deepEqual(again[index], first, 'two builds differ');
            assert.ok(first.url.startsWith(`${account.baseUrl}/`), `${first.url} is not at ${account.baseUrl}`);
            assert.equal(new URL(first.url).href, first.url, 'the URL changes when it is parsed');
            for (const [name, value] of Object.entries(first.headers)) {
              assert.match(name, /^[a-z0-9-]+$/, 'a header that is not lower case');
              assert.match(value, /^[\x20-\x7e]+$/, `the header ${name} can't be sent`);
            }
            assert.ok(!JSON.stringify(first).includes('undefined'), 'something undefined is sent');
            assert.notDeepEqual(others[index]?.headers, first.headers, 'another account sends the same credentials');
          }
        }),
        { numRuns: RUNS },
      );
    },
  },
  {
    name: 'the idempotency key stands where the provider looks, fits, stays on a resend and differs by operation',
    run: ({ subject }) => {
      const { provider, account, idempotency } = subject;
      fc.assert(
        fc.property(operations(subject), (operation) => {
          if (idempotency.keyless?.includes(operation.kind) === true) return;
          const key = idempotency.keyOf(provider.request(operation, account));
          assert.ok(key !== null && key !== '', 'no key is sent');
          assert.ok(
            key.length <= idempotency.charactersMax,
            `${key.length} of ${idempotency.charactersMax} characters`,
          );
          assert.equal(idempotency.keyOf(provider.request({ ...operation }, account)), key, 'a resend has another key');
          assert.equal(key, operation.idempotencyKey, 'it is not the key that the platform derived');
        }),
        { numRuns: RUNS },
      );
      for (const operation of plainOperations(subject)) {
        if (idempotency.keyless?.includes(operation.kind) === true) continue;
        const other = { ...operation, idempotencyKey: `${operation.idempotencyKey.slice(1)}x` };
        const [key, otherKey] = [operation, other].map((each) => idempotency.keyOf(provider.request(each, account)));
        assert.notEqual(otherKey, key, `${operation.kind}: another operation has the same key`);
      }
      return undefined;
    },
  },
  {
    name: 'other facts make other requests: amount, currency, reference, target, token',
    run: ({ subject }) => {
      const { provider, account } = subject;
      const hash = (operation: Parameters<typeof provider.request>[0]) =>
        requestHashOf(provider.request(operation, account));
      for (const operation of plainOperations(subject)) {
        const { kind } = operation;
        if (saysAmount(subject, operation))
          assert.notEqual(hash({ ...operation, amountMinor: 12_350n }), hash(operation), `${kind}: the amount`);
        if (kind === 'authorize') {
          assert.notEqual(hash({ ...operation, currency: 'USD' }), hash(operation), `${kind}: the currency`);
          const other = hash({ ...operation, captures: !operation.captures });
          assert.equal(other === hash(operation), subject.capturesLater === true, `${kind}: captures`);
          assert.notEqual(hash({ ...operation, token: `${operation.token}x` }), hash(operation), `${kind}: the token`);
        } else {
          const target = `${operation.targetReference}x`;
          const other = { ...operation, targetReference: target, targetOwnReference: target };
          assert.notEqual(hash(other), hash(operation), `${kind}: the target`);
        }
      }
      return undefined;
    },
  },
  {
    name: 'amounts are sent in the units that the provider counts in, for every currency',
    run: ({ subject }) => {
      const { provider, account, amounts } = subject;
      fc.assert(
        fc.property(operations(subject), (operation) => {
          const sent = amounts.sent(provider.request(operation, account));
          if (!saysAmount(subject, operation)) return;
          assert.ok(sent !== null, `${operation.kind}: no amount is sent`);
          const { currency, amountMinor } = operation;
          const units = scaled(amountMinor, exponentOf(currency), amounts.exponentOf(currency));
          assert.equal(sent.units, units, `${operation.kind}: ${amountMinor} of ${currency}`);
          if (sent.currency !== null) assert.equal(sent.currency.toUpperCase(), currency);
        }),
        { numRuns: RUNS },
      );
      return undefined;
    },
  },
  {
    name: 'an amount that the provider’s units can’t say is neither rounded nor asked for',
    run: ({ subject }) => {
      const { provider, account, amounts, generate } = subject;
      let untakable = 0;
      for (const currency of CURRENCIES.filter(generate.currencies)) {
        for (const operation of plainOperations(subject).filter((each) => saysAmount(subject, each))) {
          for (const amountMinor of [1n, 9n, 10n, 99n, 100n, 101n, 1000n, 1001n, 12_345n]) {
            const asked = { ...operation, currency, amountMinor };
            const units = scaled(amountMinor, exponentOf(currency), amounts.exponentOf(currency));
            if (provider.takes?.(asked) !== false) {
              assert.notEqual(units, null, `${operation.kind} of ${amountMinor} ${currency} would be asked for`);
              assert.equal(amounts.sent(provider.request(asked, account))?.units, units, `${amountMinor} ${currency}`);
            } else untakable += 1;
          }
        }
      }
      return untakable === 0 ? notApplicable('every amount can be said') : undefined;
    },
  },
];
