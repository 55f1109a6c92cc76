import assert from 'node:assert/strict';
import test from 'node:test';
import type { OperationSent } from './events.ts';
import { owed } from './owed.ts';
import type { Payment } from './payment.ts';
import type { Planner, Resending } from './plan.ts';
import {
  cancel,
  capture,
  createCommand,
  fold,
  givenBy,
  planner,
  refund,
  START,
  type Step,
  tell,
  unanswered,
  WINDOW_MS,
  when,
  withoutLookup,
} from './testKit.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

const create = createCommand();
const automatic = createCommand({ capture: 'automatic' });
const resent = (operation: number): Step => ({ type: 'operation.resent', operation, sendBefore: 0, deadline: 0 });
const overdue: Step = { type: 'operation.overdue', operation: 1, reason: 'nothing' };
const given = (...steps: readonly Step[]) => givenBy(withoutLookup, ...steps);
const stepsOf = (payment: Payment) => owed(payment).map(({ step, operation }) => `${step} ${operation}`);
const resending = (way: Resending): Planner => ({ ...withoutLookup, resend: () => way });

function eventsOf(
  payment: Payment,
  step: 'resend' | 'report',
  { at = START + HOUR_MS, operation = 1, by = withoutLookup } = {},
) {
  const decision = when(payment, { type: 'pursue', step, operation }, at, by);
  assert.ok(decision.ok);
  return decision.value;
}

test('what can not be asked is sent again: soon, then less and less often, and once more before the window ends', () => {
  const doubted = given(create, unanswered(1));
  const since = START + 1000;
  const times: number[] = [];
  let payment: Payment | null = doubted;
  for (;;) {
    const [due] = owed(payment as Payment);
    assert.ok(due);
    if (due.step !== 'resend') break;
    times.push(due.dueAt - since);
    payment = fold(payment, [resent(1) as never], due.dueAt);
  }
  assert.deepEqual(times.slice(0, 6), [5000, 30_000, 2 * MINUTE_MS, 10 * MINUTE_MS, HOUR_MS, 7 * HOUR_MS]);
  const before = START + WINDOW_MS;
  assert.equal(since + (times.at(-1) ?? 0), before - MINUTE_MS);
  assert.equal(times.length, new Set(times).size);
  assert.deepEqual(owed(payment as Payment), [{ step: 'report', operation: 1, dueAt: before }]);
});

test('what can be asked is asked, and never sent again', () => {
  assert.deepEqual(stepsOf(givenBy(planner, create, unanswered(1))), ['inquire 1']);
  assert.deepEqual(eventsOf(givenBy(planner, create, unanswered(1)), 'resend'), []);
});

test('a resend is a commit of its own, with its own time to leave and the same key', () => {
  const payment = given(create, unanswered(1));
  const at = START + 6000;
  const events = eventsOf(payment, 'resend', { at });
  assert.deepEqual(events, [{ type: 'operation.resent', operation: 1, sendBefore: at + 500, deadline: at + 1000 }]);
  const after = fold(payment, events, at);
  assert.equal(after?.operations[0]?.outcome.status, 'unknown');
  assert.equal(after?.operations[0]?.sending?.idempotencyKey, 'key-1');
  assert.deepEqual(eventsOf(after as Payment, 'resend', { at }), [], 'another process has just done it');
  assert.deepEqual(eventsOf(payment, 'resend', { at: START + 5999 }), [], 'it is not due yet');
});

test('not a byte leaves after the window; an operator is told instead', () => {
  const payment = given(create, unanswered(1));
  const last = START + WINDOW_MS - 500;
  assert.equal(eventsOf(payment, 'resend', { at: last })[0]?.type, 'operation.resent');
  assert.deepEqual(eventsOf(payment, 'resend', { at: last + 1 }), [
    { type: 'operation.overdue', operation: 1, reason: 'the provider may have forgotten its key' },
  ]);
});

test('what can not be built as it was is not sent again; what is out of reach is sent later', () => {
  const payment = given(create, unanswered(1));
  assert.deepEqual(eventsOf(payment, 'resend', { by: resending({ way: 'changed', reason: 'other bytes' }) }), [
    { type: 'operation.overdue', operation: 1, reason: 'other bytes' },
  ]);
  assert.deepEqual(eventsOf(payment, 'resend', { by: resending({ way: 'unavailable' }) }), []);
});

test('once an operator was told, nothing is sent again, and he is told every day', () => {
  const payment = given(create, unanswered(1), overdue);
  assert.deepEqual(owed(payment), [{ step: 'report', operation: 1, dueAt: START + 2000 + DAY_MS }]);
  assert.deepEqual(eventsOf(payment, 'resend'), []);
  assert.deepEqual(eventsOf(payment, 'report'), []);
  const events = eventsOf(payment, 'report', { at: START + 2000 + DAY_MS });
  assert.equal(events[0]?.type, 'operation.overdue');
  const again = fold(payment, events, START + 2000 + DAY_MS) as Payment;
  assert.equal(owed(again)[0]?.dueAt, START + 2000 + 2 * DAY_MS);
  assert.equal(again.operations[0]?.outcome.status, 'unknown', 'and no timer ends the doubt');
});

const held = [create, tell(1, 'succeeded')] as const;
const paid = [automatic, tell(1, { outcome: 'succeeded', capturedMinor: 1000n })] as const;
const second: Step = {
  ...(firstEventOf(create) as OperationSent),
  operation: 2,
};
const REPORTED: readonly { name: string; steps: readonly Step[]; step: string }[] = [
  { name: 'an authorisation in doubt', steps: [create, unanswered(1)], step: 'resend 1' },
  { name: 'one that a cancel is wanted of', steps: [create, unanswered(1), cancel], step: 'report 1' },
  {
    name: 'one beside another that may hold the money',
    steps: [create, unanswered(1), second, tell(2, 'succeeded')],
    step: 'report 1',
  },
  { name: 'a capture in doubt', steps: [...held, capture(null), unanswered(2)], step: 'resend 2' },
  { name: 'a refund in doubt', steps: [...paid, refund(100n), unanswered(2)], step: 'resend 2' },
  {
    name: 'a refund while something else waits for an operator',
    steps: [...paid, refund(100n), unanswered(2), discovered('refund')],
    step: 'report 2',
  },
  {
    name: 'a capture while something else waits for an operator',
    steps: [...held, capture(100n), unanswered(2), discovered('capture')],
    step: 'report 2',
  },
  { name: 'a void in doubt', steps: [...held, cancel, unanswered(2)], step: 'resend 2' },
  {
    name: 'a void in doubt of what was canceled in doubt',
    steps: [create, unanswered(1), cancel, tell(1, 'succeeded'), unanswered(2)],
    step: 'resend 2',
  },
  { name: 'what is pending', steps: [create, tell(1, 'pending')], step: 'report 1' },
  { name: 'what was sent', steps: [create], step: 'time_out 1' },
  { name: 'a challenge', steps: [create, tell(1, 'requires_action')], step: 'stop 1' },
];

for (const { name, steps, step } of REPORTED)
  test(`${name} owes: ${step}`, () => {
    const due = stepsOf(given(...steps)).filter((other) => /resend|report|inquire|time_out|stop/.test(other));
    assert.deepEqual(due, [step]);
  });

test('a resend that is no longer wanted does nothing', () => {
  assert.deepEqual(eventsOf(given(create, unanswered(1), cancel), 'resend'), []);
});

test('what is pending for a day is shown to an operator, and then every day', () => {
  const payment = given(create, tell(1, 'pending'));
  assert.deepEqual(owed(payment), [{ step: 'report', operation: 1, dueAt: START + 1000 + DAY_MS }]);
  const after = fold(payment, eventsOf(payment, 'report', { at: START + 1000 + DAY_MS }), START + 1000 + DAY_MS);
  assert.equal(after?.operations[0]?.outcome.status, 'pending');
  assert.deepEqual(owed(after as Payment), [{ step: 'report', operation: 1, dueAt: START + 1000 + 2 * DAY_MS }]);
});

test('the answer to a resend is a reply like another: it ends the doubt', () => {
  for (const outcome of ['succeeded', 'declined', 'rejected', 'pending', 'requires_action'])
    assert.equal(given(create, unanswered(1), resent(1), tell(1, outcome)).operations[0]?.outcome.status, outcome);
});

test('a resend that was not sent, not answered or answered with nonsense leaves the doubt as it was', () => {
  const payment = given(create, unanswered(1), resent(1));
  const notSent = { kind: 'not_sent', reason: 'ECONNREFUSED' } as const;
  for (const step of [
    unanswered(1),
    { type: 'observe', operation: 1, observation: notSent } as const,
    tell(1, 'unknown'),
  ])
    assert.deepEqual(when(payment, step, START + HOUR_MS, withoutLookup), { ok: true, value: [] });
});

test('an operator says what the provider shows: then the money can be given back', () => {
  const by = { name: 'Olga', reason: 'seen in the console' };
  const seen = { providerReference: 'psp_1', amountMinor: 400n };
  const stated: Step = { type: 'state_evidence', operation: 1, outcome: 'succeeded', by, seen };
  const payment = given(create, unanswered(1), cancel, stated);
  const [authorization, void_] = payment.operations;
  assert.ok(authorization?.outcome.status === 'succeeded');
  assert.deepEqual([authorization.outcome.amountMinor, authorization.claims.moved?.providerReference], [400n, 'psp_1']);
  assert.deepEqual([void_?.kind, void_?.target], ['void', 1]);
  const known = given(create, tell(1, 'unknown', { providerReference: 'own' }), stated).operations[0];
  assert.equal(known?.claims.moved?.by, by);
});

function firstEventOf(command: Step) {
  const decision = when(null, command as typeof create, START, withoutLookup);
  assert.ok(decision.ok);
  return decision.value[1];
}

function discovered(kind: 'capture' | 'refund'): Step {
  const seen = { amountMinor: 50n, currency: 'EUR', providerReference: 'found', providerVersion: null };
  return {
    type: 'discover',
    kind,
    target: 1,
    outcome: { outcome: 'succeeded', capturedMinor: null, ...seen },
    proof: { source: 'webhook', account: 'acct_1', rawHash: 'raw' },
  };
}

const by = { name: 'o', reason: 'seen in the console' };

test('a challenge that the provider does not stop, and can not be asked about, is told to an operator, who may end it', () => {
  const stop = (n: number): readonly Step[] => [
    { type: 'pursue', step: 'stop', operation: 1, now: START + n * HOUR_MS },
    tell(n, 'declined'),
  ];
  const steps = [create, tell(1, 'requires_action'), ...stop(2), ...stop(3), ...stop(4)];
  const payment = given(...steps);
  assert.deepEqual(stepsOf(payment), ['report 1']);
  assert.deepEqual(stepsOf(givenBy(planner, ...steps)), ['inquire 1'], 'where it can be asked, it is');
  const at = START + 5 * HOUR_MS;
  const early = when(payment, { type: 'state_evidence', operation: 1, outcome: 'not_happened', by }, at);
  assert.equal(early.ok ? 'accepted' : early.error.code, 'operation_not_in_doubt');
  const told = fold(payment, eventsOf(payment, 'report', { at }), at) as Payment;
  assert.deepEqual(owed(told), [{ step: 'report', operation: 1, dueAt: at + DAY_MS }]);
  const ended = when(told, { type: 'state_evidence', operation: 1, outcome: 'not_happened', by }, at);
  assert.ok(ended.ok && ended.value[0]?.type === 'operation.not_found');
});

test('what was pending for a day and is told to an operator, an operator may end', () => {
  const payment = given(...held, capture(null), tell(2, 'pending'), { ...overdue, operation: 2 } as Step);
  const stated = when(payment, { type: 'state_evidence', operation: 2, outcome: 'succeeded', by });
  assert.ok(stated.ok && stated.value[0]?.type === 'operation.succeeded');
  const late = fold(payment, stated.value, START + DAY_MS) as Payment;
  const proof = when(late, tell(2, 'declined', { source: 'webhook', providerVersion: 1 }));
  assert.ok(proof.ok && proof.value[0]?.type === 'operation.reversed', 'the provider has the last word');
});
