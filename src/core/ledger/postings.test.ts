import assert from 'node:assert/strict';
import test from 'node:test';
import { isFault } from '#core/kit/fault.ts';
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
import { postingRules } from './postings.ts';
import { entriesUpTo, historyOf, succeeded } from './testKit.ts';

const automatic = createCommand({ capture: 'automatic' });
const manual = createCommand();
const taken = [automatic, tell(1, 'succeeded')];
const held = [manual, tell(1, 'succeeded')];
const lapsed: PaymentEvent = { type: 'authorization.lapsed', operation: 1 };
const amended = (operation: number, amountMinor: bigint, changes: object = {}): PaymentEvent =>
  ({ ...succeeded(operation, amountMinor, changes), type: 'operation.amended' }) as PaymentEvent;
const discovered = (kind: 'capture' | 'refund', amountMinor: bigint, currency = 'EUR'): PaymentEvent => ({
  type: 'operation.discovered',
  operation: 2,
  kind,
  amountMinor,
  currency,
  target: 1,
  provider: 'double',
  evidence: evidence(),
});
const settled = (operation: number, changes: object = {}): PaymentEvent => ({
  type: 'operation.settled',
  operation,
  grossMinor: 1000n,
  settledMinor: 1000n,
  feeMinor: 30n,
  settlementCurrency: 'EUR',
  evidence: evidence(),
  ...changes,
});

/** What the last of the steps posts: `reason amount debit <- credit`, or each line of a longer entry. */
type Case = { steps: readonly Step[]; posts: readonly string[] };
const cases: Readonly<Record<string, Case>> = {
  'a new payment': { steps: [automatic], posts: [] },
  'approved and taken at once: one entry': {
    steps: taken,
    posts: ['captured 1000 provider_receivable:mer_1:acct_1:EUR <- merchant_payable:mer_1:EUR'],
  },
  'approved and held': {
    steps: held,
    posts: ['hold_placed 1000 memo:authorized:mer_1:EUR <- memo:authorized_contra:mer_1:EUR'],
  },
  'approved, and a part of it taken at once': {
    steps: [automatic, tell(1, { outcome: 'succeeded', capturedMinor: 400n })],
    posts: [
      'captured 400 provider_receivable:mer_1:acct_1:EUR <- merchant_payable:mer_1:EUR',
      'hold_placed 600 memo:authorized:mer_1:EUR <- memo:authorized_contra:mer_1:EUR',
    ],
  },
  'a part captured': {
    steps: [...held, capture(400n), tell(2, 'succeeded')],
    posts: [
      'captured 400 provider_receivable:mer_1:acct_1:EUR <- merchant_payable:mer_1:EUR',
      'hold_released 400 memo:authorized_contra:mer_1:EUR <- memo:authorized:mer_1:EUR',
    ],
  },
  'a last part captured: the rest is released': {
    steps: [...held, capture(400n, true), tell(2, 'succeeded')],
    posts: [
      'captured 400 provider_receivable:mer_1:acct_1:EUR <- merchant_payable:mer_1:EUR',
      'hold_released 1000 memo:authorized_contra:mer_1:EUR <- memo:authorized:mer_1:EUR',
    ],
  },
  'more captured than was held: no more is released than was held': {
    steps: [...held, capture(400n), tell(2, { outcome: 'succeeded', amountMinor: 1200n })],
    posts: [
      'captured 1200 provider_receivable:mer_1:acct_1:EUR <- merchant_payable:mer_1:EUR',
      'hold_released 1000 memo:authorized_contra:mer_1:EUR <- memo:authorized:mer_1:EUR',
    ],
  },
  'a capture asked for, or declined': { steps: [...held, capture(400n), tell(2, 'declined')], posts: [] },
  'a void asked for': { steps: [...held, cancel], posts: [] },
  'a void': {
    steps: [...held, cancel, tell(2, 'succeeded')],
    posts: ['hold_released 1000 memo:authorized_contra:mer_1:EUR <- memo:authorized:mer_1:EUR'],
  },
  'a hold that has lapsed': {
    steps: [...held, lapsed],
    posts: ['hold_released 1000 memo:authorized_contra:mer_1:EUR <- memo:authorized:mer_1:EUR'],
  },
  'a refund': {
    steps: [...taken, refund(300n), tell(2, 'succeeded')],
    posts: ['refunded 300 merchant_payable:mer_1:EUR <- provider_receivable:mer_1:acct_1:EUR'],
  },
  'a refund that came back': {
    steps: [
      ...taken,
      refund(300n),
      tell(2, 'succeeded', { providerVersion: 1 }),
      tell(2, 'reversed', { providerVersion: 2 }),
    ],
    posts: ['refund_reversed 300 provider_receivable:mer_1:acct_1:EUR <- merchant_payable:mer_1:EUR'],
  },
  'a refund that came back and went out after all': {
    steps: [
      ...taken,
      refund(300n),
      tell(2, 'succeeded', { providerVersion: 1 }),
      tell(2, 'reversed', { providerVersion: 2 }),
      tell(2, 'succeeded', { providerVersion: 3 }),
    ],
    posts: ['refunded 300 merchant_payable:mer_1:EUR <- provider_receivable:mer_1:acct_1:EUR'],
  },
  'a capture that failed at settlement: its part of the hold is used up': {
    steps: [
      ...held,
      capture(400n),
      tell(2, 'succeeded', { providerVersion: 1 }),
      tell(2, 'reversed', { providerVersion: 2 }),
    ],
    posts: ['capture_reversed 400 merchant_payable:mer_1:EUR <- provider_receivable:mer_1:acct_1:EUR'],
  },
  'an authorisation that is no more': {
    steps: [...held, { type: 'operation.reversed', operation: 1, evidence: evidence() }],
    posts: ['hold_released 1000 memo:authorized_contra:mer_1:EUR <- memo:authorized:mer_1:EUR'],
  },
  'newer proof of more, taken and held': {
    steps: [automatic, succeeded(1, 1000n, { capturedMinor: 400n }), amended(1, 1100n, { capturedMinor: 450n })],
    posts: [
      'capture_amended 50 provider_receivable:mer_1:acct_1:EUR <- merchant_payable:mer_1:EUR',
      'hold_placed 50 memo:authorized:mer_1:EUR <- memo:authorized_contra:mer_1:EUR',
    ],
  },
  'newer proof of a smaller refund': {
    steps: [...taken, refund(300n), tell(2, 'succeeded'), amended(2, 200n)],
    posts: ['refund_amended 100 provider_receivable:mer_1:acct_1:EUR <- merchant_payable:mer_1:EUR'],
  },
  'a success told twice over': { steps: [...taken, succeeded(1, 1000n, { capturedMinor: 1000n })], posts: [] },
  'a refund made in the dashboard': {
    steps: [...taken, discovered('refund', 300n)],
    posts: ['refund_discovered 300 merchant_payable:mer_1:EUR <- provider_receivable:mer_1:acct_1:EUR'],
  },
  'a capture made in the dashboard': {
    steps: [...held, discovered('capture', 300n)],
    posts: [
      'capture_discovered 300 provider_receivable:mer_1:acct_1:EUR <- merchant_payable:mer_1:EUR',
      'hold_released 300 memo:authorized_contra:mer_1:EUR <- memo:authorized:mer_1:EUR',
    ],
  },
  'no answer': {
    steps: [automatic, unanswered(1)],
    posts: ['doubt_began 1000 memo:in_doubt:mer_1:EUR <- memo:in_doubt_contra:mer_1:EUR'],
  },
  'an answer that says nothing': {
    steps: [...taken, refund(300n), tell(2, 'unknown')],
    posts: ['doubt_began 300 memo:in_doubt:mer_1:EUR <- memo:in_doubt_contra:mer_1:EUR'],
  },
  'asked, and learned nothing': { steps: [automatic, unanswered(1), inquire(1, 'unknown', START)], posts: [] },
  'a doubt that ended well': {
    steps: [automatic, unanswered(1), tell(1, 'succeeded')],
    posts: [
      'captured 1000 provider_receivable:mer_1:acct_1:EUR <- merchant_payable:mer_1:EUR',
      'doubt_ended 1000 memo:in_doubt_contra:mer_1:EUR <- memo:in_doubt:mer_1:EUR',
    ],
  },
  'a doubt that ended in nothing': {
    steps: [automatic, unanswered(1), inquire(1, 'not_found', START + 1e6)],
    posts: ['doubt_ended 1000 memo:in_doubt_contra:mer_1:EUR <- memo:in_doubt:mer_1:EUR'],
  },
  'a doubt that became a wait': {
    steps: [automatic, unanswered(1), tell(1, 'pending')],
    posts: ['doubt_ended 1000 memo:in_doubt_contra:mer_1:EUR <- memo:in_doubt:mer_1:EUR'],
  },
  'a doubt that ended in a refusal': {
    steps: [automatic, unanswered(1), tell(1, 'declined')],
    posts: ['doubt_ended 1000 memo:in_doubt_contra:mer_1:EUR <- memo:in_doubt:mer_1:EUR'],
  },
  'a doubt that ended in a rejection': {
    steps: [automatic, unanswered(1), tell(1, 'rejected')],
    posts: ['doubt_ended 1000 memo:in_doubt_contra:mer_1:EUR <- memo:in_doubt:mer_1:EUR'],
  },
  'a doubt that became a challenge': {
    steps: [automatic, unanswered(1), tell(1, 'requires_action')],
    posts: ['doubt_ended 1000 memo:in_doubt_contra:mer_1:EUR <- memo:in_doubt:mer_1:EUR'],
  },
  'never sent': { steps: [automatic, notSent(1)], posts: [] },
  'declined, and tried again': { steps: [automatic, tell(1, 'declined'), confirm()], posts: [] },
  'taken in another currency than was asked for: in the one that the provider saw': {
    steps: [automatic, tell(1, { outcome: 'succeeded', currency: 'USD' })],
    posts: ['captured 1000 provider_receivable:mer_1:acct_1:USD <- merchant_payable:mer_1:USD'],
  },
  'and reversed in that one': {
    steps: [
      automatic,
      tell(1, { outcome: 'succeeded', currency: 'USD' }, { providerVersion: 1 }),
      tell(1, 'reversed', { providerVersion: 2 }),
    ],
    posts: ['capture_reversed 1000 merchant_payable:mer_1:USD <- provider_receivable:mer_1:acct_1:USD'],
  },
  'newer proof of another currency: all of the first is withdrawn': {
    steps: [
      automatic,
      succeeded(1, 1000n, { capturedMinor: 400n }),
      amended(1, 1000n, { capturedMinor: 400n, currency: 'USD' }),
    ],
    posts: [
      'capture_reversed 400 merchant_payable:mer_1:EUR <- provider_receivable:mer_1:acct_1:EUR',
      'capture_amended 400 provider_receivable:mer_1:acct_1:USD <- merchant_payable:mer_1:USD',
      'hold_released 600 memo:authorized_contra:mer_1:EUR <- memo:authorized:mer_1:EUR',
      'hold_placed 600 memo:authorized:mer_1:USD <- memo:authorized_contra:mer_1:USD',
    ],
  },
  'a hold in another currency, released': {
    steps: [manual, succeeded(1, 1000n, { currency: 'USD' }), lapsed],
    posts: ['hold_released 1000 memo:authorized_contra:mer_1:USD <- memo:authorized:mer_1:USD'],
  },
  'paid out, less the fee': {
    steps: [...taken, settled(1)],
    posts: [
      'settled: debit bank:mer_1:acct_1:EUR 970, debit provider_fees:mer_1:acct_1:EUR 30, credit provider_receivable:mer_1:acct_1:EUR 1000',
    ],
  },
  'paid out without a fee': {
    steps: [...taken, settled(1, { feeMinor: 0n })],
    posts: ['settled 1000 bank:mer_1:acct_1:EUR <- provider_receivable:mer_1:acct_1:EUR'],
  },
  'paid out with a rebate': {
    steps: [...taken, settled(1, { feeMinor: -5n })],
    posts: [
      'settled: debit bank:mer_1:acct_1:EUR 1005, credit provider_fees:mer_1:acct_1:EUR 5, credit provider_receivable:mer_1:acct_1:EUR 1000',
    ],
  },
  'paid out in another currency': {
    steps: [...taken, settled(1, { settledMinor: 1080n, settlementCurrency: 'USD' })],
    posts: [
      'settled 1000 fx_clearing:mer_1:EUR <- provider_receivable:mer_1:acct_1:EUR',
      'settled: debit bank:mer_1:acct_1:USD 1050, debit provider_fees:mer_1:acct_1:USD 30, credit fx_clearing:mer_1:USD 1080',
    ],
  },
  'paid out less than it should be: the clearing account shows the difference': {
    steps: [...taken, settled(1, { settledMinor: 990n })],
    posts: [
      'settled 1000 fx_clearing:mer_1:EUR <- provider_receivable:mer_1:acct_1:EUR',
      'settled: debit bank:mer_1:acct_1:EUR 960, debit provider_fees:mer_1:acct_1:EUR 30, credit fx_clearing:mer_1:EUR 990',
    ],
  },
  'a refund taken from what was paid out, with its fee': {
    steps: [
      ...taken,
      refund(300n),
      tell(2, 'succeeded'),
      settled(2, { grossMinor: 300n, settledMinor: 300n, feeMinor: 10n }),
    ],
    posts: [
      'settled: credit bank:mer_1:acct_1:EUR 310, debit provider_fees:mer_1:acct_1:EUR 10, debit provider_receivable:mer_1:acct_1:EUR 300',
    ],
  },
  'an operation that the payment does not have': { steps: [...taken, settled(9)], posts: [] },
};

for (const [name, { steps, posts }] of Object.entries(cases)) {
  test(`posts: ${name}`, () => {
    const history = historyOf(steps);
    const seq = history.versions.length;
    assert.equal(seq, steps.length, 'a step was refused');
    const entries = entriesUpTo(history, seq).filter((entry) => entry.seq === seq);
    assert.deepEqual(entries.map(describe), posts);
    assert.deepEqual(
      entries.map((entry) => entry.n),
      entries.map((_, index) => index + 1),
    );
  });
}

function describe({ reason, lines }: ReturnType<typeof entriesUpTo>[number]): string {
  const [first, second, ...others] = lines;
  if (first?.side === 'debit' && second?.side === 'credit' && others.length === 0)
    return `${reason} ${first.amountMinor} ${first.account} <- ${second.account}`;
  return `${reason}: ${lines.map((line) => `${line.side} ${line.account} ${line.amountMinor}`).join(', ')}`;
}

test('rules of a later version are a fault that can be retried', () => {
  const isRetryable = (fault: unknown) =>
    isFault(fault) && fault.retryable && fault.code === 'postings_version_unknown';
  assert.throws(() => postingRules(2), isRetryable);
});
