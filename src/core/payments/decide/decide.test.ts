import assert from 'node:assert/strict';
import test from 'node:test';
import { amountsOf } from '#core/payments/amounts.ts';
import { owed } from '#core/payments/owed.ts';
import type { Operation } from '#core/payments/payment.ts';
import { statusOf } from '#core/payments/status.ts';
import {
  cancel,
  capture,
  confirm,
  createCommand,
  fold,
  given,
  inquire,
  notSent,
  refund,
  START,
  type Step,
  singleCapture,
  tell,
  unanswered,
  unavailable,
  when,
  wholeCaptures,
} from '#core/payments/testKit.ts';

const create = createCommand();
const automatic = createCommand({ capture: 'automatic' });
const held = [create, tell(1, 'succeeded')] as const;
const paid = [automatic, tell(1, 'succeeded')] as const;

/** One row a rejection, in the order in which they are looked at. */
const REJECTIONS: readonly { name: string; given: readonly Step[]; when: Step; code: string }[] = [
  { name: 'create: it exists', given: [create], when: create, code: 'payment_exists' },
  { name: 'confirm: it is under way', given: [create], when: confirm(), code: 'payment_not_confirmable' },
  { name: 'confirm: it is in doubt', given: [create, unanswered(1)], when: confirm(), code: 'payment_not_confirmable' },
  { name: 'confirm: it is held', given: held, when: confirm(), code: 'payment_not_confirmable' },
  {
    name: 'confirm: the attempts are used up',
    given: [createCommand({ attemptsMax: 1 }), tell(1, 'declined')],
    when: confirm(),
    code: 'payment_not_confirmable',
  },
  {
    name: 'confirm: the method that was declined',
    given: [create, tell(1, 'declined')],
    when: confirm(null),
    code: 'payment_method_required',
  },
  { name: 'capture: it is under way', given: [create], when: capture(1n), code: 'payment_not_capturable' },
  { name: 'capture: it was captured at once', given: paid, when: capture(1n), code: 'payment_not_capturable' },
  {
    name: 'capture: it is canceled',
    given: [...held, cancel, tell(2, 'succeeded')],
    when: capture(1n),
    code: 'payment_not_capturable',
  },
  { name: 'capture: a void is under way', given: [...held, cancel], when: capture(1n), code: 'payment_not_capturable' },
  {
    name: 'capture: a void is in doubt',
    given: [...held, cancel, unanswered(2)],
    when: capture(1n),
    code: 'payment_not_capturable',
  },
  { name: 'capture: more than is held', given: held, when: capture(1001n), code: 'amount_exceeds_capturable' },
  {
    name: 'capture: more than another capture leaves',
    given: [...held, capture(600n)],
    when: capture(401n),
    code: 'amount_exceeds_capturable',
  },
  {
    name: 'capture: more than a doubt leaves',
    given: [...held, capture(600n), unanswered(2)],
    when: capture(401n),
    code: 'amount_exceeds_capturable',
  },
  {
    name: 'capture: a last one is under way',
    given: [...held, capture(600n, true)],
    when: capture(1n),
    code: 'payment_not_capturable',
  },
  {
    name: 'capture: a last one took place',
    given: [...held, capture(600n, true), tell(2, 'succeeded')],
    when: capture(1n),
    code: 'payment_not_capturable',
  },
  { name: 'cancel: it is under way', given: [create], when: cancel, code: 'payment_not_cancelable' },
  { name: 'cancel: it was captured', given: paid, when: cancel, code: 'payment_not_cancelable' },
  {
    name: 'cancel: a capture is in doubt',
    given: [...held, capture(1n), unanswered(2)],
    when: cancel,
    code: 'payment_not_cancelable',
  },
  {
    name: 'cancel: it is canceled',
    given: [...held, cancel, tell(2, 'succeeded')],
    when: cancel,
    code: 'payment_not_cancelable',
  },
  {
    name: 'cancel: it was wanted already',
    given: [create, unanswered(1), cancel],
    when: cancel,
    code: 'payment_not_cancelable',
  },
  { name: 'refund: nothing was captured', given: held, when: refund(1n), code: 'payment_not_refundable' },
  { name: 'refund: more than was captured', given: paid, when: refund(1001n), code: 'amount_exceeds_refundable' },
  {
    name: 'refund: more than another refund leaves',
    given: [...paid, refund(600n)],
    when: refund(401n),
    code: 'amount_exceeds_refundable',
  },
  {
    name: 'refund: more than a doubt leaves',
    given: [...paid, refund(600n), unanswered(2)],
    when: refund(401n),
    code: 'amount_exceeds_refundable',
  },
  {
    name: 'refund: all was refunded',
    given: [...paid, refund(null), tell(2, 'succeeded')],
    when: refund(null),
    code: 'amount_exceeds_refundable',
  },
  { name: 'observe: there is no such operation', given: held, when: tell(2, 'succeeded'), code: 'operation_not_found' },
  {
    name: 'observe: another account',
    given: [create],
    when: tell(1, 'succeeded', { account: 'acct_2' }),
    code: 'account_mismatch',
  },
  {
    name: 'observe: another object of the provider',
    given: held,
    when: tell(1, 'declined', { providerReference: 'ref_x' }),
    code: 'reference_mismatch',
  },
  {
    name: 'pursue: there is no such operation',
    given: [create],
    when: { type: 'pursue', step: 'time_out', operation: 9 },
    code: 'operation_not_found',
  },
  {
    name: 'pursue: the deadline has not passed',
    given: [create],
    when: { type: 'pursue', step: 'time_out', operation: 1, now: START + 999 },
    code: 'deadline_not_reached',
  },
  {
    name: 'evidence: no such operation',
    given: [create],
    when: { type: 'state_evidence', operation: 2, outcome: 'succeeded', by: { name: 'o', reason: 'r' } },
    code: 'operation_not_found',
  },
  {
    name: 'evidence: the provider has spoken',
    given: held,
    when: { type: 'state_evidence', operation: 1, outcome: 'not_happened', by: { name: 'o', reason: 'r' } },
    code: 'operation_not_in_doubt',
  },
  {
    name: 'resolve: there is no conflict',
    given: held,
    when: { type: 'resolve_conflict', operation: 1, resolution: 'accept', by: { name: 'o', reason: 'r' } },
    code: 'no_conflict',
  },
];

for (const row of REJECTIONS) {
  test(`refuses ${row.name}`, () => {
    const decision = when(given(...row.given), row.when as Parameters<typeof when>[1]);
    assert.equal(decision.ok ? 'accepted' : decision.error.code, row.code);
  });
}

test('a payment that does not exist can only be created', () => {
  for (const command of [cancel, capture(1n), refund(1n), confirm(), tell(1, 'succeeded')]) {
    const decision = when(null, command as Parameters<typeof when>[1]);
    assert.equal(decision.ok ? 'accepted' : decision.error.code, 'payment_not_found');
  }
});

test('a create that is confirmed needs a payment method', () => {
  const decision = when(null, createCommand({ personal: { ...create.personal, paymentMethod: null } }));
  assert.equal(decision.ok ? 'accepted' : decision.error.code, 'payment_method_required');
});

const NEXT: readonly {
  name: string;
  given: readonly Step[];
  status: string;
  captured?: bigint;
  capturable?: bigint;
  refunded?: bigint;
  inDoubt?: bigint;
  conflict?: string;
}[] = [
  { name: 'sent', given: [create], status: 'processing' },
  { name: 'created without confirmation', given: [createCommand({ confirm: false })], status: 'requires_confirmation' },
  { name: 'confirmed', given: [createCommand({ confirm: false }), confirm(null)], status: 'processing' },
  { name: 'canceled before it was confirmed', given: [createCommand({ confirm: false }), cancel], status: 'canceled' },
  { name: 'approved, to be captured', given: held, status: 'requires_capture', capturable: 1000n },
  { name: 'approved and captured in one', given: paid, status: 'succeeded', captured: 1000n },
  { name: 'declined', given: [create, tell(1, 'declined')], status: 'requires_payment_method' },
  {
    name: 'declined, no attempt left',
    given: [createCommand({ attemptsMax: 1 }), tell(1, 'declined')],
    status: 'failed',
  },
  {
    name: 'declined, then confirmed with another method',
    given: [create, tell(1, 'declined'), confirm(), tell(2, 'succeeded')],
    status: 'requires_capture',
    capturable: 1000n,
  },
  { name: 'rejected', given: [create, tell(1, 'rejected')], status: 'requires_payment_method' },
  { name: 'not sent', given: [create, notSent(1)], status: 'requires_payment_method' },
  { name: 'pending', given: [create, tell(1, 'pending')], status: 'processing' },
  {
    name: 'pending, then approved',
    given: [create, tell(1, 'pending'), tell(1, 'succeeded')],
    status: 'requires_capture',
    capturable: 1000n,
  },
  { name: 'unanswered', given: [create, unanswered(1)], status: 'in_doubt', inDoubt: 1000n },
  { name: 'answered with nonsense', given: [create, tell(1, 'unknown')], status: 'in_doubt', inDoubt: 1000n },
  {
    name: 'nonsense after an approval',
    given: [...held, tell(1, 'unknown')],
    status: 'requires_capture',
    capturable: 1000n,
  },
  {
    name: 'in doubt, then it turns out to be approved',
    given: [create, unanswered(1), tell(1, 'succeeded')],
    status: 'requires_capture',
    capturable: 1000n,
  },
  { name: 'in doubt, then pending', given: [create, unanswered(1), tell(1, 'pending')], status: 'processing' },
  {
    name: 'in doubt, not found too early',
    given: [create, unanswered(1), inquire(1, 'not_found', START + 2499)],
    status: 'in_doubt',
    inDoubt: 1000n,
  },
  {
    name: 'in doubt, not found',
    given: [create, unanswered(1), inquire(1, 'not_found', START + 2500)],
    status: 'requires_payment_method',
  },
  {
    name: 'in doubt, an operator says no',
    given: [
      create,
      unanswered(1),
      { type: 'state_evidence', operation: 1, outcome: 'not_happened', by: { name: 'o', reason: 'r' } },
    ],
    status: 'requires_payment_method',
  },
  {
    name: 'in doubt, an operator says yes',
    given: [
      automatic,
      unanswered(1),
      { type: 'state_evidence', operation: 1, outcome: 'succeeded', by: { name: 'o', reason: 'r' } },
    ],
    status: 'succeeded',
    captured: 1000n,
  },
  {
    name: 'not found, then found after all',
    given: [create, unanswered(1), inquire(1, 'not_found', START + 2500), tell(1, 'succeeded', { source: 'webhook' })],
    status: 'requires_capture',
    capturable: 1000n,
    conflict: 'late_success',
  },
  {
    name: 'canceled in doubt, then absent',
    given: [create, unanswered(1), cancel, inquire(1, 'not_found', START + 9000)],
    status: 'canceled',
  },
  {
    name: 'canceled in doubt, then held: a void is sent',
    given: [create, unanswered(1), cancel, tell(1, 'succeeded')],
    status: 'processing',
  },
  {
    name: 'canceled in doubt, then held and voided',
    given: [create, unanswered(1), cancel, tell(1, 'succeeded'), tell(2, 'succeeded')],
    status: 'canceled',
  },
  {
    name: 'canceled in doubt, then captured and refunded',
    given: [automatic, unanswered(1), cancel, tell(1, 'succeeded'), tell(2, 'succeeded')],
    status: 'canceled',
    captured: 1000n,
    refunded: 1000n,
  },
  { name: 'needs the customer', given: [create, tell(1, 'requires_action')], status: 'requires_action' },
  {
    name: 'the customer approved',
    given: [create, tell(1, 'requires_action'), tell(1, 'succeeded')],
    status: 'requires_capture',
    capturable: 1000n,
  },
  {
    name: 'the customer refused',
    given: [create, tell(1, 'requires_action'), tell(1, 'declined')],
    status: 'requires_payment_method',
  },
  {
    name: 'canceled at the challenge: the stop is under way',
    given: [create, tell(1, 'requires_action'), cancel],
    status: 'requires_action',
  },
  {
    name: 'canceled at the challenge',
    given: [create, tell(1, 'requires_action'), cancel, tell(2, 'succeeded')],
    status: 'canceled',
  },
  {
    name: 'canceled at the challenge, and approved all the same',
    given: [
      create,
      tell(1, 'requires_action'),
      cancel,
      tell(2, 'succeeded'),
      tell(1, 'succeeded', { providerVersion: 2 }),
    ],
    status: 'canceled',
    conflict: 'late_success',
  },
  { name: 'voided', given: [...held, cancel, tell(2, 'succeeded')], status: 'canceled' },
  { name: 'void under way', given: [...held, cancel], status: 'processing' },
  { name: 'void in doubt', given: [...held, cancel, unanswered(2)], status: 'in_doubt', inDoubt: 1000n },
  {
    name: 'void failed: the hold is live',
    given: [...held, cancel, tell(2, 'declined')],
    status: 'requires_capture',
    capturable: 1000n,
  },
  {
    name: 'part captured',
    given: [...held, capture(300n), tell(2, 'succeeded')],
    status: 'partially_captured',
    captured: 300n,
    capturable: 700n,
  },
  {
    name: 'part captured, the rest released',
    given: [...held, capture(300n, true), tell(2, 'succeeded')],
    status: 'partially_captured',
    captured: 300n,
  },
  {
    name: 'captured in parts, in full',
    given: [...held, capture(300n), tell(2, 'succeeded'), capture(700n), tell(3, 'succeeded')],
    status: 'succeeded',
    captured: 1000n,
  },
  { name: 'capture under way', given: [...held, capture(null)], status: 'processing' },
  {
    name: 'capture in doubt, nothing captured',
    given: [...held, capture(null), unanswered(2)],
    status: 'in_doubt',
    inDoubt: 1000n,
  },
  {
    name: 'second capture in doubt',
    given: [...held, capture(300n), tell(2, 'succeeded'), capture(300n), unanswered(3)],
    status: 'partially_captured',
    captured: 300n,
    capturable: 400n,
    inDoubt: 300n,
  },
  {
    name: 'capture failed: the hold is live',
    given: [...held, capture(null), tell(2, 'declined')],
    status: 'requires_capture',
    capturable: 1000n,
  },
  {
    name: 'capture reversed at settlement',
    given: [...held, capture(null), tell(2, 'succeeded'), tell(2, 'reversed', { source: 'settlement' })],
    status: 'failed',
  },
  {
    name: 'one-step capture reversed at settlement',
    given: [...paid, tell(1, 'reversed', { source: 'settlement' })],
    status: 'failed',
  },
  {
    name: 'automatic capture that the provider does in two',
    given: [automatic, tell(1, { outcome: 'succeeded', capturedMinor: 0n }), tell(2, 'succeeded')],
    status: 'succeeded',
    captured: 1000n,
  },
  {
    name: 'automatic capture in two, the second failed',
    given: [automatic, tell(1, { outcome: 'succeeded', capturedMinor: 0n }), tell(2, 'declined')],
    status: 'requires_capture',
    capturable: 1000n,
  },
  {
    name: 'refunded in part',
    given: [...paid, refund(300n), tell(2, 'succeeded')],
    status: 'succeeded',
    captured: 1000n,
    refunded: 300n,
  },
  {
    name: 'refund in doubt',
    given: [...paid, refund(300n), unanswered(2)],
    status: 'succeeded',
    captured: 1000n,
    inDoubt: 300n,
  },
  {
    name: 'refund that bounced',
    given: [...paid, refund(300n), tell(2, 'succeeded'), tell(2, 'reversed', { source: 'webhook' })],
    status: 'succeeded',
    captured: 1000n,
  },
  {
    name: 'partial approval that is allowed',
    given: [createCommand({ allowPartial: true }), tell(1, { outcome: 'succeeded', amountMinor: 400n })],
    status: 'requires_capture',
    capturable: 400n,
  },
  {
    name: 'partial approval that is not: a void is sent',
    given: [create, tell(1, { outcome: 'succeeded', amountMinor: 400n })],
    status: 'processing',
  },
  {
    name: 'partial approval given back',
    given: [create, tell(1, { outcome: 'succeeded', amountMinor: 400n }), tell(2, 'succeeded')],
    status: 'requires_payment_method',
  },
  {
    name: 'partial approval given back, then another attempt',
    given: [
      create,
      tell(1, { outcome: 'succeeded', amountMinor: 400n }),
      tell(2, 'succeeded'),
      confirm(),
      tell(3, 'succeeded'),
    ],
    status: 'requires_capture',
    capturable: 1000n,
  },
  {
    name: 'another amount',
    given: [automatic, tell(1, { outcome: 'succeeded', amountMinor: 1100n })],
    status: 'succeeded',
    captured: 1100n,
    conflict: 'amount_mismatch',
  },
  {
    name: 'another currency',
    given: [automatic, tell(1, { outcome: 'succeeded', currency: 'USD' })],
    status: 'succeeded',
    captured: 1000n,
    conflict: 'currency_mismatch',
  },
  {
    name: 'a conflict that was accepted',
    given: [
      automatic,
      tell(1, { outcome: 'succeeded', amountMinor: 1100n }),
      { type: 'resolve_conflict', operation: 1, resolution: 'accept', by: { name: 'o', reason: 'r' } },
    ],
    status: 'succeeded',
    captured: 1100n,
  },
  {
    name: 'a conflict that was undone',
    given: [
      automatic,
      tell(1, { outcome: 'succeeded', amountMinor: 1100n }),
      { type: 'resolve_conflict', operation: 1, resolution: 'return_money', by: { name: 'o', reason: 'r' } },
      tell(2, 'succeeded'),
    ],
    status: 'canceled',
    captured: 1100n,
    refunded: 1100n,
  },
  {
    name: 'declined, then approved after all',
    given: [automatic, tell(1, 'declined', { providerVersion: 1 }), tell(1, 'succeeded', { providerVersion: 2 })],
    status: 'succeeded',
    captured: 1000n,
    conflict: 'late_success',
  },
  {
    name: 'first attempt approved after the second',
    given: [
      create,
      tell(1, 'declined', { providerVersion: 1 }),
      confirm(),
      tell(2, 'succeeded'),
      tell(1, 'succeeded', { providerVersion: 2 }),
    ],
    status: 'requires_capture',
    capturable: 1000n,
    conflict: 'late_success',
  },
  {
    name: 'capture proven after the void',
    given: [
      ...held,
      capture(500n),
      unanswered(2),
      tell(2, 'declined', { providerVersion: 1 }),
      cancel,
      tell(3, 'succeeded'),
      tell(2, 'succeeded', { providerVersion: 2 }),
    ],
    status: 'partially_captured',
    captured: 500n,
    conflict: 'late_success',
  },
];

for (const row of NEXT) {
  test(`is ${row.status}: ${row.name}`, () => {
    const payment = given(...row.given);
    const amounts = amountsOf(payment);
    assert.equal(statusOf(payment), row.status);
    assert.deepEqual(
      {
        captured: amounts.capturedMinor,
        capturable: amounts.capturableMinor,
        refunded: amounts.refundedMinor,
        inDoubt: amounts.inDoubtMinor,
        conflict: payment.conflicts[0]?.reason ?? null,
      },
      {
        captured: row.captured ?? 0n,
        capturable: row.capturable ?? 0n,
        refunded: row.refunded ?? 0n,
        inDoubt: row.inDoubt ?? 0n,
        conflict: row.conflict ?? null,
      },
    );
  });
}

test('a provider that is out of reach: a new payment is recorded and not sent', () => {
  const decision = when(null, create, START, unavailable);
  assert.deepEqual(decision.ok && decision.value.map((event) => event.type), ['payment.created', 'operation.withheld']);
});

test('a provider that is out of reach: other commands are refused and nothing is recorded', () => {
  for (const [payment, command] of [
    [given(...held), capture(1n)],
    [given(...held), cancel],
    [given(...paid), refund(1n)],
  ] as const) {
    const decision = when(payment, command, START, unavailable);
    assert.equal(decision.ok ? 'accepted' : decision.error.code, 'provider_unavailable');
  }
});

test('a merchant without an account is refused', () => {
  const none = { ...unavailable, plan: () => ({ way: 'none' }) as const };
  for (const [payment, command] of [
    [null, create],
    [given(createCommand({ confirm: false })), confirm()],
  ] as const) {
    const decision = when(payment, command, START, none);
    assert.equal(decision.ok ? 'accepted' : decision.error.code, 'no_provider_account');
  }
});

test('a provider that captures once: the second capture is refused and the first is the last', () => {
  const payment = given(...held, capture(300n, false), tell(2, 'succeeded'));
  const second = when(payment, capture(100n), START, singleCapture);
  assert.equal(second.ok ? 'accepted' : second.error.code, 'multiple_captures_unsupported');
  const first = when(given(...held), capture(300n), START, singleCapture);
  assert.equal(first.ok && first.value[0]?.type === 'operation.sent' && first.value[0].final, true);
});

test('a provider that captures once releases the rest: a part that is said not to be the last is refused', () => {
  const part = when(given(...held), capture(300n, false), START, singleCapture);
  assert.equal(part.ok ? 'accepted' : part.error.code, 'multiple_captures_unsupported');
  const all = when(given(...held), capture(null, false), START, singleCapture);
  assert.equal(all.ok && all.value[0]?.type === 'operation.sent' && all.value[0].final, true);
});

test('a provider that captures all or nothing: a part is refused, whatever is left', () => {
  const part = when(given(...held), capture(300n), START, wholeCaptures);
  assert.equal(part.ok ? 'accepted' : part.error.code, 'partial_capture_unsupported');
  const more = when(given(...held), capture(100_000n), START, wholeCaptures);
  assert.equal(more.ok ? 'accepted' : more.error.code, 'amount_exceeds_capturable');
  assert.equal(when(given(...held), capture(null), START, wholeCaptures).ok, true);
});

test('the time-out is an event of its own, at the deadline and not before', () => {
  const decision = when(given(create), { type: 'pursue', step: 'time_out', operation: 1, now: START + 1000 });
  assert.deepEqual(decision.ok && decision.value.map((event) => event.type), ['operation.timed_out']);
  const again = when(given(create, unanswered(1)), { type: 'pursue', step: 'time_out', operation: 1 });
  assert.deepEqual(again, { ok: true, value: [] });
});

test('of what is not final, the newer version of the provider stands, whichever comes last', () => {
  const payment = given(create, tell(1, 'pending', { providerVersion: 2 }));
  assert.deepEqual(when(payment, tell(1, 'requires_action', { providerVersion: 1 })), { ok: true, value: [] });
  const newer = when(payment, tell(1, 'requires_action', { providerVersion: 3 }));
  assert.deepEqual(newer.ok && newer.value.map((event) => event.type), ['operation.action_required']);
});

test('a webhook that says nothing does not end an operation whose reply is on its way', () => {
  assert.deepEqual(when(given(create), tell(1, 'unknown', { source: 'webhook' })), { ok: true, value: [] });
});

test('money that nobody asked for is discovered once, however often and by whatever way it is told', () => {
  const outcome = {
    outcome: 'succeeded',
    amountMinor: 300n,
    capturedMinor: null,
    currency: 'EUR',
    providerReference: 'found',
    providerVersion: 1,
  } as const;
  const found = (account: string, amountMinor: bigint | null = 300n) =>
    ({
      type: 'discover',
      kind: 'refund',
      target: 1,
      outcome: { ...outcome, amountMinor },
      proof: { source: 'webhook', account, rawHash: 'r' },
    }) as const;
  const payment = given(...paid, found('acct_1'));
  assert.equal(payment.conflicts[0]?.reason, 'refund_discovered');
  assert.equal(amountsOf(payment).refundedMinor, 300n);
  assert.deepEqual(
    when(payment, { ...found('acct_1'), proof: { source: 'settlement', account: 'acct_1', rawHash: 's' } }),
    { ok: true, value: [] },
  );
  assert.deepEqual(when(payment, found('acct_1', null)), { ok: true, value: [] });
  const other = when(payment, found('acct_2'));
  assert.equal(other.ok ? 'accepted' : other.error.code, 'account_mismatch');
  const nowhere = when(payment, { ...found('acct_1'), target: 9 });
  assert.equal(nowhere.ok ? 'accepted' : nowhere.error.code, 'operation_not_found');
});

test('a newer failure reverses what had succeeded, an older one is history, whichever comes last', () => {
  const asked = [...paid, refund(300n)] as const;
  const at = (outcome: string, providerVersion: number) => tell(2, outcome, { providerVersion });
  const refunded = (...told: readonly Step[]) => amountsOf(given(...asked, ...told)).refundedMinor;
  assert.equal(refunded(at('succeeded', 1), at('declined', 2)), 0n);
  assert.equal(refunded(at('declined', 2), at('succeeded', 1)), 0n);
  assert.equal(refunded(at('succeeded', 2), at('declined', 1)), 300n);
  assert.equal(refunded(at('declined', 1), at('succeeded', 2)), 300n);
  assert.equal(refunded(at('succeeded', 1), at('reversed', 2), at('succeeded', 3)), 300n);
});

test('a settlement has the last word over any version; without versions the better source has', () => {
  const refunded = (...told: readonly Step[]) => amountsOf(given(...paid, refund(300n), ...told)).refundedMinor;
  assert.equal(
    refunded(tell(2, 'succeeded', { providerVersion: 9 }), tell(2, 'reversed', { source: 'settlement' })),
    0n,
  );
  assert.equal(
    refunded(tell(2, 'reversed', { source: 'settlement' }), tell(2, 'succeeded', { providerVersion: 9 })),
    0n,
  );
  assert.equal(refunded(tell(2, 'succeeded', { source: 'reply' }), tell(2, 'reversed', { source: 'webhook' })), 0n);
  assert.equal(refunded(tell(2, 'succeeded', { source: 'inquiry' }), tell(2, 'declined', { source: 'reply' })), 300n);
});

const resolve = (operation: number, resolution: 'accept' | 'return_money') =>
  ({ type: 'resolve_conflict', operation, resolution, by: { name: 'o', reason: 'r' } }) as const;
const found = (kind: 'capture' | 'refund', amountMinor: bigint): Step => ({
  type: 'discover',
  kind,
  target: 1,
  outcome: {
    outcome: 'succeeded',
    amountMinor,
    capturedMinor: null,
    currency: 'EUR',
    providerReference: 'found',
    providerVersion: 1,
  },
  proof: { source: 'webhook', account: 'acct_1', rawHash: 'r' },
});

test('money that is returned of a partly captured payment: what was taken is refunded, then the hold is voided, and no more', () => {
  const late = [
    create,
    tell(1, 'declined', { providerVersion: 1 }),
    tell(1, 'succeeded', { providerVersion: 2 }),
  ] as const;
  const asked = [...late, capture(400n, false), tell(2, 'succeeded'), resolve(1, 'return_money')] as const;
  const refund = given(...asked).operations.at(-1);
  assert.deepEqual([refund?.kind, refund?.amountMinor], ['refund', 400n]);
  const refunded = given(...asked, tell(3, 'succeeded'));
  assert.deepEqual([statusOf(refunded), refunded.operations.at(-1)?.kind], ['processing', 'void']);
  const back = given(...asked, tell(3, 'succeeded'), tell(4, 'succeeded'));
  assert.deepEqual([statusOf(back), back.operations.length], ['canceled', 4]);
});

const twoCharges = (capture: 'automatic' | 'manual') =>
  [
    createCommand({ capture }),
    tell(1, 'declined', { providerVersion: 1 }),
    confirm(),
    tell(2, 'succeeded', { providerVersion: 1 }),
    tell(1, 'succeeded', { providerVersion: 2 }),
  ] as const;

test('two charges of one payment: a refund is of one of them, and what is returned is the one that was flagged', () => {
  const payment = given(...twoCharges('automatic'));
  assert.equal(payment.conflicts[0]?.operation, 1);
  const tooMuch = when(payment, refund(1500n));
  assert.deepEqual(tooMuch.ok ? 'accepted' : tooMuch.error, {
    code: 'amount_exceeds_refundable',
    leftMinor: 1000n,
    currency: 'EUR',
  });
  const returning = given(...twoCharges('automatic'), resolve(1, 'return_money'));
  const asked = returning.operations.at(-1);
  assert.deepEqual([asked?.kind, asked?.target, asked?.amountMinor], ['refund', 1, 1000n]);
  const returned = given(...twoCharges('automatic'), resolve(1, 'return_money'), tell(3, 'succeeded'));
  assert.deepEqual(
    [statusOf(returned), returned.operations.length, amountsOf(returned).refundableMinor],
    ['succeeded', 3, 1000n],
  );
});

test('two holds of one payment: each has somebody who looks after it', () => {
  const returning = given(...twoCharges('manual'), resolve(1, 'return_money'));
  const asked = returning.operations.at(-1);
  assert.deepEqual([asked?.kind, asked?.target, statusOf(returning)], ['void', 1, 'requires_capture']);
  const canceled = given(...twoCharges('manual'), cancel);
  assert.deepEqual(
    canceled.operations.slice(2).map(({ kind, target }) => [kind, target]),
    [
      ['void', 1],
      ['void', 2],
    ],
  );
  const accepted = given(...twoCharges('manual'), resolve(1, 'accept'));
  assert.deepEqual(
    owed(accepted).map(({ step, operation }) => [step, operation]),
    [
      ['lapse', 1],
      ['lapse', 2],
    ],
  );
});

test('while one authorisation is on its way back, there is no second one', () => {
  const path = [
    create,
    tell(1, 'declined', { providerVersion: 1 }),
    confirm(),
    tell(1, 'succeeded', { providerVersion: 2 }),
    capture(1000n),
    tell(2, 'declined'),
  ] as const;
  const returning = given(...path, resolve(1, 'return_money'));
  assert.equal(statusOf(returning), 'processing');
  const second = when(returning, confirm());
  assert.equal(second.ok ? 'accepted' : second.error.code, 'payment_not_confirmable');
});

test('each conflict waits for its own resolution; no capture while the amount or the currency is open', () => {
  const flagged = given(automatic, tell(1, { outcome: 'succeeded', amountMinor: 1100n }), found('refund', 100n));
  assert.deepEqual(
    flagged.conflicts.map(({ reason, operation }) => [reason, operation]),
    [
      ['amount_mismatch', 1],
      ['refund_discovered', 2],
    ],
  );
  const one = given(
    automatic,
    tell(1, { outcome: 'succeeded', amountMinor: 1100n }),
    found('refund', 100n),
    resolve(1, 'accept'),
  );
  assert.deepEqual(
    one.conflicts.map(({ reason }) => reason),
    ['refund_discovered'],
  );
  const impossible = when(one, resolve(2, 'return_money'));
  assert.equal(impossible.ok ? 'accepted' : impossible.error.code, 'resolution_not_possible');
  const odd = when(given(create, tell(1, { outcome: 'succeeded', currency: 'USD' })), capture(1n));
  assert.equal(odd.ok ? 'accepted' : odd.error.code, 'payment_not_capturable');
});

test('a return that bounces is tried three times; to return it again is three more, and to accept it gives the hold back', () => {
  const bounced: Step[] = [
    createCommand({ capture: 'automatic' }),
    tell(1, { outcome: 'succeeded', amountMinor: 400n }),
  ];
  for (const n of [2, 3, 4]) {
    if (n > 2) bounced.push({ type: 'pursue', step: 'return_money', operation: 1, now: START + n * 3_600_000 } as Step);
    bounced.push(tell(n, 'succeeded', { providerVersion: 1 }), tell(n, 'reversed', { providerVersion: 2 }));
  }
  const payment = given(...bounced);
  assert.deepEqual([payment.conflicts[0]?.reason, owed(payment)], ['return_failed', []]);
  const again = given(...bounced, resolve(1, 'return_money'));
  assert.deepEqual([again.conflicts, again.operations.at(-1)?.kind], [[], 'refund']);
  assert.equal(statusOf(given(...bounced, resolve(1, 'accept'))), 'succeeded');
});

test('of two processes that ask the same question at once, one is counted', () => {
  const doubted = [create, unanswered(1)] as const;
  const at = START + 1000 + 5000;
  const asked = inquire(1, 'not_found', at - 60_000);
  const first = when(given(...doubted), asked, at);
  assert.deepEqual(first.ok && first.value.map(({ type }) => type), ['operation.inquired']);
  const second = when(given(...doubted, { ...asked, now: at }), asked, at + 10);
  assert.deepEqual(second.ok && second.value, []);
});

test('a stop that never arrived is tried on, never before the customer has had the time, and less often in the end', () => {
  const hour = 3_600_000;
  const steps: Step[] = [create, tell(1, 'requires_action'), cancel, notSent(2), cancel, notSent(3)];
  const dueAfter = (): number | undefined => owed(given(...steps)).find(({ step }) => step === 'stop')?.dueAt;
  const lapsesAt = START + 1000 + hour;
  assert.equal(dueAfter(), lapsesAt);
  steps.push({ type: 'pursue', step: 'stop', operation: 1, now: lapsesAt }, notSent(4));
  assert.equal(given(...steps).operations[3]?.cause, 'lapsed');
  assert.equal(dueAfter(), START + 6000 + 6 * hour);
});

test('a stop that is refused is tried three times, each a while later', () => {
  const steps: Step[] = [create, tell(1, 'requires_action')];
  for (const n of [2, 3, 4]) {
    const due = owed(given(...steps)).find(({ step }) => step === 'stop');
    assert.ok(due !== undefined && due.dueAt >= START + 600_000);
    steps.push({ type: 'pursue', step: 'stop', operation: 1, now: due.dueAt } as Step, tell(n, 'rejected'));
  }
  assert.equal(
    owed(given(...steps)).find(({ step }) => step === 'stop'),
    undefined,
  );
});

test('a challenge that was completed in time, and heard of late: its stops were refused, and the hold lasts as long as any', () => {
  const steps: Step[] = [createCommand(), tell(1, 'requires_action')];
  for (let n = 2; n <= 4; n += 1) {
    const due = owed(given(...steps)).find(({ step }) => step === 'stop');
    assert.ok(due !== undefined);
    steps.push({ type: 'pursue', step: 'stop', operation: 1, now: due.dueAt } as Step, tell(n, 'rejected'));
  }
  steps.push({ ...tell(1, 'succeeded', { source: 'webhook' }), now: START + 2 * 3_600_000 } as Step);
  const week = 7 * 24 * 3_600_000;
  const [lapse, ...others] = owed(given(...steps));
  assert.deepEqual([lapse?.step, lapse?.dueAt, others], ['lapse', START + week, []]);
  steps.push({ type: 'pursue', step: 'lapse', operation: 1, now: START + week });
  assert.deepEqual(given(...steps).operations[4]?.kind, 'void', 'it is there, whatever became of the stops');
});

test('what the provider has told us that it has is not absent because an inquiry did not find it', () => {
  for (const told of ['pending', 'requires_action']) {
    const payment = given(create, tell(1, told), inquire(1, 'not_found', START + 1e9));
    assert.equal(payment.operations[0]?.outcome.status, told);
  }
});

test('the second half of an automatic capture is tried again when it never left, and not when it was refused', () => {
  const half = [automatic, tell(1, { outcome: 'succeeded', capturedMinor: 0n })] as const;
  assert.deepEqual(
    owed(given(...half, notSent(2))).map(({ step }) => step),
    ['capture'],
  );
  assert.deepEqual(
    owed(given(...half, tell(2, 'declined'))).map(({ step }) => step),
    ['lapse'],
  );
});

test('an attempt that was withheld does not count', () => {
  const withheld = when(null, createCommand({ attemptsMax: 1 }), START, unavailable);
  assert.ok(withheld.ok);
  const payment = fold(null, withheld.value, START);
  assert.ok(payment);
  assert.equal(statusOf(payment), 'requires_payment_method');
});

test('a payment with very many operations takes no more commands, and still every fact', () => {
  const payment = given(...paid);
  const operations = Array.from({ length: 500 }, (_, index) => ({
    ...(payment.operations[0] as Operation),
    n: index + 1,
  }));
  const full = { ...payment, operations };
  const refused = when(full, refund(1n));
  assert.equal(refused.ok ? 'accepted' : refused.error.code, 'too_many_operations');
  assert.equal(when(full, tell(1, 'reversed', { source: 'settlement' })).ok, true);
});

test('money that a provider does not take back: three tries, then a person has to look', () => {
  const steps: Step[] = [
    createCommand({ capture: 'automatic' }),
    tell(1, { outcome: 'succeeded', amountMinor: 400n }),
    tell(2, 'declined'),
  ];
  for (const n of [3, 4]) {
    steps.push({ type: 'pursue', step: 'return_money', operation: 1, now: START + n * 3_600_000 } as Step);
    assert.deepEqual(given(...steps).conflicts, []);
    steps.push(tell(n, 'declined'));
  }
  const payment = given(...steps);
  assert.deepEqual([payment.conflicts[0]?.reason, payment.conflicts[0]?.operation], ['return_failed', 1]);
});

test('a conflict is resolved by naming the operation that it is about', () => {
  const payment = given(automatic, tell(1, { outcome: 'succeeded', amountMinor: 1100n }));
  const other = when(payment, resolve(2, 'accept'));
  assert.equal(other.ok ? 'accepted' : other.error.code, 'no_conflict');
});

test('while a stop is under way, a decline leaves nothing to confirm; and what the merchant canceled has not expired', () => {
  const stopping = [create, tell(1, 'requires_action'), cancel, tell(1, 'declined')] as const;
  assert.equal(statusOf(given(...stopping)), 'processing');
  assert.equal(statusOf(given(...stopping, tell(2, 'succeeded'))), 'canceled');
  const lapsed = [
    create,
    tell(1, 'requires_action'),
    { type: 'pursue', step: 'stop', operation: 1, now: START + 4_000_000 } as Step,
    tell(2, 'succeeded'),
  ] as const;
  assert.equal(statusOf(given(...lapsed)), 'expired');
});

test('what an eventual inquiry does not find is not proven absent, however late it was asked', () => {
  const asked = inquire(1, 'not_found', START + 1e12);
  assert.ok(asked.type === 'observe' && asked.observation.kind === 'inquired');
  const observation = { ...asked.observation, propagationMs: Number.POSITIVE_INFINITY };
  assert.equal(statusOf(given(create, unanswered(1), { ...asked, observation })), 'in_doubt');
});

test('cancel after a part was captured: the rest is voided, where the provider can', () => {
  const part = [...held, capture(300n), tell(2, 'succeeded')] as const;
  const voided = given(...part, cancel, tell(3, 'succeeded'));
  assert.deepEqual(
    [statusOf(voided), amountsOf(voided).authorizedMinor, amountsOf(voided).capturableMinor],
    ['partially_captured', 300n, 0n],
  );
  const refused = when(given(...part), cancel, START, singleCapture);
  assert.equal(refused.ok ? 'accepted' : refused.error.code, 'payment_not_cancelable');
});

test('cancel while the provider is still deciding: it is stopped', () => {
  assert.equal(statusOf(given(create, tell(1, 'pending'), cancel, tell(2, 'succeeded'))), 'canceled');
});
