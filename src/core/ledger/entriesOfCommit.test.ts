import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { amountsOf, positionsOf } from '#core/payments/amounts.ts';
import type { History } from '#core/payments/history.ts';
import { isOpen, type Payment } from '#core/payments/payment.ts';
import {
  cancel,
  capture,
  confirm,
  createCommand,
  inquire,
  notSent,
  refund,
  START,
  type Step,
  tell,
  unanswered,
} from '#core/payments/testKit.ts';
import { entriesOfCommit } from './entriesOfCommit.ts';
import { signedMinor } from './entry.ts';
import { balancesOf, entriesUpTo, historyOf } from './testKit.ts';

const amount = fc.bigInt(1n, 1200n);
const operation = fc.constantFrom(1, 1, 2, 2, 2, 3, 3, 4, 5);
const outcome = fc.constantFrom(
  'succeeded',
  'declined',
  'reversed',
  'rejected',
  'pending',
  'requires_action',
  'unknown',
);
const proof = fc.record({
  providerVersion: fc.option(fc.integer({ min: 1, max: 5 }), { nil: null }),
  source: fc.constantFrom('reply' as const, 'webhook' as const, 'inquiry' as const, 'settlement' as const),
});

/** Anything at all that can be asked or told, sensible or not; the decider says what becomes of it. */
const anything: fc.Arbitrary<Step> = fc.oneof(
  fc.tuple(amount, fc.constantFrom(true, false, null)).map(([value, final]) => capture(value, final)),
  amount.map((value) => refund(value)),
  fc.constantFrom(cancel, confirm(), refund(null), capture(null)),
  operation.map(unanswered),
  operation.map(notSent),
  operation.map((n) => inquire(n, 'not_found', START + 1e9)),
  fc.tuple(operation, outcome, proof).map(([n, said, from]) => tell(n, said, from)),
  fc
    .tuple(operation, amount, fc.option(amount, { nil: null }), proof)
    .map(([n, amountMinor, capturedMinor, from]) =>
      tell(n, { outcome: 'succeeded', amountMinor, capturedMinor }, from),
    ),
  fc
    .tuple(fc.constantFrom('time_out', 'capture', 'return_money', 'stop', 'lapse'), operation)
    .map(([step, n]) => ({ type: 'pursue', step, operation: n, now: START + 1e9 }) as Step),
  fc
    .constantFrom('accept', 'return_money')
    .map(
      (resolution) => ({ type: 'resolve_conflict', operation: 1, resolution, by: { name: 'o', reason: 'r' } }) as Step,
    ),
  fc.tuple(fc.constantFrom('capture', 'refund'), amount).map(
    ([kind, amountMinor]) =>
      ({
        type: 'discover',
        kind,
        target: 1,
        outcome: {
          outcome: 'succeeded',
          amountMinor,
          capturedMinor: null,
          currency: 'EUR',
          providerReference: `d${amountMinor}`,
          providerVersion: 1,
        },
        proof: { source: 'webhook', account: 'acct_1', rawHash: 'r' },
      }) as Step,
  ),
);

const lapse = { type: 'pursue', step: 'lapse', operation: 1, now: START + 1e9 } as Step;
/** What is common: otherwise few of the streams would come to a second capture or a void. */
const usual: fc.Arbitrary<Step> = fc.oneof(
  operation.map((n) => tell(n, 'succeeded')),
  fc.constantFrom(cancel, capture(null), capture(200n, false), capture(200n, true), refund(100n), lapse),
);

const histories = fc
  .record({
    mode: fc.constantFrom('automatic' as const, 'manual' as const, 'manual' as const),
    allowPartial: fc.boolean(),
    beginning: fc.constantFrom([], [tell(1, 'succeeded')]),
    steps: fc.array(fc.oneof(usual, anything), { maxLength: 30, size: 'max' }),
  })
  .map(({ mode, allowPartial, beginning, steps }) =>
    historyOf([createCommand({ capture: mode, allowPartial }), ...beginning, ...steps]),
  );

function eachVersion(check: (version: { history: History; seq: number; payment: Payment }) => void): void {
  fc.assert(
    fc.property(histories, (history) => {
      for (const [index, { payment }] of history.versions.entries()) check({ history, seq: index + 1, payment });
    }),
    { numRuns: 5000 },
  );
}

test('after every commit the books say what the payment says: what was taken, what is owed, what is in doubt', () => {
  eachVersion(({ history, seq, payment }) => {
    const balances = balancesOf(entriesUpTo(history, seq));
    const { capturedMinor, refundedMinor, inDoubtMinor } = amountsOf(payment);
    assert.equal(balances['provider_receivable:EUR'] ?? 0n, takenMinor(payment) - refundedMinor);
    assert.equal(balances['merchant_payable:EUR'] ?? 0n, -(takenMinor(payment) - refundedMinor));
    if (onlyCapturesCapture(payment)) assert.equal(takenMinor(payment), capturedMinor);
    assert.equal(balances['memo:in_doubt:EUR'] ?? 0n, inDoubtMinor);
    assert.equal(balances['memo:in_doubt_contra:EUR'] ?? 0n, -inDoubtMinor);
  });
});

test('after every commit the hold is what can be captured and what is being captured, and never below nothing', () => {
  eachVersion(({ history, seq, payment }) => {
    const balances = balancesOf(entriesUpTo(history, seq));
    const held = balances['memo:authorized:EUR'] ?? 0n;
    assert.equal(balances['memo:authorized_contra:EUR'] ?? 0n, -held);
    assert.ok(held >= 0n);
    const isLive = positionsOf(payment).some((position) => position.isLive);
    const isTheOnlyOne = payment.operations.filter((one) => one.kind === 'authorize').length === 1;
    const isMoving = payment.operations.some((one) => (one.kind === 'capture' || one.kind === 'void') && isOpen(one));
    if (isTheOnlyOne && !isMoving) assert.equal(held, isLive ? positionsOf(payment)[0]?.capturableMinor : 0n);
  });
});

test('every entry balances, in one currency, over accounts of which each stands in it once', () => {
  eachVersion(({ history, seq }) => {
    for (const { lines, currency } of entriesOfCommit(history, seq)) {
      assert.equal(
        lines.reduce((sum, line) => sum + signedMinor(line), 0n),
        0n,
      );
      assert.ok(lines.every((line) => line.amountMinor > 0n && line.account.endsWith(`:${currency}`)));
      assert.equal(new Set(lines.map((line) => line.account)).size, lines.length);
      assert.equal(new Set(lines.map((line) => line.account.startsWith('memo:'))).size, 1);
    }
  });
});

test('the entries of a commit do not depend on how far its stream was read', () => {
  eachVersion(({ history, seq }) => {
    const cut = { ...history, versions: history.versions.slice(0, seq) };
    assert.deepEqual(entriesOfCommit(cut, seq), entriesOfCommit(history, seq));
  });
});

test('more events of one commit are posted one after another', () => {
  const [first, second] = historyOf([
    createCommand({ capture: 'automatic' }),
    tell(1, 'succeeded'),
    refund(200n),
    tell(2, 'succeeded'),
  ]).versions.slice(-2);
  const history = historyOf([createCommand({ capture: 'automatic' }), tell(1, 'succeeded')]);
  assert.ok(first !== undefined && second !== undefined);
  const joined = {
    ...second,
    events: [
      ...first.events,
      ...second.events,
      { type: 'operation.reversed', operation: 2, evidence: refundEvidence(second.payment) } as const,
    ],
  };
  const entries = entriesOfCommit(
    { ...history, versions: [...history.versions, { ...joined, payment: reversed(second.payment) }] },
    3,
  );
  assert.deepEqual(
    entries.map(({ n, reason }) => [n, reason]),
    [
      [1, 'refunded'],
      [2, 'refund_reversed'],
    ],
  );
  assert.throws(() => entriesOfCommit(history, 9), /without its commit 9/);
});

function refundEvidence(payment: Payment) {
  const evidence = payment.operations[1]?.claims.moved;
  assert.ok(evidence);
  return evidence;
}

function reversed(payment: Payment): Payment {
  const operations = payment.operations.map((one) =>
    one.n === 2 ? { ...one, outcome: { status: 'reversed' as const, amountMinor: 200n, capturedMinor: 0n } } : one,
  );
  return { ...payment, operations };
}

/** What authorisations and captures took. */
function takenMinor(payment: Payment): bigint {
  return payment.operations.reduce(
    (sum, { kind, outcome: of }) =>
      (kind === 'authorize' || kind === 'capture') && of.status === 'succeeded' ? sum + of.capturedMinor : sum,
    0n,
  );
}

/** A provider that says of a refund or a void that it captured something is not believed, and not summed with the rest. */
function onlyCapturesCapture(payment: Payment): boolean {
  return payment.operations.every(
    ({ kind, outcome: of }) =>
      kind === 'authorize' || kind === 'capture' || of.status !== 'succeeded' || of.capturedMinor === 0n,
  );
}
