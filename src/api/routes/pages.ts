import { ProblemError } from '#api/problems.ts';

/** A page of what is all at hand and only ever grows at its end; the cursor is a place in it. Throws a ProblemError for any other cursor. */
export function pageOf<Item>(items: readonly Item[], { limit, cursor }: { limit: number; cursor: string | null }) {
  const from = cursor === null ? 0 : readCursor(cursor);
  const to = from + limit;
  return {
    object: 'list' as const,
    data: items.slice(from, to),
    next_cursor: to < items.length ? Buffer.from(`n1.${to}`).toString('base64url') : null,
  };
}

function readCursor(cursor: string): number {
  const place = /^n1\.([1-9]\d{0,8})$/.exec(Buffer.from(cursor, 'base64url').toString('latin1'))?.[1];
  if (place === undefined) throw new ProblemError('cursor_invalid');
  return Number(place);
}
