import type { DatabaseSync } from 'node:sqlite';
import { type CommitFacts, sha256 } from '#core/journal/commit.ts';
import type { Edit } from './edits.ts';

const ROOT_1_BROKEN = /^the commits that it covers are not those that were signed/;

/** One thing changed by hand in the journal, and what must be said of it. */
export const JOURNAL_EDITS: readonly Edit[] = [
  {
    name: 'an amount in the facts',
    edit: (db, { early }) =>
      update(db, `facts = replace(facts, '"amountMinor":1000', '"amountMinor":9000')`, [early.approved, 1]),
    where: ({ early }) => `commit ${early.approved}/1`,
    what: /^the facts do not match their hash/,
  },
  {
    name: 'the hash of a commit',
    edit: (db, { late }) => update(db, `hash = '${sha256('another')}'`, [late.parts, 3]),
    where: ({ late }) => `commit ${late.parts}/3`,
    what: /^the facts do not match their hash/,
  },
  {
    name: 'personal data',
    edit: (db, { early }) =>
      update(db, `personal = replace(personal, 'tok_approved', 'tok_declined')`, [early.held, 1]),
    where: ({ early }) => `commit ${early.held}/1`,
    what: /^the personal data does not match its hash/,
  },
  {
    name: 'a commit is gone from the middle',
    edit: (db, { early }) => remove(db, early.parts, 3),
    where: ({ early }) => `commit ${early.parts}/4`,
    what: /^commit 3 is missing/,
  },
  {
    name: 'the first commit of a payment is gone',
    edit: (db, { late }) => remove(db, late.approved, 1),
    where: ({ late }) => `commit ${late.approved}/2`,
    what: /^commit 1 is missing/,
  },
  {
    name: 'the very last commit is gone',
    edit: (db, { inDoubt }) => remove(db, inDoubt, 2),
    where: ({ inDoubt }) => `index ${inDoubt}`,
    what: /^the row is of version 2, the journal has 1/,
  },
  {
    name: 'the last commit of a payment is gone, under a signed root',
    edit: (db, { early }) => remove(db, early.refunded, 6),
    where: () => 'root 1',
    what: ROOT_1_BROKEN,
  },
  {
    name: 'a whole payment is gone, under a signed root',
    edit: (db, { early }) => remove(db, early.approved, 1, 2),
    where: () => 'root 1',
    what: ROOT_1_BROKEN,
  },
  {
    name: 'a whole payment is gone, after the last root',
    edit: (db, { late }) => remove(db, late.approved, 1, 2),
    where: ({ late }) => `index ${late.approved}`,
    what: /^the journal has no such payment/,
  },
  {
    name: 'the id of a commit',
    edit: (db, { early }) => update(db, `commit_id = 'another'`, [early.approved, 2]),
    where: ({ early }) => `commit ${early.approved}/2`,
    what: /^the commit id differs/,
  },
  {
    name: 'a commit under the name of another payment',
    edit: (db, { early }) => update(db, `stream = 'pay_${'0'.repeat(32)}', root = NULL`, [early.approved, 1]),
    where: () => `commit pay_${'0'.repeat(32)}/1`,
    what: /^the commit was written for another address/,
  },
  {
    name: 'a commit filed with another payment',
    edit: (db, { early, late }) =>
      update(db, `root = (SELECT position FROM commits WHERE stream = '${late.approved}' AND seq = 1)`, [
        early.parts,
        6,
      ]),
    where: ({ early }) => `commit ${early.parts}/6`,
    what: /^it is not filed with the first commit/,
  },
  {
    name: 'a whole payment written anew, hashes and all, under a signed root',
    edit: (db, { early }) => rewrite(db, early.approved),
    where: () => 'root 1',
    what: ROOT_1_BROKEN,
  },
  {
    name: 'a whole payment written anew, hashes and all, after the last root',
    edit: (db, { late }) => rewrite(db, late.approved),
    where: ({ late }) => `index ${late.approved}`,
    what: /^amount_minor is 1000, the journal says 1100/,
  },
  ...['position = position - 1', 'streams = streams + 1', `root = '${sha256('x')}'`, 'at = at + 1', `key_id = 'k'`].map(
    (change): Edit => ({
      name: `a signed root: ${change.split(' ')[0]}`,
      edit: (db) => void db.exec(`UPDATE roots SET ${change} WHERE number = 1`),
      where: () => 'root 1',
      what: /^its signature is not right/,
    }),
  ),
];

function update(db: DatabaseSync, change: string, [stream, seq]: readonly [string, number]): void {
  db.prepare(`UPDATE commits SET ${change} WHERE stream = ? AND seq = ?`).run(stream, seq);
}

function remove(db: DatabaseSync, stream: string, ...seqs: readonly number[]): void {
  for (const seq of seqs) db.prepare('DELETE FROM commits WHERE stream = ? AND seq = ?').run(stream, seq);
}

/** Another amount in every event, and each hash made again: what somebody would do who knows how it works. */
function rewrite(db: DatabaseSync, stream: string): void {
  let previous: string | null = null;
  const rows = db.prepare('SELECT position, facts FROM commits WHERE stream = ? ORDER BY seq').all(stream) as {
    position: number;
    facts: string;
  }[];
  for (const row of rows) {
    const read = JSON.parse(row.facts.replaceAll('Minor":1000', 'Minor":1100')) as CommitFacts;
    const facts = JSON.stringify({ ...read, previous });
    previous = sha256(facts);
    db.prepare('UPDATE commits SET facts = ?, hash = ? WHERE position = ?').run(facts, previous, row.position);
  }
}
