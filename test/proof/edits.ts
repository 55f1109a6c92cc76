import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Sample } from './sample.ts';

export type Edit = {
  name: string;
  edit: (db: DatabaseSync, sample: Sample) => void;
  /** What must be named. */
  where: (sample: Sample) => string;
  /** And what must be said of it. */
  what: RegExp;
};

/** Changes a database of a copied folder and leaves everything in the file itself. Throws when the edit changed nothing. */
export function editDatabase(folder: string, name: string, edit: (db: DatabaseSync) => void): void {
  const db = new DatabaseSync(join(folder, name));
  try {
    edit(db);
    const { changes } = db.prepare('SELECT total_changes() AS changes').get() as { changes: number };
    if (changes === 0) throw new Error('the edit changed nothing');
  } finally {
    db.close();
  }
}
