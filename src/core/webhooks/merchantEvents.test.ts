import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { historyOf } from '#core/ledger/testKit.ts';
import { amountsOf } from '#core/payments/amounts.ts';
import { statusOf } from '#core/payments/status.ts';
import {
  cancel,
  capture,
  confirm,
  createCommand,
  evidence,
  ID,
  notSent,
  refund,
  START,
  type Step,
  tell,
  unanswered,
} from '#core/payments/testKit.ts';
import { maskOf, merchantEventsOf, PAYMENT_EVENT_TYPES, parseEventId, toldBy } from './merchantEvents.ts';

/** What each step told, without the prefix of payments. */
const toldOf = (...steps: Step[]): string[][] => {
  const history = historyOf(steps);
  return history.versions.map((_, index) => toldBy(history, index + 1).map(({ type }) => type.replace('payment.', '')));
};

const automatic = createCommand({ capture: 'automatic' });
const taken = tell(1, { outcome: 'succeeded', amountMinor: 1000n, capturedMinor: 1000n });

test('each step tells what it changed, in words that do not depend on how it came about', () => {
  const cases: readonly (readonly [string, Step[], string[][]])[] = [
    ['taken at once', [automatic, taken], [['created'], ['captured', 'succeeded']]],
    [
      'held, taken',
      [createCommand(), tell(1, 'succeeded'), capture(null), tell(2, 'succeeded')],
      [['created'], ['authorized'], [], ['captured', 'succeeded']],
    ],
    [
      'taken in parts',
      [createCommand(), tell(1, 'succeeded'), capture(300n), tell(2, 'succeeded'), capture(700n), tell(3, 'succeeded')],
      [['created'], ['authorized'], [], ['captured'], [], ['captured', 'succeeded']],
    ],
    ['not confirmed', [createCommand({ confirm: false }), cancel], [['created'], ['canceled']]],
    [
      'released',
      [createCommand(), tell(1, 'succeeded'), cancel, tell(2, 'succeeded')],
      [['created'], ['authorized'], [], ['canceled']],
    ],
    [
      'declined, then taken',
      [
        automatic,
        tell(1, 'declined'),
        confirm(),
        tell(2, { outcome: 'succeeded', amountMinor: 1000n, capturedMinor: 1000n }),
      ],
      [['created'], ['declined'], [], ['captured', 'succeeded']],
    ],
    ['never sent', [automatic, notSent(1)], [['created'], ['declined']]],
    [
      'no attempt left',
      [createCommand({ attemptsMax: 1 }), tell(1, 'declined')],
      [['created'], ['declined', 'failed']],
    ],
    [
      'in doubt, then proven',
      [automatic, unanswered(1), taken],
      [['created'], ['in_doubt'], ['resolved', 'captured', 'succeeded']],
    ],
    [
      'in doubt, then declined',
      [automatic, unanswered(1), tell(1, 'declined')],
      [['created'], ['in_doubt'], ['resolved', 'declined']],
    ],
    [
      'a challenge',
      [createCommand(), tell(1, 'requires_action'), tell(1, 'succeeded')],
      [['created'], ['requires_action'], ['authorized']],
    ],
    [
      'a void that fails',
      [createCommand(), tell(1, 'succeeded'), cancel, tell(2, 'declined')],
      [['created'], ['authorized'], [], []],
    ],
    [
      'another amount',
      [createCommand(), tell(1, { outcome: 'succeeded', amountMinor: 1200n, currency: 'EUR' })],
      [['created'], ['authorized', 'conflicted']],
    ],
  ];
  for (const [name, steps, expected] of cases) assert.deepEqual(toldOf(...steps), expected, name);
});

test('refunds are told by themselves, each with its own number', () => {
  const steps = [automatic, taken, refund(300n), refund(200n), tell(2, 'succeeded'), tell(3, 'declined')];
  const told = merchantEventsOf(historyOf(steps)).slice(3);
  assert.deepEqual(
    told.map(({ type, refund: n }) => [type, n]),
    [
      ['refund.created', 2],
      ['refund.created', 3],
      ['refund.succeeded', 2],
      ['refund.failed', 3],
    ],
  );
  assert.deepEqual(
    toldOf(automatic, taken, refund(null), tell(2, 'succeeded'), {
      type: 'operation.reversed',
      operation: 2,
      evidence: evidence(),
    }).slice(2),
    [['refund.created'], ['refund.succeeded'], ['refund.reversed']],
  );
});

test('doubt about a refund is told too, and the payment keeps its status', () => {
  const told = toldOf(automatic, taken, refund(null), unanswered(2), tell(2, 'succeeded')).slice(3);
  assert.deepEqual(told, [['in_doubt'], ['resolved', 'refund.succeeded']]);
});

test('a capture that is taken back at settlement makes the payment fail', () => {
  const reversed: Step = { type: 'operation.reversed', operation: 1, evidence: evidence() };
  assert.deepEqual(toldOf(automatic, taken, reversed).at(-1), ['failed']);
});

test('what changes nothing tells nothing', () => {
  const inquired: Step = { type: 'operation.inquired', operation: 1, reason: 'still pending' };
  assert.deepEqual(toldOf(automatic, unanswered(1), inquired).at(-1), []);
});

test('each event has its place, its id and the payment as it was', () => {
  const events = merchantEventsOf(historyOf([automatic, taken]));
  assert.deepEqual(
    events.map(({ id, seq, n, sequence, at, payment }) => [id.slice(-4), seq, n, sequence, at, statusOf(payment)]),
    [
      ['_1_1', 1, 1, 1, START, 'processing'],
      ['_2_1', 2, 1, 2, START + 10_000, 'succeeded'],
      ['_2_2', 2, 2, 3, START + 10_000, 'succeeded'],
    ],
  );
});

test('an id leads back to its place, and nothing else does', () => {
  const key = ID.slice('pay_'.length);
  assert.deepEqual(parseEventId(`evt_${key}_12_3`), { payment: ID, seq: 12, n: 3 });
  for (const id of [`evt_${key}`, `evt_${key}_0_1`, `evt_${key}_1_01`, `evt_${key}_1_1_1`, `pay_${key}_1_1`, ''])
    assert.equal(parseEventId(id), null, id);
});

test('a set of types is a number, a bit a type', () => {
  assert.equal(maskOf([]), 0);
  assert.equal(maskOf(['payment.created', 'refund.created']), 3);
  assert.equal(maskOf(PAYMENT_EVENT_TYPES), 2 ** PAYMENT_EVENT_TYPES.length - 1);
});

const anyStep = fc.oneof(
  fc.constantFrom<Step>(
    cancel,
    capture(null),
    capture(300n),
    capture(500n, true),
    refund(null),
    refund(100n),
    confirm(),
  ),
  fc
    .tuple(
      fc.integer({ min: 1, max: 4 }),
      fc.constantFrom('succeeded', 'declined', 'rejected', 'requires_action', 'pending', 'unknown'),
    )
    .map(([operation, outcome]) => tell(operation, outcome)),
  fc.integer({ min: 1, max: 4 }).chain((operation) => fc.constantFrom(unanswered(operation), notSent(operation))),
);

test('whatever happens: sequence without gaps, ids once, what is read later says the same, and doubt begins and ends in turn', () => {
  const anyPayment = fc.record({
    mode: fc.constantFrom('automatic' as const, 'manual' as const),
    steps: fc.array(anyStep, { maxLength: 14 }),
  });
  fc.assert(
    fc.property(anyPayment, ({ mode, steps }) => {
      const history = historyOf([createCommand({ capture: mode }), ...steps]);
      const events = merchantEventsOf(history);
      assert.deepEqual(
        events.map(({ sequence }) => sequence),
        events.map((_, index) => index + 1),
      );
      assert.equal(new Set(events.map(({ id }) => id)).size, events.length);
      for (let length = 1; length < history.versions.length; length += 1) {
        const earlier = merchantEventsOf({ ...history, versions: history.versions.slice(0, length) });
        assert.deepEqual(earlier, events.slice(0, earlier.length));
      }
      const doubts = events
        .map(({ type }) => type)
        .filter((type) => type === 'payment.in_doubt' || type === 'payment.resolved');
      assert.ok(doubts.every((type, index) => type === (index % 2 === 0 ? 'payment.in_doubt' : 'payment.resolved')));
      const captured = events.filter(({ type }) => type === 'payment.captured');
      const last = history.versions.at(-1)?.payment;
      if (last !== undefined && amountsOf(last).capturedMinor > 0n) assert.ok(captured.length > 0);
    }),
    { numRuns: 300 },
  );
});
