import type { OperationSettled, PaymentEvent } from '#core/payments/events.ts';
import { findOperation, type Operation, type Payment } from '#core/payments/payment.ts';
import { type AccountClass, printAccount } from './accounts.ts';
import { type Entry, type EntryReason, makeEntry, transfer } from './entry.ts';
import type { PostingRules, Step } from './postings.ts';

/*
 * Version 1 of the posting rules. They are applied again whenever the ledger is made anew, so they never change: another rule is another
 * version, in a file of its own. What an operation has moved, holds or leaves in doubt is counted here and not by the payment's own amounts,
 * which may change with the API.
 *
 * Each rule looks at one operation before and after the event and posts the difference. So the balances are what the payment says, whatever the
 * provider did and in whichever order; the event only tells the reason.
 */

/** Every type of event has to be decided on. */
const MOVES: { readonly [type in PaymentEvent['type']]: boolean } = {
  'payment.created': false,
  'payment.confirmed': false,
  'payment.cancel_requested': false,
  'payment.canceled': false,
  'authorization.lapsed': true,
  'conflict.resolved': false,
  'operation.sent': false,
  'operation.withheld': false,
  'operation.succeeded': true,
  'operation.amended': true,
  'operation.declined': true,
  'operation.rejected': true,
  'operation.not_sent': true,
  'operation.action_required': true,
  'operation.pending': true,
  'operation.timed_out': true,
  'operation.unknown': true,
  'operation.inquired': false,
  'operation.resent': false,
  'operation.overdue': false,
  'operation.not_found': true,
  'operation.reversed': true,
  'operation.confirmed': false,
  'operation.discovered': true,
  'operation.settled': true,
};

export const POSTINGS_1: PostingRules = { moves: (type) => MOVES[type], post };

function post(step: Step): readonly Entry[] {
  const { event, after } = step;
  const operation = 'operation' in event ? findOperation(after, event.operation) : undefined;
  if (operation === undefined) return [];
  const made =
    event.type === 'operation.settled'
      ? settlement(after, operation, event)
      : [...moneyMoved(step, operation), ...holdChanged(step, operation), doubtChanged(step, operation)];
  return made.filter((entry) => entry !== null);
}

/** The provider owes us what it took of a customer, and we owe it to the merchant; a refund is the opposite. */
function moneyMoved(step: Step, operation: Operation): readonly (Entry | null)[] {
  const from = movedBy(findOperation(step.before, operation.n));
  const changes = differences(step, operation.n, { from, to: movedBy(operation) });
  return changes.map(({ currency, amountMinor }, index) => {
    const isWithdrawn = index < changes.length - 1;
    return transfer(isWithdrawn ? reversal(operation) : reasonOf(operation, step.event, from), currency, {
      debit: account('provider_receivable', { payment: step.after, currency, providerAccount: operation.account }),
      credit: account('merchant_payable', { payment: step.after, currency }),
      amountMinor,
    });
  });
}

type Change = { currency: string; amountMinor: bigint };

/** From one amount of an operation to another. Where the provider now names another currency, all of the first is withdrawn. */
function differences(step: Step, n: number, { from, to }: { from: bigint; to: bigint }): readonly Change[] {
  if (from === 0n && to === 0n) return [];
  const named = currencyNamed(step.event, n);
  if (named === null || from === 0n) return [{ currency: named ?? step.currencyOf(n), amountMinor: to - from }];
  const known = step.currencyOf(n);
  if (named === known) return [{ currency: known, amountMinor: to - from }];
  return [
    { currency: known, amountMinor: -from },
    { currency: named, amountMinor: to },
  ];
}

function currencyNamed(event: PaymentEvent, n: number): string | null {
  return 'operation' in event && 'currency' in event && event.operation === n ? event.currency : null;
}

/** Positive: taken from a customer. In the currency that the provider saw. */
function movedBy(operation: Operation | undefined): bigint {
  if (operation === undefined || operation.outcome.status !== 'succeeded') return 0n;
  switch (operation.kind) {
    case 'authorize':
    case 'capture':
      return operation.outcome.capturedMinor;
    case 'refund':
      return -operation.outcome.amountMinor;
    case 'void':
      return 0n;
  }
}

function reasonOf(operation: Operation, event: PaymentEvent, from: bigint): EntryReason {
  const noun = operation.kind === 'refund' ? 'refund' : 'capture';
  switch (event.type) {
    case 'operation.discovered':
      return `${noun}_discovered`;
    case 'operation.succeeded':
      if (from !== 0n) return `${noun}_amended`;
      return noun === 'refund' ? 'refunded' : 'captured';
    case 'operation.amended':
      return `${noun}_amended`;
    default:
      return reversal(operation);
  }
}

function reversal({ kind }: Operation): EntryReason {
  return kind === 'refund' ? 'refund_reversed' : 'capture_reversed';
}

/** What an authorisation still holds of the customer's money: no money of ours, so a memo. */
function holdChanged(step: Step, operation: Operation): readonly (Entry | null)[] {
  const authorization = operation.kind === 'authorize' ? operation.n : operation.target;
  if (authorization === null) return [];
  const held = { from: heldBy(step.before, authorization), to: heldBy(step.after, authorization) };
  return differences(step, authorization, held).map(({ currency, amountMinor }) =>
    memo('authorized', amountMinor > 0n ? 'hold_placed' : 'hold_released', {
      payment: step.after,
      currency,
      amountMinor,
    }),
  );
}

/** A capture uses up its part even when it is reversed; more than is held can't be taken of it. */
function heldBy(payment: Payment, authorization: number): bigint {
  const operation = findOperation(payment, authorization);
  if (operation?.kind !== 'authorize' || operation.outcome.status !== 'succeeded' || operation.lapsed) return 0n;
  let heldMinor = operation.outcome.amountMinor - operation.outcome.capturedMinor;
  for (const { target, kind, final, outcome } of payment.operations) {
    if (target !== authorization || (outcome.status !== 'succeeded' && outcome.status !== 'reversed')) continue;
    if (kind === 'void' && outcome.status === 'succeeded') return 0n;
    if (kind === 'capture') heldMinor = final ? 0n : heldMinor - outcome.amountMinor;
  }
  return heldMinor > 0n ? heldMinor : 0n;
}

/** What was asked for, with an outcome that nobody knows. */
function doubtChanged({ before, after }: Step, operation: Operation): Entry | null {
  const amountMinor = inDoubt(operation) - inDoubt(findOperation(before, operation.n));
  return memo('in_doubt', amountMinor > 0n ? 'doubt_began' : 'doubt_ended', {
    payment: after,
    currency: after.currency,
    amountMinor,
  });
}

function inDoubt(operation: Operation | undefined): bigint {
  return operation?.outcome.status === 'unknown' ? operation.amountMinor : 0n;
}

/**
 * The provider has paid: `settledMinor`, less its fee, has come to the bank, and it owes us `grossMinor` less. A refund is settled the other way. Where
 * the two amounts are not the same money, each currency balances through its clearing account, which then shows what the exchange left.
 */
function settlement(payment: Payment, operation: Operation, event: OperationSettled): readonly (Entry | null)[] {
  const { feeMinor, settlementCurrency } = event;
  const direction = operation.kind === 'refund' ? -1n : 1n;
  const [gross, settled] = [direction * event.grossMinor, direction * event.settledMinor];
  const owner = { payment, currency: settlementCurrency, providerAccount: operation.account };
  const received = [
    { account: account('bank', owner), side: 'debit', amountMinor: settled - feeMinor },
    { account: account('provider_fees', owner), side: 'debit', amountMinor: feeMinor },
  ] as const;
  const receivable = account('provider_receivable', { ...owner, currency: payment.currency });
  if (settlementCurrency === payment.currency && gross === settled) {
    const paid = { account: receivable, side: 'credit', amountMinor: gross } as const;
    return [makeEntry('settled', payment.currency, [...received, paid])];
  }
  const [given, taken] = [payment.currency, settlementCurrency].map((currency) =>
    account('fx_clearing', { payment, currency }),
  ) as [string, string];
  return [
    transfer('settled', payment.currency, { debit: given, credit: receivable, amountMinor: gross }),
    makeEntry('settled', settlementCurrency, [...received, { account: taken, side: 'credit', amountMinor: settled }]),
  ];
}

type Owner = { payment: Payment; currency: string; providerAccount?: string };

function account(name: AccountClass, { payment, currency, providerAccount }: Owner): string {
  return printAccount({ class: name, merchant: payment.merchant, providerAccount: providerAccount ?? null, currency });
}

function memo(
  what: 'authorized' | 'in_doubt',
  reason: EntryReason,
  { payment, currency, amountMinor }: Owner & { amountMinor: bigint },
): Entry | null {
  if (amountMinor === 0n) return null;
  const debit = account(`memo:${what}`, { payment, currency });
  return transfer(reason, currency, {
    debit,
    credit: account(`memo:${what}_contra`, { payment, currency }),
    amountMinor,
  });
}
