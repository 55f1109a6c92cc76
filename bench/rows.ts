import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** What one payment makes the platform write and carry, in bytes: the floor does the same. */
export type FloorPlan = {
  /** A row each: what is durable before the provider is called. */
  beforeBytes: readonly number[];
  /** A row each: all the rest, of the journal and of what is derived from it. */
  afterBytes: readonly number[];
  callBytes: number;
  replyBytes: number;
  answerBytes: number;
};

type Table = { rows: number; bytes: number };

/** Reads the mean rows of a payment from the data of a platform that has written `payments` of them. */
export function planFloor(folder: string, payments: number, answerBytes: number): FloorPlan {
  const journal = new DatabaseSync(join(folder, 'journal.sqlite'), { readOnly: true });
  const derived = new DatabaseSync(join(folder, 'derived.sqlite'), { readOnly: true });
  try {
    const firstCommits = measure(journal, 'commits', 'seq = 1');
    const rest = [measure(journal, 'commits', 'seq > 1'), ...others(journal, ['commits']), ...others(derived, [])];
    const exchange = journal
      .prepare(`SELECT ${bodyLength('request')} AS call, ${bodyLength('response')} AS reply FROM exchanges`)
      .get();
    return {
      beforeBytes: rowsOf(firstCommits, payments),
      afterBytes: rest.flatMap((table) => rowsOf(table, payments)),
      callBytes: Math.round(Number(exchange?.['call'])),
      replyBytes: Math.round(Number(exchange?.['reply'])),
      answerBytes,
    };
  } finally {
    journal.close();
    derived.close();
  }
}

/** A floor that was made from other rows than the platform went on to write would say nothing. */
const DIFFERENCE_MAX = 0.05;

export function planDifference(used: FloorPlan, found: FloorPlan): string[] {
  const [usedRows, foundRows] = [used, found].map(({ beforeBytes, afterBytes }) => [...beforeBytes, ...afterBytes]);
  const [usedBytes, foundBytes] = [usedRows, foundRows].map((rows) =>
    (rows ?? []).reduce((sum, bytes) => sum + bytes, 0),
  );
  const isSame =
    usedRows?.length === foundRows?.length && Math.abs((foundBytes ?? 0) / (usedBytes ?? 1) - 1) <= DIFFERENCE_MAX;
  return isSame
    ? []
    : [
        `the floor wrote ${usedRows?.length} rows with ${usedBytes} bytes a payment, the platform ${foundRows?.length} with ${foundBytes}`,
      ];
}

/** The mean length of the body in a kept request or response. */
function bodyLength(column: string): string {
  return `avg(length(json_extract(${column}, '$.body')))`;
}

function others(db: DatabaseSync, known: readonly string[]): Table[] {
  const tables = db
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    .all() as { name: string }[];
  return tables.filter(({ name }) => !known.includes(name)).map(({ name }) => measure(db, name, 'true'));
}

/** The bytes of the values alone: an integer counts as six, which is what a time of day in milliseconds takes. */
function measure(db: DatabaseSync, table: string, condition: string): Table {
  const columns = db
    .prepare(`SELECT name FROM pragma_table_info('${table}') WHERE NOT (pk = 1 AND type = 'INTEGER')`)
    .all() as { name: string }[];
  const bytes = columns.map(
    ({ name }) =>
      `CASE typeof("${name}") WHEN 'null' THEN 0 WHEN 'integer' THEN 6 ELSE length(CAST("${name}" AS BLOB)) END`,
  );
  const row = db
    .prepare(
      `SELECT count(*) AS rows, coalesce(sum(${bytes.join(' + ')}), 0) AS bytes FROM "${table}" WHERE ${condition}`,
    )
    .get();
  return { rows: Number(row?.['rows']), bytes: Number(row?.['bytes']) };
}

/** As many rows a payment as the table has, to the nearest whole number, with all of its bytes. */
function rowsOf({ rows, bytes }: Table, payments: number): number[] {
  const perPayment = Math.round(rows / payments);
  return Array.from({ length: perPayment }, () => Math.round(bytes / payments / perPayment));
}
