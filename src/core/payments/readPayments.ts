import { err, ok, type Result } from '#core/kit/result.ts';
import type { Exchange, Exchanges } from '#core/provider/ports.ts';
import { type Histories, type History, latest, type Version } from './history.ts';
import { isUnreadable } from './parking.ts';
import { operationId, type Payment } from './payment.ts';
import { passesFilter } from './paymentFilter.ts';
import type { PaymentIndex, PaymentQuery } from './ports.ts';
import { statusOf } from './status.ts';

export type ReadPaymentsDeps = { histories: Histories; index: PaymentIndex; exchanges: Exchanges };

/** A version of the payment, or a time in milliseconds since the epoch. */
export type AsOf = { version: number } | { at: number } | null;

/** An exchange takes 12 s at most; what it taught is written down at once. */
const EXCHANGE_MS_MAX = 15_000;

type NotFound = { code: 'payment_not_found' };

/** Reading payments, a merchant's or, for operators, those of all (null). The id is never authority: another merchant's payment is not found. */
export function createReadPayments({ histories, index, exchanges }: ReadPaymentsDeps) {
  /** As it is, or as it was. Before its first commit, or beyond its last version, there is none. */
  async function get(merchant: string | null, id: string, asOf: AsOf = null): Promise<Result<Payment, NotFound>> {
    const history = await load(merchant, id);
    const payment = history === null ? null : versionAsOf(history, asOf);
    return payment === null ? err({ code: 'payment_not_found' }) : ok(payment);
  }

  /** The index finds, the journal tells: a payment that has just left what was asked for is left out. */
  async function list(
    query: PaymentQuery,
  ): Promise<Result<{ payments: readonly Payment[]; next: string | null }, { code: 'cursor_invalid' }>> {
    const page = await index.search(query);
    if (page === 'cursor_invalid') return err({ code: 'cursor_invalid' });
    const payments: Payment[] = [];
    for (const id of page.ids) {
      const payment = await readable(id);
      if (payment === null || !isOf(payment, query.merchant)) continue;
      if (query.status !== null && statusOf(payment) !== query.status) continue;
      if (query.filter === undefined || passesFilter(payment, query.filter)) payments.push(payment);
    }
    return ok({ payments, next: page.next });
  }

  /** The commits of a payment: its facts, in order. */
  async function facts(merchant: string | null, id: string): Promise<Result<readonly Version[], NotFound>> {
    const history = await load(merchant, id);
    return history === null ? err({ code: 'payment_not_found' }) : ok(history.versions);
  }

  /** What was said between us and the providers about a payment, scrubbed: each exchange led to an event soon after it began. */
  async function conversation(versions: readonly Version[]): Promise<readonly Exchange[]> {
    const found = new Map<string, Exchange>();
    for (const { payment, events, at } of versions) {
      for (const event of events) {
        if (!('operation' in event) || event.type === 'operation.sent') continue;
        const exchanged = await exchanges.of(operationId(payment.id, event.operation), {
          from: at - EXCHANGE_MS_MAX,
          to: at,
        });
        for (const exchange of exchanged)
          found.set(`${exchange.operation} ${exchange.at} ${exchange.requestHash} ${exchange.responseHash}`, exchange);
      }
    }
    return [...found.values()];
  }

  /** A stream that this version can't read is parked and shown to operators: it must not hide the others of its page. */
  async function readable(id: string): Promise<Payment | null> {
    try {
      return latest(await histories.load(id));
    } catch (fault) {
      if (isUnreadable(fault)) return null;
      throw fault;
    }
  }

  async function load(merchant: string | null, id: string): Promise<History | null> {
    const history = await histories.load(id);
    const payment = latest(history);
    return payment !== null && isOf(payment, merchant) ? history : null;
  }

  return { get, list, facts, conversation };
}

export type ReadPayments = ReturnType<typeof createReadPayments>;

function isOf(payment: Payment, merchant: string | null): boolean {
  return merchant === null || payment.merchant === merchant;
}

function versionAsOf(history: History, asOf: AsOf): Payment | null {
  if (asOf === null) return latest(history);
  if ('version' in asOf) return history.versions[asOf.version - 1]?.payment ?? null;
  return history.versions.findLast((version) => version.at <= asOf.at)?.payment ?? null;
}
