const FIRST_CAPACITY = 1024;

export type RowIndex = ReturnType<typeof createRowIndex>;

/**
 * Finds rows by a text, in memory: about 16 bytes a row, whatever the text. It holds only a 32-bit hash of it, so what
 * it finds are candidates, and the row itself decides.
 *
 * It stands in for an index in the database, because the texts are random: each would dirty a page of its own, which
 * more than doubles what a durable row costs. The database is the truth; this is filled from it at start.
 */
export function createRowIndex() {
  let capacity = FIRST_CAPACITY;
  /** Chains of entries that share a bucket, newest first. Entries are numbered from 1; 0 ends a chain. */
  let heads = new Uint32Array(capacity);
  let nexts = new Uint32Array(capacity + 1);
  let hashes = new Uint32Array(capacity + 1);
  let rows = new Uint32Array(capacity + 1);
  let count = 0;
  let dropped = 0;

  function add(text: string, row: number): void {
    if (count === capacity) rebuild();
    append(hashOf(text), row);
  }

  /** The newest rows that may have that text, newest first. */
  function candidates(text: string, max: number): number[] {
    const found: number[] = [];
    const hash = hashOf(text);
    let entry = heads[hash & (capacity - 1)] ?? 0;
    while (entry !== 0 && found.length < max) {
      const row = rows[entry] ?? 0;
      if (hashes[entry] === hash && row > dropped) found.push(row);
      entry = nexts[entry] ?? 0;
    }
    return found;
  }

  /** Rows up to this one are gone; their entries leave when room is needed. */
  function dropUpTo(row: number): void {
    dropped = row;
  }

  function append(hash: number, row: number): void {
    count += 1;
    const bucket = hash & (capacity - 1);
    hashes[count] = hash;
    rows[count] = row;
    nexts[count] = heads[bucket] ?? 0;
    heads[bucket] = count;
  }

  /** Keeps the size where half of it has been dropped, or else doubles it: either way the cost is shared out. */
  function rebuild(): void {
    const before = { count, hashes, rows };
    const alive = rows.subarray(1, count + 1).reduce((sum, row) => (row > dropped ? sum + 1 : sum), 0);
    if (alive > capacity / 2) capacity *= 2;
    heads = new Uint32Array(capacity);
    nexts = new Uint32Array(capacity + 1);
    hashes = new Uint32Array(capacity + 1);
    rows = new Uint32Array(capacity + 1);
    count = 0;
    for (let entry = 1; entry <= before.count; entry += 1) {
      const row = before.rows[entry] ?? 0;
      if (row > dropped) append(before.hashes[entry] ?? 0, row);
    }
  }

  return { add, candidates, dropUpTo };
}

/** FNV-1a over UTF-16 units: fast, and spread well enough for a table. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return (hash ^ (hash >>> 15)) >>> 0;
}
