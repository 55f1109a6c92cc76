import assert from 'node:assert/strict';
import test from 'node:test';
import type { Operation, Payment } from '#core/payments/payment.ts';
import type { WebhookNotice } from '#core/provider/port.ts';
import { findSubject, type Subject } from './findSubject.ts';
import { ours, PAYMENT, pending, succeeded } from './testKit.ts';

type Given = Pick<Operation, 'kind'> & { reference: string | null; status?: string; target?: number; account?: string };

function paymentWith(given: readonly Given[]): Payment {
  const operations = given.map(
    ({ reference, status = 'succeeded', kind, target = null, account = 'acct_1' }, index) => {
      const latest = reference === null ? null : { providerReference: reference };
      return {
        n: index + 1,
        kind,
        target,
        account,
        outcome: { status },
        claims: { moved: null, failed: null, latest },
      };
    },
  );
  return { id: PAYMENT, operations: operations as unknown as readonly Operation[] } as Payment;
}

const AUTHORIZE = { kind: 'authorize', reference: 'auth_1' } as const;
const REFUND = { kind: 'refund', targetReference: 'auth_1', outcome: succeeded('re_1', 1) } as const;
const refund = (n: number): Subject => ({ kind: 'discovery', of: 'refund', target: n });
const wait = (reason: 'operation_unknown' | 'operation_unsettled'): Subject => ({ kind: 'wait', reason });
const operation = (n: number): Subject => ({ kind: 'operation', operation: n });

type Case = {
  name: string;
  given: readonly Given[];
  notice: Partial<WebhookNotice>;
  echoes?: boolean;
  expected: Subject;
};

const CASES: readonly Case[] = [
  {
    name: 'the number in our reference, whatever else fits',
    given: [AUTHORIZE, { kind: 'refund', reference: null }, { kind: 'refund', reference: 're_1' }],
    notice: { ...REFUND, reference: ours(2) },
    expected: operation(2),
  },
  {
    name: "the provider's reference counts only at the account that proved it",
    given: [{ ...AUTHORIZE, account: 'acct_2' }, { ...AUTHORIZE }],
    notice: { outcome: pending('auth_1', 1) },
    expected: operation(2),
  },
  {
    name: 'and only for an operation of the same kind',
    given: [
      { kind: 'authorize', reference: 'ref_1' },
      { kind: 'void', reference: 'ref_1' },
    ],
    notice: { kind: 'void', outcome: pending('ref_1', 1) },
    expected: operation(2),
  },
  {
    name: 'two operations that nobody has a reference of are not the same',
    given: [{ kind: 'authorize', reference: null }],
    notice: { outcome: succeeded(null, 1) },
    expected: wait('operation_unknown'),
  },
  {
    name: 'what was discovered is discovered on an authorisation',
    given: [
      { kind: 'capture', reference: 'auth_1' },
      { kind: 'authorize', reference: 'auth_1' },
    ],
    notice: REFUND,
    expected: refund(2),
  },
  {
    name: 'of the account that proved it',
    given: [{ ...AUTHORIZE, account: 'acct_2' }, { ...AUTHORIZE }],
    notice: REFUND,
    expected: refund(2),
  },
  {
    name: 'a void that nobody here asked for is not discovered',
    given: [AUTHORIZE],
    notice: { ...REFUND, kind: 'void' },
    expected: wait('operation_unknown'),
  },
  {
    name: 'with an echo, an operation of ours without a reference is another one',
    given: [AUTHORIZE, { kind: 'refund', reference: null, status: 'sent', target: 1 }],
    notice: REFUND,
    expected: refund(1),
  },
  {
    name: 'without one it may be that one',
    given: [AUTHORIZE, { kind: 'refund', reference: null, status: 'sent', target: 1 }],
    notice: REFUND,
    echoes: false,
    expected: wait('operation_unsettled'),
  },
  {
    name: 'where what was done echoes the reference of its authorisation, that names no more than the payment',
    given: [AUTHORIZE, { kind: 'refund', reference: 're_1' }],
    notice: { ...REFUND, reference: ours(1) },
    expected: operation(2),
  },
  {
    name: 'and it may be an operation of ours whose reply is not here yet',
    given: [AUTHORIZE, { kind: 'refund', reference: null, status: 'sent', target: 1 }],
    notice: { ...REFUND, reference: ours(1) },
    expected: wait('operation_unsettled'),
  },
  {
    name: 'or else one from the dashboard',
    given: [AUTHORIZE],
    notice: { ...REFUND, reference: ours(1) },
    expected: refund(1),
  },
  {
    name: 'a stop may name an authorisation that the provider had no reference for',
    given: [
      { kind: 'authorize', reference: null },
      { kind: 'void', reference: 'stop_1' },
    ],
    notice: { kind: 'void', reference: ours(1), outcome: succeeded('stop_1', 1) },
    expected: operation(2),
  },
  {
    name: 'but only where it is done to that very authorisation',
    given: [AUTHORIZE],
    notice: { ...REFUND, reference: ours(1), targetReference: 'auth_2' },
    expected: { kind: 'refuse', reason: 'kind_mismatch' },
  },
  ...(
    [
      ['of another kind', { kind: 'capture', reference: null, status: 'sent', target: 1 }],
      ['on another authorisation', { kind: 'refund', reference: null, status: 'sent', target: 7 }],
      ['that has ended', { kind: 'refund', reference: null, status: 'not_sent', target: 1 }],
      ['with a reference of its own', { kind: 'refund', reference: 're_9', status: 'pending', target: 1 }],
    ] as const
  ).map(
    ([what, other]): Case => ({
      name: `but not one ${what}`,
      given: [AUTHORIZE, other],
      notice: REFUND,
      echoes: false,
      expected: refund(1),
    }),
  ),
];

for (const { name, given, notice, echoes = true, expected } of CASES) {
  test(name, () => {
    const blank = { id: 'e', kind: 'authorize', reference: null, payment: PAYMENT, targetReference: null } as const;
    const about = { notice: { ...blank, outcome: pending('x', 1), ...notice }, account: 'acct_1' };
    assert.deepEqual(findSubject(paymentWith(given), { ...about, echoesReferences: echoes }), expected);
  });
}
