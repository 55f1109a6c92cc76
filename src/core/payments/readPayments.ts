import { type Result, err, ok } from '#core/kit/result.ts';
import { type Histories, latest } from './history.ts';
import type { Payment } from './payment.ts';
import type { PaymentIndex, PaymentQuery } from './ports.ts';
import { statusOf } from './status.ts';

export type ReadPaymentsDeps = { histories: Histories; index: PaymentIndex };

export function createReadPayments({ histories, index }: ReadPaymentsDeps) {
  /** The id is never authority: another merchant's payment is not found. */
  async function get(merchant: string, id: string): Promise<Result<Payment, { code: 'payment_not_found' }>> {
    const payment = latest(await histories.load(id));
    return payment === null || payment.merchant !== merchant ? err({ code: 'payment_not_found' }) : ok(payment);
  }

  /** The index finds, the journal tells: a payment that has just left the status asked for is left out. */
  async function list(query: PaymentQuery): Promise<Result<{ payments: readonly Payment[]; next: string | null }, { code: 'cursor_invalid' }>> {
    const page = await index.search(query);
    if (page === 'cursor_invalid') return err({ code: 'cursor_invalid' });
    const payments: Payment[] = [];
    for (const id of page.ids) {
      const payment = latest(await histories.load(id));
      if (payment !== null && payment.merchant === query.merchant && (query.status === null || statusOf(payment) === query.status)) payments.push(payment);
    }
    return ok({ payments, next: page.next });
  }

  return { get, list };
}

export type ReadPayments = ReturnType<typeof createReadPayments>;
