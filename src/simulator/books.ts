import { decodeCharge, encodeCharge, encodeOperation } from './codec.ts';
import type { Database } from './database.ts';
import type { Charge, ChargeRecord, Operation } from './model.ts';
import { createRowIndex, type RowIndex } from './rowIndex.ts';

/** One page of the books: bodies of charges, oldest first. */
export type Page = { limit: number; after: number; reference: string | null };

/** Whose objects, by what reference, and how old an object must be to be found (0: a strong inquiry). */
export type Inquiry = { account: string; reference: string; createdUntil: number };

export type Summary = {
  byStatus: { status: string; count: bigint }[];
  byCurrency: { currency: string; authorized: bigint; captured: bigint; refunded: bigint }[];
};

export type Books = ReturnType<typeof createBooks>;

/** How many objects of one reference an inquiry, and a page of the books, look at: the newest. */
const INQUIRY_ROWS_MAX = 100;
const PAGE_ROWS_MAX = 10_000;

type ChargeRow = {
  body: string;
  account: string;
  token: string;
  return_url: string | null;
  capture_wanted: number;
};

type Found = { account: string; created_at: number; body: string };

type PageRow = { seq: number; body: string };

/** The provider's own record of its charges. SQLite holds them; in memory is only how to find them by reference. */
export function createBooks(database: Database) {
  const sql = prepareStatements(database);
  const charges = loadIndex(database, 'charges');
  const operations = loadIndex(database, 'operations');

  /** Returns the charge as it goes over the wire, since that is also what is stored. */
  function insert(record: ChargeRecord): string {
    const { charge } = record;
    const body = encodeCharge(charge);
    database.begin();
    const inserted = sql.insert.run(
      charge.id,
      record.account,
      charge.reference,
      charge.status,
      charge.currency,
      charge.amountAuthorized,
      charge.amountCaptured,
      charge.amountRefunded,
      record.token,
      record.returnUrl,
      record.captureWanted ? 1 : 0,
      charge.createdAt,
      body,
    );
    charges.add(charge.reference, Number(inserted.lastInsertRowid));
    return body;
  }

  function update(charge: Charge): string {
    const body = encodeCharge(charge);
    const { status, amountAuthorized, amountCaptured, amountRefunded } = charge;
    database.begin();
    sql.update.run(status, amountAuthorized, amountCaptured, amountRefunded, body, charge.id);
    return body;
  }

  /** Lets inquiries find an operation by its reference; what has none can't be asked for. */
  function indexOperation(record: ChargeRecord, operation: Operation): void {
    if (operation.reference === null) return;
    database.begin();
    const { reference, id, createdAt } = operation;
    const inserted = sql.index.run(reference, id, record.charge.id, record.account, createdAt);
    operations.add(reference, Number(inserted.lastInsertRowid));
  }

  function find(id: string): ChargeRecord | null {
    const row = sql.find.get(id) as ChargeRow | undefined;
    if (row === undefined) return null;
    return {
      charge: decodeCharge(row.body),
      account: row.account,
      token: row.token,
      returnUrl: row.return_url,
      captureWanted: row.capture_wanted === 1,
    };
  }

  function chargesOf({ reference, account, createdUntil }: Inquiry): string[] {
    return oldestFirst(charges, reference, INQUIRY_ROWS_MAX).flatMap((seq) => {
      const row = sql.chargeAt.get(seq, reference) as Found | undefined;
      return row?.account === account && row.created_at <= createdUntil ? [row.body] : [];
    });
  }

  function operationsOf({ reference, account, createdUntil }: Inquiry): string[] {
    return oldestFirst(operations, reference, INQUIRY_ROWS_MAX).flatMap((seq) => {
      const row = sql.operationAt.get(seq, reference) as (Found & { id: string }) | undefined;
      if (row?.account !== account || row.created_at > createdUntil) return [];
      const charge = decodeCharge(row.body);
      const found = findOperation(charge, row.id);
      return found === null ? [] : [encodeOperation(charge, found)];
    });
  }

  function page({ limit, after, reference }: Page): { bodies: string[]; next: number | null } {
    const rows = reference === null ? sql.page.all(after, limit + 1) : rowsOf(reference, after).slice(0, limit + 1);
    const shown = (rows as PageRow[]).slice(0, limit);
    return { bodies: shown.map((row) => row.body), next: rows.length > limit ? (shown.at(-1)?.seq ?? null) : null };
  }

  function rowsOf(reference: string, after: number): PageRow[] {
    return oldestFirst(charges, reference, PAGE_ROWS_MAX).flatMap((seq) => {
      const row = seq > after ? (sql.chargeAt.get(seq, reference) as Found | undefined) : undefined;
      return row === undefined ? [] : [{ seq, body: row.body }];
    });
  }

  function summary(): Summary {
    return {
      byStatus: sql.byStatus.all() as Summary['byStatus'],
      byCurrency: sql.byCurrency.all() as Summary['byCurrency'],
    };
  }

  return { insert, update, indexOperation, find, chargesOf, operationsOf, page, summary };
}

export function findOperation(charge: Charge, id: string): Operation | null {
  const all = [...charge.captures, ...charge.refunds, ...charge.voids];
  return all.find((operation) => operation.id === id) ?? null;
}

function prepareStatements(database: Database) {
  const byStatus = database.prepare('SELECT status, count(*) AS count FROM charges GROUP BY status ORDER BY status');
  const byCurrency = database.prepare(
    `SELECT currency, sum(authorized) AS authorized, sum(captured) AS captured, sum(refunded) AS refunded
     FROM charges GROUP BY currency ORDER BY currency`,
  );
  byStatus.setReadBigInts(true);
  byCurrency.setReadBigInts(true);
  return {
    byStatus,
    byCurrency,
    insert: database.prepare(
      `INSERT INTO charges (id, account, reference, status, currency, authorized, captured, refunded, token, return_url,
       capture_wanted, created_at, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    update: database.prepare(
      'UPDATE charges SET status = ?, authorized = ?, captured = ?, refunded = ?, body = ? WHERE id = ?',
    ),
    index: database.prepare(
      'INSERT INTO operations (reference, id, charge, account, created_at) VALUES (?, ?, ?, ?, ?)',
    ),
    find: database.prepare('SELECT body, account, token, return_url, capture_wanted FROM charges WHERE id = ?'),
    chargeAt: database.prepare('SELECT account, created_at, body FROM charges WHERE seq = ? AND reference = ?'),
    operationAt: database.prepare(
      `SELECT o.id, o.account, o.created_at, c.body FROM operations o JOIN charges c ON c.id = o.charge
       WHERE o.seq = ? AND o.reference = ?`,
    ),
    page: database.prepare('SELECT seq, body FROM charges WHERE seq > ? ORDER BY seq LIMIT ?'),
  };
}

function loadIndex(database: Database, table: 'charges' | 'operations'): RowIndex {
  const index = createRowIndex();
  for (const row of database.prepare(`SELECT seq, reference FROM ${table} ORDER BY seq`).iterate()) {
    const { seq, reference } = row as { seq: number; reference: string };
    index.add(reference, seq);
  }
  return index;
}

function oldestFirst(index: RowIndex, reference: string, max: number): number[] {
  return index.candidates(reference, max).reverse();
}
