import { ACCOUNT_CLASSES } from '#core/ledger/accounts.ts';
import { entriesOfCommit } from '#core/ledger/entriesOfCommit.ts';
import { signedMinor } from '#core/ledger/entry.ts';
import { balanceMinor, trialBalanceOf } from '#core/ledger/trialBalance.ts';
import type { Violation } from '../engine/violation.ts';
import type { World } from '../world.ts';
import { isUnasked, strayEntries } from './unasked.ts';

const ALL = { merchant: null, asOf: null } as const;
/** Between us and our own bank these can be on either side; a hold or a doubt can't. */
const NEVER_NEGATIVE = new Set(['memo:authorized', 'memo:in_doubt']);

/** The ledger against the journal, against itself, and against what the providers say that they have taken. */
export async function checkLedger(world: World): Promise<Violation | null> {
  const page = await world.storage.ledger.accounts({ ...ALL, after: null, limit: 10_000 });
  if (page === 'cursor_invalid') return { invariant: 'ledger', about: 'accounts', what: page };
  const balances = new Map(page.accounts.map(({ account, ...totals }) => [account, balanceMinor('debit', totals)]));
  const { money, memo } = trialBalanceOf(await world.storage.ledger.totals(ALL));
  const off = [...money, ...memo].find(({ differenceMinor }) => differenceMinor !== 0n);
  if (off !== undefined)
    return { invariant: 'ledger', about: off.currency, what: `debits less credits is ${off.differenceMinor}` };
  for (const { currency, classes } of memo)
    for (const { class: name, balanceMinor: balance } of classes)
      if (NEVER_NEGATIVE.has(name) && balance < 0n)
        return {
          invariant: 'ledger',
          about: `${name} ${currency}`,
          what: `it is ${balance}, and ${ACCOUNT_CLASSES[name].kind}s can't be negative`,
        };
  return (
    compare(balances, foldOf(world), 'the journal says') ??
    compare(receivables(balances), takenByProviders(world), 'the providers say')
  );
}

function foldOf(world: World): ReadonlyMap<string, bigint> {
  const sums = new Map<string, bigint>();
  for (const history of world.watch.histories().values())
    for (const { payment } of history.versions)
      for (const { lines } of entriesOfCommit(history, payment.version))
        for (const line of lines) sums.set(line.account, (sums.get(line.account) ?? 0n) + signedMinor(line));
  return sums;
}

/** By provider account and currency. */
function receivables(balances: ReadonlyMap<string, bigint>): ReadonlyMap<string, bigint> {
  const sums = new Map<string, bigint>();
  for (const [id, balance] of balances) {
    const [name, , account, currency] = id.split(':');
    if (name === 'provider_receivable') add(sums, `${account} ${currency}`, balance);
  }
  return sums;
}

function takenByProviders(world: World): ReadonlyMap<string, bigint> {
  const sums = new Map<string, bigint>();
  for (const kept of world.provider.books.all())
    if (!isUnasked(world, kept)) {
      const { account, charge } = kept;
      add(sums, `${account} ${charge.currency}`, BigInt(charge.amount_captured - charge.amount_refunded));
    }
  for (const { kept, entry } of strayEntries(world))
    if (entry.object !== 'void')
      add(sums, `${kept.account} ${entry.currency}`, BigInt(entry.object === 'refund' ? entry.amount : -entry.amount));
  return sums;
}

function add(sums: Map<string, bigint>, key: string, amount: bigint): void {
  sums.set(key, (sums.get(key) ?? 0n) + amount);
}

function compare(
  ledger: ReadonlyMap<string, bigint>,
  expected: ReadonlyMap<string, bigint>,
  who: string,
): Violation | null {
  for (const account of new Set([...ledger.keys(), ...expected.keys()])) {
    const [has, should] = [ledger.get(account) ?? 0n, expected.get(account) ?? 0n];
    if (has !== should) return { invariant: 'ledger', about: account, what: `the ledger has ${has}, ${who} ${should}` };
  }
  return null;
}
