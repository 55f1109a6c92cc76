import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { PaymentQuery } from '#core/payments/ports.ts';

/** What no index serves is held against this many rows at once: some 10 ms, in which nothing else is answered. */
const EXAMINED_MAX = 10_000;

export type FoundRow = { arrival: number; id: string };
type Condition = readonly [sql: string, ...values: (string | number | bigint)[]];

/** Rows before `before`, the newest first, and from where to go on when not all could be looked at. */
export function createPaymentSearch(db: DatabaseSync) {
  // A statement for each combination that is asked for: they are few, and preparing one costs more than running it.
  const statements = new Map<string, StatementSync>();

  function run(sql: string, values: readonly (string | number | bigint)[]): unknown[] {
    const statement = statements.get(sql) ?? db.prepare(sql);
    statements.set(sql, statement);
    return statement.all(...values);
  }

  return function find(query: PaymentQuery, before: number, count: number): { rows: FoundRow[]; from: number | null } {
    const served = servedBy(query, before);
    const held = heldAgainst(query);
    const where = served.map(([sql]) => sql).join(' AND ');
    const values = served.flatMap(([, ...given]) => given);
    if (held.length === 0) {
      const sql = `SELECT arrival, id FROM payments WHERE ${where} ORDER BY arrival DESC LIMIT ?`;
      return { rows: run(sql, [...values, count]) as FoundRow[], from: null };
    }
    const rows = run(
      `SELECT arrival, id FROM (SELECT * FROM payments WHERE ${where} ORDER BY arrival DESC LIMIT ${EXAMINED_MAX})
       WHERE ${held.map(([sql]) => sql).join(' AND ')} ORDER BY arrival DESC LIMIT ?`,
      [...values, ...held.flatMap(([, ...given]) => given), count],
    ) as FoundRow[];
    if (rows.length === count) return { rows, from: null };
    const sql = `SELECT arrival FROM payments WHERE ${where} ORDER BY arrival DESC LIMIT 1 OFFSET ${EXAMINED_MAX - 1}`;
    const [last] = run(sql, values) as { arrival: number }[];
    return { rows, from: last?.arrival ?? null };
  };
}

function servedBy({ merchant, status, filter }: PaymentQuery, before: number): Condition[] {
  const conditions: Condition[] = [['arrival < ?', before]];
  if (merchant !== null) conditions.push(['merchant = ?', merchant]);
  if (status !== null) conditions.push(['status = ?', status]);
  if (filter != null && filter.customer !== null) conditions.push(['customer = ?', filter.customer]);
  return conditions;
}

function heldAgainst({ filter }: PaymentQuery): Condition[] {
  if (filter === undefined) return [];
  const { provider, currency, createdAfter, createdBefore, amountMinMinor, amountMaxMinor, metadata, text } = filter;
  const compared = [
    ['provider = ?', provider],
    ['currency = ?', currency],
    ['created_at > ?', createdAfter],
    ['created_at < ?', createdBefore],
    ['amount_minor >= ?', amountMinMinor],
    ['amount_minor <= ?', amountMaxMinor],
  ] as const;
  const conditions = compared.flatMap(([sql, value]): Condition[] => (value === null ? [] : [[sql, value]]));
  const each = 'EXISTS (SELECT 1 FROM json_each(metadata) WHERE key = ? AND value = ?)';
  const members = Object.entries(metadata).map(([key, value]): Condition => [each, key, value]);
  return [...conditions, ...members, ...(text === null ? [] : [holdsText(text)])];
}

/** What is looked for stands for itself: no character in it is a wildcard. */
function holdsText(text: string): Condition {
  const sql = `(id = lower(?) OR instr(lower(customer), lower(?)) > 0
    OR EXISTS (SELECT 1 FROM json_each(metadata) WHERE instr(lower(value), lower(?)) > 0))`;
  return [sql, text, text, text];
}
