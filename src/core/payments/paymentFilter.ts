import type { Payment } from './payment.ts';
import { decidingAuthorization } from './status.ts';

/** What a list is narrowed to; null, and no metadata: not by this. */
export type PaymentFilter = {
  /** Where the deciding authorisation went. */
  provider: string | null;
  currency: string | null;
  customer: string | null;
  /** Milliseconds since the epoch; neither end is in. */
  createdAfter: number | null;
  createdBefore: number | null;
  /** Both ends are in. */
  amountMinMinor: bigint | null;
  amountMaxMinor: bigint | null;
  /** All of them, each with this very value. */
  metadata: Readonly<Record<string, string>>;
  /** What the id is, or what the customer or a value of the metadata contains; A to Z are as a to z. */
  text: string | null;
};

export function passesFilter(payment: Payment, filter: PaymentFilter): boolean {
  const { createdAt, amountMinor, personal } = payment;
  const { createdAfter, createdBefore, amountMinMinor, amountMaxMinor } = filter;
  return (
    isSame(filter.provider, decidingAuthorization(payment)?.provider) &&
    isSame(filter.currency, payment.currency) &&
    isSame(filter.customer, personal?.customer) &&
    (createdAfter === null || createdAt > createdAfter) &&
    (createdBefore === null || createdAt < createdBefore) &&
    (amountMinMinor === null || amountMinor >= amountMinMinor) &&
    (amountMaxMinor === null || amountMinor <= amountMaxMinor) &&
    Object.entries(filter.metadata).every(([key, value]) => personal?.metadata[key] === value) &&
    (filter.text === null || holdsText(payment, filter.text))
  );
}

function holdsText({ id, personal }: Payment, text: string): boolean {
  const wanted = inLowerCase(text);
  const texts = [personal?.customer ?? '', ...Object.values(personal?.metadata ?? {})];
  return id === wanted || texts.some((held) => inLowerCase(held).includes(wanted));
}

/** As SQLite's `lower` does it: no other letters, whatever the language. */
function inLowerCase(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

function isSame(wanted: string | null, value: string | null | undefined): boolean {
  return wanted === null || wanted === value;
}
