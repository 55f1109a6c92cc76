import { capturedOf, refundedOf } from '#core/payments/amounts.ts';
import { isOpen, operationId, type Payment } from '#core/payments/payment.ts';
import type { Difference } from '#core/proof/audit.ts';

type Charge = { id: string; reference: string; amount_captured: number; amount_refunded: number };
type Page = { data: readonly Charge[]; next_cursor: string | null };
type Books = { captured: bigint; refunded: bigint };

const PAGE = 1000;
const AGAIN_MS = 300;
const TRIES = 5;

/** The provider's own books against the payments, where the provider can list them: charge by charge, both ways. */
export function createProviderCheck({ url, reread }: { url: string; reread: (payment: string) => Payment | null }) {
  const expected = new Map<string, Books>();
  const inDoubt = new Set<string>();

  function add(payment: Payment): void {
    for (const operation of payment.operations) {
      if (operation.kind !== 'authorize') continue;
      const reference = operationId(payment.id, operation.n);
      if (isInDoubt(payment, operation.n)) inDoubt.add(reference);
      else if (operation.outcome.status === 'succeeded' || operation.outcome.status === 'reversed')
        expected.set(reference, booksOf(payment, operation.n));
    }
  }

  async function check(): Promise<Difference | null> {
    const missing = new Set(expected.keys());
    let cursor: string | null = null;
    do {
      const page = await fetchPage(`limit=${PAGE}${cursor === null ? '' : `&cursor=${cursor}`}`);
      for (const charge of page.data) {
        missing.delete(charge.reference);
        const difference = await compare(charge);
        if (difference !== null) return difference;
      }
      cursor = page.next_cursor;
    } while (cursor !== null);
    const [lost] = missing;
    return lost === undefined
      ? null
      : { where: `provider ${lost}`, what: 'we say that it took place, and the provider has no such charge' };
  }

  async function compare(charge: Charge): Promise<Difference | null> {
    if (inDoubt.has(charge.reference) || isSame(charge, expected.get(charge.reference))) return null;
    const [, id = '', n = ''] = /^op_([0-9a-z]{32})_(\d+)$/.exec(charge.reference) ?? [];
    // Payments go on while we look: what differs from the snapshot is looked at again, on both sides, as it is now.
    for (let tried = 0; tried < TRIES; tried += 1) {
      const payment = reread(`pay_${id}`);
      const [now] = (await fetchPage(`reference=${encodeURIComponent(charge.reference)}`)).data;
      if (
        payment !== null &&
        (isInDoubt(payment, Number(n)) || (now !== undefined && isSame(now, booksOf(payment, Number(n)))))
      )
        return null;
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    }
    const ours = expected.get(charge.reference);
    const told =
      ours === undefined ? 'we know nothing of that' : `we say ${ours.captured} captured and ${ours.refunded} refunded`;
    return {
      where: `provider ${charge.reference || charge.id}`,
      what: `it has ${charge.amount_captured} captured and ${charge.amount_refunded} refunded; ${told}`,
    };
  }

  async function fetchPage(query: string): Promise<Page> {
    const answer = await fetch(`${url}/simulator/charges?${query}`);
    if (!answer.ok) throw new Error(`the provider answered ${answer.status}`);
    return (await answer.json()) as Page;
  }

  return { add, check, counts: () => ({ charges: expected.size, inDoubt: inDoubt.size }) };
}

/** What isn't settled between us and the provider can't be compared yet. */
function isInDoubt(payment: Payment, n: number): boolean {
  return payment.operations.some((operation) => (operation.n === n || operation.target === n) && isOpen(operation));
}

function booksOf(payment: Payment, n: number): Books {
  const operation = payment.operations[n - 1];
  return operation === undefined
    ? { captured: 0n, refunded: 0n }
    : { captured: capturedOf(payment, operation), refunded: refundedOf(payment, operation) };
}

function isSame(charge: Charge, books: Books | undefined): boolean {
  return (
    BigInt(charge.amount_captured) === (books?.captured ?? 0n) &&
    BigInt(charge.amount_refunded) === (books?.refunded ?? 0n)
  );
}
