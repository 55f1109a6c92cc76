import type { PaymentEvent } from '#core/payments/events.ts';
import {
  cancel,
  capture,
  confirm,
  createCommand,
  evidence,
  inquire,
  notSent,
  refund,
  START,
  type Step,
  tell,
  unanswered,
} from '#core/payments/testKit.ts';

const create = createCommand();
const automatic = createCommand({ capture: 'automatic', attemptsMax: 3 });
const held = [create, tell(1, 'succeeded', { providerVersion: 1 })] as const;
const paid = [automatic, tell(1, 'succeeded', { providerVersion: 1 })] as const;
const by = { name: 'operator', reason: 'the provider said so' };

const discovered = (kind: 'capture' | 'refund', amountMinor: bigint): Step => ({
  type: 'discover',
  kind,
  target: 1,
  outcome: {
    outcome: 'succeeded',
    amountMinor,
    capturedMinor: null,
    currency: 'EUR',
    providerReference: `found_${kind}`,
    providerVersion: 1,
  },
  proof: { source: 'webhook', account: 'acct_1', rawHash: 'raw' },
});
const withheld: PaymentEvent = {
  type: 'operation.withheld',
  operation: 2,
  kind: 'authorize',
  amountMinor: 1000n,
  target: null,
  captures: true,
  final: false,
  stops: false,
  command: 2,
  cause: null,
  reason: null,
  provider: 'double',
  account: 'acct_1',
  because: 'the provider is out of reach',
};
/** Its provider can't be asked. */
const unaskable: PaymentEvent = {
  type: 'operation.sent',
  operation: 1,
  kind: 'authorize',
  amountMinor: 1000n,
  target: null,
  captures: false,
  final: false,
  stops: false,
  command: 1,
  cause: null,
  reason: null,
  provider: 'double',
  account: 'acct_1',
  adapterVersion: 1,
  requestHash: 'hash-1',
  idempotencyKey: 'key-1',
  sendBefore: START + 500,
  deadline: START + 1000,
  resend: { before: START + 3_600_000, origin: 'https://double.example' },
};
const resent: PaymentEvent = {
  type: 'operation.resent',
  operation: 1,
  sendBefore: START + 8500,
  deadline: START + 9000,
};
const overdue: PaymentEvent = { type: 'operation.overdue', operation: 1, reason: 'nothing has been heard of it' };
const settled: PaymentEvent = {
  type: 'operation.settled',
  operation: 1,
  grossMinor: 1000n,
  settledMinor: 1080n,
  feeMinor: 20n,
  settlementCurrency: 'USD',
  evidence: evidence({ source: 'settlement' }),
};

const several = {
  type: 'card',
  tokens: [
    { provider: 'double', account: 'acct_1', token: 'tok_1' },
    { provider: 'other', account: null, token: 'tok_2' },
  ],
} as const;

/** Lives of payments. A scenario is never changed once its file is written: a new shape of an event is a new scenario beside it. */
export const SCENARIOS: Readonly<Record<string, readonly Step[]>> = {
  approved: paid,
  'captured-in-parts-and-refunded': [
    ...held,
    capture(300n),
    tell(2, 'succeeded'),
    capture(200n, true),
    tell(3, 'succeeded'),
    refund(100n),
    tell(4, 'succeeded'),
  ],
  'declined-then-confirmed': [automatic, tell(1, 'declined'), confirm(), tell(2, 'succeeded')],
  rejected: [automatic, tell(1, 'rejected')],
  'not-sent': [automatic, notSent(1)],
  'out-of-reach': [automatic, notSent(1), withheld],
  'in-doubt-then-approved': [automatic, unanswered(1), inquire(1, 'unknown', 1e13), tell(1, 'succeeded')],
  'in-doubt-then-absent': [automatic, unanswered(1), inquire(1, 'not_found', 1e13)],
  'in-doubt-canceled': [automatic, unanswered(1), cancel, tell(1, 'succeeded'), tell(2, 'succeeded')],
  'answered-with-nonsense': [
    automatic,
    tell(1, 'unknown'),
    { type: 'state_evidence', operation: 1, outcome: 'succeeded', by },
  ],
  'pending-then-approved': [automatic, tell(1, 'pending'), tell(1, 'succeeded')],
  'challenge-canceled': [create, tell(1, 'requires_action'), cancel, tell(2, 'succeeded')],
  voided: [...held, cancel, tell(2, 'succeeded')],
  'canceled-before-confirmation': [createCommand({ confirm: false }), cancel],
  lapsed: [...held, capture(300n), tell(2, 'succeeded'), { type: 'authorization.lapsed', operation: 1 }],
  'refund-reversed': [
    ...paid,
    refund(300n),
    tell(2, 'succeeded', { providerVersion: 1 }),
    tell(2, 'reversed', { providerVersion: 2 }),
    tell(2, 'succeeded', { providerVersion: 3 }),
  ],
  'late-success': [
    automatic,
    tell(1, 'declined', { providerVersion: 1 }),
    tell(1, 'succeeded', { providerVersion: 2 }),
    { type: 'resolve_conflict', operation: 1, resolution: 'accept', by },
  ],
  'amended-and-confirmed': [
    ...paid,
    tell(1, { outcome: 'succeeded', amountMinor: 900n }, { providerVersion: 2 }),
    tell(1, { outcome: 'succeeded', amountMinor: 900n }, { providerVersion: 3 }),
  ],
  'mismatch-returned': [
    automatic,
    tell(1, { outcome: 'succeeded', amountMinor: 1100n }),
    { type: 'resolve_conflict', operation: 1, resolution: 'return_money', by },
    tell(2, 'succeeded'),
  ],
  'found-in-the-dashboard': [...held, discovered('capture', 400n), discovered('refund', 100n)],
  settled: [...paid, settled],
  'sent-again-then-approved': [
    createCommand({ confirm: false }),
    unaskable,
    unanswered(1),
    resent,
    tell(1, 'succeeded'),
  ],
  'sent-again-then-overdue': [createCommand({ confirm: false }), unaskable, unanswered(1), resent, overdue],
  'tokens-of-several-accounts': [
    createCommand({ attemptsMax: 3, personal: { ...create.personal, paymentMethod: several } }),
    tell(1, 'declined'),
    { type: 'confirm', paymentMethod: several },
    tell(2, 'succeeded'),
  ],
};

/** Scenarios with events of a later version than 1. */
const SINCE: Readonly<Record<string, number>> = { 'tokens-of-several-accounts': 2 };

export function fileOf(scenario: string): string {
  return `v${SINCE[scenario] ?? 1}-${scenario}.json`;
}
