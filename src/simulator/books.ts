import { decodeCharge, encodeCharge, encodeOperation } from './codec.ts';
import type { Database } from './database.ts';
import type { Charge, ChargeRecord, Operation } from './model.ts';

/** One page of the books: bodies of charges, oldest first. */
export type Page = { limit: number; after: number; reference: string | null };

/** Whose objects, by what reference, and how old an object must be to be found (0: a strong inquiry). */
export type Inquiry = { account: string; reference: string; createdUntil: number };

export type Summary = {
  byStatus: { status: string; count: bigint }[];
  byCurrency: { currency: string; authorized: bigint; captured: bigint; refunded: bigint }[];
};

export type Books = ReturnType<typeof createBooks>;

const INQUIRY_ROWS_MAX = 100;

type ChargeRow = {
  body: string;
  account: string;
  token: string;
  return_url: string | null;
  capture_wanted: number;
};

/** The provider's own record of its charges. SQLite holds them; nothing is kept in memory beside its page cache. */
export function createBooks(database: Database) {
  const sql = prepareStatements(database);

  /** Returns the charge as it goes over the wire, since that is also what is stored. */
  function insert(record: ChargeRecord): string {
    const { charge } = record;
    const body = encodeCharge(charge);
    database.begin();
    sql.insert.run(
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
    sql.index.run(operation.reference, operation.id, record.charge.id, record.account, operation.createdAt);
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
    const rows = sql.chargesOf.all(reference, account, createdUntil) as { body: string }[];
    return rows.map((row) => row.body);
  }

  function operationsOf({ reference, account, createdUntil }: Inquiry): string[] {
    const rows = sql.operationsOf.all(reference, account, createdUntil) as { id: string; body: string }[];
    return rows.flatMap((row) => {
      const charge = decodeCharge(row.body);
      const found = findOperation(charge, row.id);
      return found === null ? [] : [encodeOperation(charge, found)];
    });
  }

  function page({ limit, after, reference }: Page): { bodies: string[]; next: number | null } {
    const filtered = reference === null ? sql.page.all(after, limit + 1) : sql.pageOf.all(after, reference, limit + 1);
    const rows = filtered as { seq: number; body: string }[];
    const shown = rows.slice(0, limit);
    return { bodies: shown.map((row) => row.body), next: rows.length > limit ? (shown.at(-1)?.seq ?? null) : null };
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
    chargesOf: database.prepare(
      `SELECT body FROM charges WHERE reference = ? AND account = ? AND created_at <= ?
       ORDER BY seq LIMIT ${INQUIRY_ROWS_MAX}`,
    ),
    operationsOf: database.prepare(
      `SELECT o.id, c.body FROM operations o JOIN charges c ON c.id = o.charge
       WHERE o.reference = ? AND o.account = ? AND o.created_at <= ? ORDER BY o.seq LIMIT ${INQUIRY_ROWS_MAX}`,
    ),
    page: database.prepare('SELECT seq, body FROM charges WHERE seq > ? ORDER BY seq LIMIT ?'),
    pageOf: database.prepare('SELECT seq, body FROM charges WHERE seq > ? AND reference = ? ORDER BY seq LIMIT ?'),
  };
}
