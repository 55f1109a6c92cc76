import { request } from 'undici';
import type { ShownPayment } from './wire.ts';

/** A charge in the provider's own books. Amounts in minor units. */
export type Charge = {
  id: string;
  reference: string;
  status: string;
  currency: string;
  amount: number;
  amount_captured: number;
};

const PAGE_MAX = 1000;

/** What the provider itself has written down, oldest first. */
export async function readBooks(simulatorUrl: string): Promise<Charge[]> {
  const charges: Charge[] = [];
  let cursor: string | null = '0';
  while (cursor !== null) {
    const answer = await request(`${simulatorUrl}/simulator/charges?limit=${PAGE_MAX}&cursor=${cursor}`);
    const page = (await answer.body.json()) as { data: Charge[]; next_cursor: string | null };
    charges.push(...page.data);
    cursor = page.next_cursor;
  }
  return charges;
}

/**
 * Every way in which the provider's books and our payments differ, a sentence each; empty when they agree: an operation is in the books
 * once or not at all, money that moved there is a success here with that very amount, and the reverse, and the sums are equal.
 */
export function findDifferences(charges: readonly Charge[], payments: readonly ShownPayment[]): string[] {
  return [
    ...findDoubles(charges),
    ...findUnknownMoney(charges, payments),
    ...findMissingMoney(charges, payments),
    ...compareSums(charges, payments),
  ];
}

function findDoubles(charges: readonly Charge[]): string[] {
  const seen = new Set<string>();
  return charges.flatMap(({ reference }) => {
    if (seen.has(reference)) return [`${reference} is in the books twice`];
    seen.add(reference);
    return [];
  });
}

function findUnknownMoney(charges: readonly Charge[], payments: readonly ShownPayment[]): string[] {
  const ours = new Map(operationsOf(payments).map((operation) => [operation.id, operation]));
  return charges.filter(movedMoney).flatMap((charge) => {
    const operation = ours.get(charge.reference);
    if (operation === undefined)
      return [`the provider took ${charge.amount_captured} for ${charge.reference}, which we don't know`];
    if (operation.status !== 'succeeded')
      return [`the provider took ${charge.amount_captured} for ${charge.reference}, which is ${operation.status} here`];
    if (operation.provider_reference !== charge.id)
      return [`${charge.reference} is ${charge.id} there and ${operation.provider_reference} here`];
    if (operation.payment.amount_captured !== charge.amount_captured) {
      return [`${charge.reference} took ${charge.amount_captured} there and ${operation.payment.amount_captured} here`];
    }
    return [];
  });
}

function findMissingMoney(charges: readonly Charge[], payments: readonly ShownPayment[]): string[] {
  const theirs = new Set(charges.filter(movedMoney).map((charge) => charge.reference));
  return operationsOf(payments)
    .filter((operation) => operation.status === 'succeeded' && !theirs.has(operation.id))
    .map((operation) => `${operation.id} succeeded here and the provider took nothing`);
}

function compareSums(charges: readonly Charge[], payments: readonly ShownPayment[]): string[] {
  const theirs = sumByCurrency(charges);
  const ours = sumByCurrency(payments);
  return [...new Set([...theirs.keys(), ...ours.keys()])]
    .filter((currency) => (theirs.get(currency) ?? 0) !== (ours.get(currency) ?? 0))
    .map(
      (currency) =>
        `the sums in ${currency} differ: ${theirs.get(currency) ?? 0} there, ${ours.get(currency) ?? 0} here`,
    );
}

function operationsOf(payments: readonly ShownPayment[]) {
  return payments.flatMap((payment) => payment.operations.map((operation) => ({ ...operation, payment })));
}

function movedMoney(charge: Charge): boolean {
  return charge.amount_captured > 0;
}

function sumByCurrency(items: readonly { currency: string; amount_captured: number }[]): Map<string, number> {
  const sums = new Map<string, number>();
  for (const { currency, amount_captured: captured } of items) sums.set(currency, (sums.get(currency) ?? 0) + captured);
  return sums;
}
