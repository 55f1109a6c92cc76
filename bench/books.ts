import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** Minor units by payment id. */
type Amounts = ReadonlyMap<string, number>;

type SucceededEvent = { type: string; amountMinor: number; capturedMinor?: number };
type ChargePage = { data: { reference: string; amount_captured: number }[]; next_cursor: string | null };

const CHARGES_A_PAGE = 1000;
/** An operation's id is the payment's own part and a number. */
const OPERATION_ID = /^op_(.+)_\d+$/;

/** What the journal's facts say was captured. Read from the rows as they are, so that a mistake of the fold can't hide one of the journal. */
export function capturedByJournal(folder: string): Amounts {
  const db = new DatabaseSync(join(folder, 'journal.sqlite'), { readOnly: true });
  const captured = new Map<string, number>();
  const rows = db.prepare("SELECT stream, facts FROM commits WHERE stream GLOB 'pay_*' ORDER BY position").iterate();
  for (const row of rows) {
    const id = String(row['stream']);
    const { events } = JSON.parse(String(row['facts'])) as { events: SucceededEvent[] };
    const succeeded = events.filter((event) => event.type === 'operation.succeeded');
    const amount = succeeded.reduce((sum, { capturedMinor, amountMinor }) => sum + (capturedMinor ?? amountMinor), 0);
    captured.set(id, (captured.get(id) ?? 0) + amount);
  }
  db.close();
  return captured;
}

/** What a list of payments shows as succeeded. */
export function succeededInIndex(folder: string): Amounts {
  const db = new DatabaseSync(join(folder, 'derived.sqlite'), { readOnly: true });
  const rows = db
    .prepare("SELECT id, CASE status WHEN 'succeeded' THEN amount_minor ELSE 0 END AS amount FROM payments")
    .all();
  db.close();
  return new Map(rows.map((row) => [String(row['id']), Number(row['amount'])]));
}

/** What the provider has taken. A payment that was charged twice shows as twice its amount. */
export async function takenBySimulator(url: string): Promise<Amounts> {
  const taken = new Map<string, number>();
  let cursor: string | null = '0';
  while (cursor !== null) {
    const response = await fetch(`${url}/simulator/charges?limit=${CHARGES_A_PAGE}&cursor=${cursor}`);
    const page = (await response.json()) as ChargePage;
    for (const { reference, amount_captured: amount } of page.data) {
      const id = `pay_${OPERATION_ID.exec(reference)?.[1] ?? reference}`;
      taken.set(id, (taken.get(id) ?? 0) + amount);
    }
    cursor = page.next_cursor;
  }
  return taken;
}

/** Says in which way `found` is not what was answered; nothing when it is. */
export function compare(name: string, answered: Amounts, found: Amounts): string[] {
  const missing = [...answered.keys()].filter((id) => !found.has(id));
  const others = [...found.keys()].filter((id) => !answered.has(id));
  const unequal = [...answered].filter(([id, amount]) => found.has(id) && found.get(id) !== amount).map(([id]) => id);
  return [
    ...describe(missing, `payments that were answered are missing from ${name}`),
    ...describe(others, `payments in ${name} were never answered`),
    ...describe(unequal, `payments have another amount in ${name} than was asked for`),
  ];
}

function describe(ids: readonly string[], what: string): string[] {
  return ids.length === 0 ? [] : [`${ids.length} ${what}; the first is ${ids[0]}`];
}
