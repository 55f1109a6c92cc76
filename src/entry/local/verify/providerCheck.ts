import { positionOf } from '#core/payments/amounts.ts';
import { isOpen, operationId, type Payment, parseOperationId } from '#core/payments/payment.ts';
import type { Difference } from '#core/proof/audit.ts';

type Charge = { id: string; reference: string; amount_captured: number; amount_refunded: number };
type Page = { data: readonly Charge[]; next_cursor: string | null };
type Books = { captured: bigint; refunded: bigint };

export type ProviderCheckOptions = {
  url: string;
  /** As it is now; null when there is none. */
  reread: (payment: string) => Payment | 'parked' | null;
};

const PAGE = 1000;
const ANSWER_TIMEOUT_MS = 10_000;
const AGAIN_MS = 300;
const TRIES = 5;

/** The provider's own books against the payments, where the provider can list them: charge by charge, both ways. */
export function createProviderCheck({ url, reread }: ProviderCheckOptions) {
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
    const found = new Set<string>();
    let cursor: string | null = null;
    do {
      const page = await fetchPage(`limit=${PAGE}${cursor === null ? '' : `&cursor=${cursor}`}`);
      for (const charge of page.data) {
        // The second charge of a reference: each may be what we know of, and the two together are not.
        const isAlone = !found.has(charge.reference);
        found.add(charge.reference);
        const difference = isAlone && isSettled(charge) ? null : await lookAgain(charge);
        if (difference !== null) return difference;
      }
      cursor = page.next_cursor;
    } while (cursor !== null);
    for (const reference of expected.keys())
      if (!found.has(reference))
        return {
          where: `provider ${reference}`,
          what: 'we say that it took place, and the provider has no such charge',
        };
    return null;
  }

  function isSettled(charge: Charge): boolean {
    return inDoubt.has(charge.reference) || isSame(sumOf([charge]), expected.get(charge.reference));
  }

  /** Payments go on while we look: what differs from the snapshot is looked at again, on both sides, as it is now. */
  async function lookAgain({ reference, id }: Charge): Promise<Difference | null> {
    const place = parseOperationId(reference);
    let charges: readonly Charge[] = [];
    let ours: Books | undefined;
    for (let tried = 0; tried < TRIES; tried += 1) {
      if (tried > 0) await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
      const payment = place === null ? null : reread(place.payment);
      charges = (await fetchPage(`limit=${PAGE}&reference=${encodeURIComponent(reference)}`)).data;
      if (payment === 'parked') return null;
      if (payment === null || place === null) continue;
      if (isInDoubt(payment, place.n)) return null;
      ours = booksOf(payment, place.n);
      if (isSame(sumOf(charges), ours)) return null;
    }
    const { captured, refunded } = sumOf(charges);
    const told =
      ours === undefined ? 'we know nothing of that' : `we say ${ours.captured} captured and ${ours.refunded} refunded`;
    return {
      where: `provider ${reference || id}`,
      what: `it has ${captured} captured and ${refunded} refunded in ${charges.length === 1 ? 'a charge' : `${charges.length} charges`}; ${told}`,
    };
  }

  async function fetchPage(query: string): Promise<Page> {
    const answer = await fetch(`${url}/simulator/charges?${query}`, {
      signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
    });
    if (!answer.ok) throw new Error(`it answered ${answer.status}`);
    return (await answer.json()) as Page;
  }

  return { add, check, counts: () => ({ charges: expected.size, inDoubt: inDoubt.size }) };
}

/** What isn't settled between us and the provider can't be compared yet. */
function isInDoubt(payment: Payment, n: number): boolean {
  return payment.operations.some((operation) => (operation.n === n || operation.target === n) && isOpen(operation));
}

function booksOf(payment: Payment, n: number): Books {
  const position = positionOf(payment, n);
  return { captured: position?.capturedMinor ?? 0n, refunded: position?.refundedMinor ?? 0n };
}

function sumOf(charges: readonly Charge[]): Books {
  const sum = (amountOf: (charge: Charge) => number) =>
    charges.reduce((total, charge) => total + BigInt(amountOf(charge)), 0n);
  return { captured: sum((charge) => charge.amount_captured), refunded: sum((charge) => charge.amount_refunded) };
}

function isSame(theirs: Books, ours: Books | undefined): boolean {
  return theirs.captured === (ours?.captured ?? 0n) && theirs.refunded === (ours?.refunded ?? 0n);
}
