import { parseAccount } from './accounts.ts';

/** Where a page of the ledger ended. A client can't make sense of it, and can't be harmed by another version's. */
export type LineCursor = { at: number; position: number; n: number };

export function writeAccountCursor(account: string): string {
  return encode(`a1 ${account}`);
}

export function readAccountCursor(cursor: string): string | 'cursor_invalid' {
  const account = /^a1 (.+)$/.exec(decode(cursor))?.[1];
  return account === undefined || parseAccount(account) === null ? 'cursor_invalid' : account;
}

export function writeLineCursor({ at, position, n }: LineCursor): string {
  return encode(`l1 ${at} ${position} ${n}`);
}

export function readLineCursor(cursor: string): LineCursor | 'cursor_invalid' {
  const [at, position, n] = /^l1 (\d{1,15}) (\d{1,15}) (\d{1,3})$/.exec(decode(cursor))?.slice(1).map(Number) ?? [];
  return at === undefined || position === undefined || n === undefined ? 'cursor_invalid' : { at, position, n };
}

function encode(text: string): string {
  return Buffer.from(text).toString('base64url');
}

function decode(cursor: string): string {
  return Buffer.from(cursor, 'base64url').toString('latin1');
}
