import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { amountsOf } from '#core/payments/amounts.ts';
import { decodeEvents, encodeEvents } from '#core/payments/codec.ts';
import type { PaymentCommand } from '#core/payments/commands.ts';
import type { PaymentEvent } from '#core/payments/events.ts';
import { owed } from '#core/payments/owed.ts';
import { isOpen, type Payment } from '#core/payments/payment.ts';
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
  planner,
  refund,
  START,
  type Step,
  tell,
  unanswered,
} from '#core/payments/testKit.ts';
import { decide } from './decide.ts';

const amount = fc.bigInt(1n, 1200n);
const operation = fc.integer({ min: 1, max: 6 });
const version = fc.option(fc.integer({ min: 1, max: 5 }), { nil: null });
const source = fc.constantFrom('reply', 'webhook', 'inquiry', 'settlement');

/** Anything at all that can be asked or told, sensible or not. */
const anything: fc.Arbitrary<Step> = fc.oneof(
  amount.map((value) => capture(value)),
  amount.map((value) => capture(value, true)),
  amount.map((value) => refund(value)),
  fc.constant(refund(null)),
  fc.constant(cancel),
  fc.constant(confirm()),
  operation.map(unanswered),
  operation.map(notSent),
  fc
    .tuple(
      operation,
      fc.constantFrom('succeeded', 'declined', 'reversed', 'rejected', 'pending', 'requires_action', 'unknown'),
      version,
      source,
    )
    .map(([n, outcome, providerVersion, from]) => tell(n, outcome, { providerVersion, source: from as 'reply' })),
  fc.tuple(operation, amount).map(([n, amountMinor]) => tell(n, { outcome: 'succeeded', amountMinor })),
  operation.map((n) => inquire(n, 'not_found', START + 1e9)),
  fc
    .tuple(fc.constantFrom('time_out', 'capture', 'return_money', 'stop', 'lapse'), operation)
    .map(([step, n]) => ({ type: 'pursue', step, operation: n }) as Step),
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

/** What an honest provider says of what it was asked: it does all of it or nothing. */
const honest: fc.Arbitrary<Step> = fc.oneof(
  amount.map((value) => capture(value)),
  amount.map((value) => refund(value)),
  fc.constant(cancel),
  fc.constant(confirm()),
  operation.map(unanswered),
  fc
    .tuple(operation, fc.constantFrom('succeeded', 'declined'))
    .map(([n, outcome]) => tell(n, outcome, { providerVersion: 1 })),
);

type Visited = { payment: Payment; events: readonly PaymentEvent[] };

function walk(first: Step, steps: readonly Step[], visit: (visited: Visited) => void): Payment {
  let payment = given(first);
  for (const [index, step] of steps.entries()) {
    const decision = decide(payment, { now: START + (index + 1) * 10_000, ...step } as PaymentCommand, planner);
    if (!decision.ok) continue;
    payment = fold(payment, decision.value, START + (index + 1) * 10_000) ?? payment;
    visit({ payment, events: decision.value });
  }
  return payment;
}

const first = fc
  .record({ capture: fc.constantFrom('automatic' as const, 'manual' as const), allowPartial: fc.boolean() })
  .map((changes) => createCommand(changes));

test('whatever is asked and told, in whatever order, folds; amounts are never negative, and nothing is lost on the way to the journal', () => {
  fc.assert(
    fc.property(first, fc.array(anything, { maxLength: 25 }), (create, steps) => {
      walk(create, steps, ({ payment, events }) => {
        for (const value of Object.values(amountsOf(payment))) assert.ok(value >= 0n);
        assert.ok(statusOf(payment));
        const { records, personal } = encodeEvents(events);
        assert.deepEqual(decodeEvents(JSON.parse(JSON.stringify(records)), personal), events);
      });
    }),
    { numRuns: 2000 },
  );
});

test('every operation that is open is owed a next step, with a time', () => {
  fc.assert(
    fc.property(first, fc.array(anything, { maxLength: 25 }), (create, steps) => {
      walk(create, steps, ({ payment }) => {
        const due = owed(payment);
        for (const open of payment.operations.filter((candidate) => isOpen(candidate))) {
          assert.ok(
            due.some((step) => step.operation === open.n && Number.isFinite(step.dueAt)),
            `operation ${open.n} is ${open.outcome.status} and nobody owns it`,
          );
        }
      });
    }),
    { numRuns: 1000 },
  );
});

test('with a provider that does what it is asked, never more is captured than authorised nor refunded than captured, doubts included', () => {
  fc.assert(
    fc.property(first, fc.array(honest, { maxLength: 30 }), (create, steps) => {
      walk(create, steps, ({ payment }) => {
        const live = payment.operations.filter(
          (candidate) => candidate.outcome.status === 'succeeded' || isOpen(candidate),
        );
        const total = (kind: string) =>
          live
            .filter((candidate) => candidate.kind === kind)
            .reduce((sum, candidate) => sum + candidate.amountMinor, 0n);
        const { capturedMinor } = amountsOf(payment);
        if (payment.conflicts.length === 0 && payment.operations.every((candidate) => candidate.unwanted === null)) {
          assert.ok(total('capture') <= total('authorize'));
          assert.ok(total('refund') <= capturedMinor);
        }
        const authorizations = live.filter((candidate) => candidate.kind === 'authorize' && isOpen(candidate));
        assert.ok(authorizations.length <= 1, 'two authorisations in flight at once');
      });
    }),
    { numRuns: 2000 },
  );
});

/** Claims about a capture and a refund: what the provider says of one version of an object is always the same. */
const claims = fc.array(
  fc.record({
    n: fc.constantFrom(2, 3),
    providerVersion: fc.integer({ min: 2, max: 6 }),
    source: fc.constantFrom('webhook' as const, 'inquiry' as const, 'reply' as const),
  }),
  { minLength: 2, maxLength: 7 },
);
const says = fc.array(fc.constantFrom('succeeded', 'declined', 'reversed'), { minLength: 10, maxLength: 10 });

test('the order in which the same observations arrive does not change the money', () => {
  fc.assert(
    fc.property(claims, says, fc.array(fc.nat(), { minLength: 7, maxLength: 7 }), (told, words, shuffle) => {
      const before = given(
        createCommand(),
        tell(1, 'succeeded', { providerVersion: 1 }),
        capture(600n),
        tell(2, 'succeeded', { providerVersion: 1 }),
        refund(200n),
        unanswered(3),
      );
      const steps = told.map(({ n, ...proof }) =>
        tell(n, words[proof.providerVersion + (n - 2) * 4] ?? 'succeeded', proof),
      );
      const shuffled = steps
        .map((step, index) => ({ step, order: shuffle[index] ?? 0 }))
        .sort((left, right) => left.order - right.order)
        .map(({ step }) => step);
      const [one, other] = [steps, shuffled].map((order) => apply(before, order));
      assert.deepEqual(money(one), money(other));
    }),
    { numRuns: 5000 },
  );
});

test('the same observation twice adds nothing the second time', () => {
  fc.assert(
    fc.property(claims, says, (told, words) => {
      let payment = given(
        createCommand(),
        tell(1, 'succeeded', { providerVersion: 1 }),
        capture(600n),
        tell(2, 'succeeded', { providerVersion: 1 }),
        refund(200n),
        unanswered(3),
      );
      for (const { n, ...proof } of told) {
        const step = tell(n, words[proof.providerVersion + (n - 2) * 4] ?? 'succeeded', proof);
        payment = apply(payment, [step]);
        assert.equal(apply(payment, [step]).version, payment.version);
      }
    }),
  );
});

function apply(from: Payment, steps: readonly Step[]): Payment {
  let payment = from;
  for (const step of steps) {
    const decision = decide(payment, { now: START + 1e8, ...step } as PaymentCommand, planner);
    if (decision.ok && decision.value.length > 0) payment = fold(payment, decision.value, START + 1e8) ?? payment;
  }
  return payment;
}

function money(payment: Payment | undefined) {
  assert.ok(payment);
  const { capturedMinor, refundedMinor, authorizedMinor, inDoubtMinor } = amountsOf(payment);
  return {
    capturedMinor,
    refundedMinor,
    authorizedMinor,
    inDoubtMinor,
    moved: payment.operations.map(({ outcome }) => outcome.status === 'succeeded'),
  };
}
