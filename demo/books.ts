import { request } from 'undici';
import type { Charge, Page, Payment } from './wire.ts';

/** In minor units. */
export type Sums = { captured: number; refunded: number };
export type Compared = { currency: string; ours: Sums; theirs: Sums };

const PAGE = 1000;

/** The provider's own charges, oldest first. */
export async function readCharges(url: string): Promise<Charge[]> {
  const charges: Charge[] = [];
  let cursor: string | null = '0';
  while (cursor !== null) {
    const answer = await request(`${url}/simulator/charges?limit=${PAGE}&cursor=${cursor}`);
    const page = (await answer.body.json()) as Page<Charge>;
    charges.push(...page.data);
    cursor = page.next_cursor;
  }
  return charges;
}

/** Payment by payment, whatever the provider says of it against what we say: sums by currency, and every difference in a sentence. */
export function compareBooks(payments: readonly Payment[], charges: readonly Charge[]) {
  const differences: string[] = [];
  const byCurrency = new Map<string, Compared>();
  const found = new Map<string, Sums>();
  const owner = new Map<string, string>();
  for (const { id, operations } of payments) for (const operation of operations) owner.set(operation.id, id);
  for (const charge of charges) {
    const payment = owner.get(charge.reference);
    if (payment === undefined) continue;
    const sums = found.get(payment) ?? { captured: 0, refunded: 0 };
    sums.captured += charge.amount_captured;
    sums.refunded += charge.amount_refunded;
    found.set(payment, sums);
  }
  for (const { id, currency, amount_captured: captured, amount_refunded: refunded } of payments) {
    const theirs = found.get(id) ?? { captured: 0, refunded: 0 };
    if (theirs.captured !== captured || theirs.refunded !== refunded) {
      differences.push(
        `${id}: captured ${captured} and refunded ${refunded} here, ${theirs.captured} and ${theirs.refunded} there`,
      );
    }
    const total = byCurrency.get(currency) ?? emptyTotal(currency);
    add(total.ours, { captured, refunded });
    add(total.theirs, theirs);
    byCurrency.set(currency, total);
  }
  return { differences, byCurrency: [...byCurrency.values()] };
}

function emptyTotal(currency: string): Compared {
  return { currency, ours: { captured: 0, refunded: 0 }, theirs: { captured: 0, refunded: 0 } };
}

function add(sums: Sums, { captured, refunded }: Sums): void {
  sums.captured += captured;
  sums.refunded += refunded;
}
