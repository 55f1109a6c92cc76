import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type EventRecord, type StoredCommit, sealCommit } from '#core/journal/commit.ts';

type Row = { position: number; seq: number; hash: string };

/** Appends to a payment's stream as the platform would, while no server runs: with right hashes, whatever the event. */
export function appendByHand(folder: string, stream: string, event: EventRecord): void {
  const db = new DatabaseSync(join(folder, 'journal.sqlite'));
  try {
    const rows = db
      .prepare('SELECT position, seq, hash FROM commits WHERE stream = ? ORDER BY seq')
      .all(stream) as Row[];
    const [first, last] = [rows[0], rows.at(-1)];
    if (first === undefined || last === undefined) throw new Error(`there is no ${stream}`);
    const commit = sealCommit({
      stream,
      seq: last.seq + 1,
      commitId: `by-hand-${last.seq + 1}`,
      at: Date.now(),
      previous: last.hash,
      command: null,
      events: [event],
      personal: null,
    });
    insert(db, commit, first.position);
  } finally {
    db.close();
  }
}

/** What was appended by hand is gone again. */
export function removeHandmade(folder: string): void {
  const db = new DatabaseSync(join(folder, 'journal.sqlite'));
  try {
    db.exec(`DELETE FROM commits WHERE commit_id LIKE 'by-hand-%'`);
  } finally {
    db.close();
  }
}

function insert(db: DatabaseSync, commit: StoredCommit, root: number): void {
  const { stream, seq, commitId, facts, personal, hash } = commit;
  db.prepare(
    'INSERT INTO commits (root, stream, seq, commit_id, facts, personal, hash) VALUES (?, ?, ?, ?, ?, ?, ?)',
  ).run(root, stream, seq, commitId, facts, personal, hash);
}
