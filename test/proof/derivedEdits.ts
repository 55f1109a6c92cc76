import type { DatabaseSync } from 'node:sqlite';
import type { Edit } from './edits.ts';
import type { Sample } from './sample.ts';

/** One thing changed by hand in what was made from the journal, and what must be said of it. */
export const DERIVED_EDITS: readonly Edit[] = [
  indexed({ name: 'status', change: `status = 'failed'`, what: /^status is failed, the journal says succeeded/ }),
  indexed({ name: 'amount', change: 'amount_minor = 1001', what: /^amount_minor is 1001, the journal says 1000/ }),
  indexed({ name: 'merchant', change: `merchant = 'mer_x'`, what: /^merchant is mer_x, the journal says mer_dev/ }),
  indexed({ name: 'open', change: 'open = 1', what: /^open is 1, the journal says 0/ }),
  indexed({ name: 'version, behind', change: 'version = 1', what: /^the row is of version 1, the journal has 2/ }),
  indexed({ name: 'version, ahead', change: 'version = 3', what: /^the row is of version 3, the journal has 2/ }),
  indexed({
    name: 'place',
    change: 'arrival = arrival - 1000000',
    what: /^it stands before a payment that came earlier/,
  }),
  {
    name: 'index: a row is gone',
    edit: (db, { late }) => void db.prepare('DELETE FROM payments WHERE id = ?').run(late.held),
    where: ({ late }) => `index ${late.held}`,
    what: /^the payment has no row/,
  },
  {
    name: 'index: a row too many',
    edit: (db) =>
      db.exec(
        `INSERT INTO payments (id, merchant, version, status, amount_minor, currency, created_at, updated_at, open)
          SELECT 'pay_x', merchant, version, status, amount_minor, currency, created_at, updated_at, open FROM payments LIMIT 1`,
      ),
    where: () => 'index pay_x',
    what: /^the journal has no such payment/,
  },
  {
    name: 'schedule: a row is gone',
    edit: (db, { early }) => void db.prepare('DELETE FROM schedule WHERE id = ?').run(early.held),
    where: ({ early }) => `schedule ${early.held}`,
    what: /^the payment owes a step and is not scheduled/,
  },
  {
    name: 'schedule: a step put off for ever',
    edit: (db, { inDoubt }) => void db.prepare('UPDATE schedule SET due_at = 9e15 WHERE id = ?').run(inDoubt),
    where: ({ inDoubt }) => `schedule ${inDoubt}`,
    what: /^a step is owed at \d+ and scheduled for 9000000000000000/,
  },
  {
    name: 'parking: a payment that is not to be waited for',
    edit: (db, { late }) => void db.prepare(`INSERT INTO parked VALUES (?, 2, 1, 'why', 0)`).run(late.approved),
    where: ({ late }) => `index ${late.approved}`,
    what: /^the row is of version 2, the journal has 1/,
  },
  account({ name: 'a balance', change: 'credit_minor = credit_minor + 1' }),
  account({
    name: 'both sides of a balance',
    change: 'credit_minor = credit_minor + 1, debit_minor = debit_minor + 1',
  }),
  {
    ...account({ name: 'whose it is', change: `merchant = 'mer_x'` }),
    what: /^it is kept as merchant_payable of mer_x in USD/,
  },
  {
    name: 'ledger: the amount of a line',
    edit: (db, { late }) =>
      void db
        .prepare('UPDATE ledger_lines SET amount_minor = amount_minor * 2 WHERE entry = ? AND amount_minor > 0')
        .run(entryOf(db, { stream: late.approved, seq: 2 })),
    where: ({ late }) => `ledger ${late.approved}/2`,
    what: /^it lacks "1 pay_\w+\/2 captured provider_receivable:mer_dev:simulator:EUR \d+ 1000"; it has/,
  },
  {
    name: 'ledger: the time of a line',
    edit: (db, { late }) =>
      void db
        .prepare('UPDATE ledger_lines SET at = at + 1 WHERE entry = ? AND amount_minor > 0')
        .run(entryOf(db, { stream: late.approved, seq: 2 })),
    where: ({ late }) => `ledger ${late.approved}/2`,
    what: /^it lacks/,
  },
  {
    name: 'ledger: the reason of an entry',
    edit: (db, { early }) =>
      void db.prepare(`UPDATE ledger_entries SET reason = 'settled' WHERE stream = ? AND seq = 2`).run(early.approved),
    where: ({ early }) => `ledger ${early.approved}/2`,
    what: /^it lacks "1 pay_\w+\/2 captured .* it has "1 pay_\w+\/2 settled/,
  },
  {
    name: 'ledger: an entry is gone',
    edit: (db, { early }) =>
      void db.prepare('DELETE FROM ledger_entries WHERE stream = ? AND seq = 4').run(early.refunded),
    where: ({ early }) => `ledger ${early.refunded}/4`,
    what: /^it lacks "1 pay_\w+\/4 refunded/,
  },
  {
    name: 'ledger: an entry too many for a commit',
    edit: (db, { late }) => copyEntry(db, late, (entry) => entry + 1),
    where: ({ late }) => `ledger ${late.approved}/2`,
    what: /^it has "2 pay_\w+\/2 captured .*", which the journal does not say/,
  },
  {
    name: 'ledger: an entry of no commit at all',
    edit: (db, { late }) => copyEntry(db, late, (entry) => entry + 1e12),
    where: () => 'ledger',
    what: /^\d+ entries with \d+ lines, and the journal says \d+ with \d+/,
  },
  {
    name: 'a position that claims more than was done',
    edit: (db, { inDoubt }) => {
      db.prepare('DELETE FROM ledger_lines WHERE entry = ?').run(entryOf(db, { stream: inDoubt, seq: 2 }));
      db.prepare('DELETE FROM ledger_entries WHERE stream = ?').run(inDoubt);
    },
    where: ({ inDoubt }) => `ledger ${inDoubt}/2`,
    what: /^it lacks "1 pay_\w+\/2 doubt_began/,
  },
];

function indexed({ name, change, what }: { name: string; change: string; what: RegExp }): Edit {
  return {
    name: `index: ${name}`,
    edit: (db, { late }) => void db.prepare(`UPDATE payments SET ${change} WHERE id = ?`).run(late.approved),
    where: ({ late }) => `index ${late.approved}`,
    what,
  };
}

function account({ name, change }: { name: string; change: string }): Edit {
  const id = 'merchant_payable:mer_dev:USD';
  return {
    name: `ledger account: ${name}`,
    edit: (db) => void db.prepare(`UPDATE ledger_accounts SET ${change} WHERE account = ?`).run(id),
    where: () => `ledger account ${id}`,
    what: /^it has 200[01] debited and 2001 credited, its lines say 2000 and 2000/,
  };
}

function entryOf(db: DatabaseSync, { stream, seq }: { stream: string; seq: number }): number {
  const row = db.prepare('SELECT entry FROM ledger_entries WHERE stream = ? AND seq = ?').get(stream, seq);
  return (row as { entry: number }).entry;
}

function copyEntry(db: DatabaseSync, { approved }: Sample['late'], place: (entry: number) => number): void {
  const from = entryOf(db, { stream: approved, seq: 2 });
  const to = place(from);
  db.prepare('INSERT INTO ledger_entries SELECT ?, stream, seq, reason FROM ledger_entries WHERE entry = ?').run(
    to,
    from,
  );
  db.prepare('INSERT INTO ledger_lines SELECT account, at, ?, amount_minor FROM ledger_lines WHERE entry = ?').run(
    to,
    from,
  );
}
