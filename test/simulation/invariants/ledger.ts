import { ACCOUNT_CLASSES, accountOf } from '#core/ledger/accounts.ts';
import { entriesOfCommit } from '#core/ledger/entriesOfCommit.ts';
import { signedMinor } from '#core/ledger/entry.ts';
import { balanceMinor, trialBalanceOf } from '#core/ledger/trialBalance.ts';
import { amountsOf, positionsOf } from '#core/payments/amounts.ts';
import { parseOperationId } from '#core/payments/payment.ts';
import type { Violation } from '../engine/violation.ts';
import type { Kept } from '../provider/model.ts';
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
    compare(receivables(balances), takenByProviders(world), 'the providers say') ??
    compare(memos(balances), heldAndDoubted(world), 'the payments say')
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

/** What the providers owe, by account and currency; and what we owe merchants, who have nothing but that. */
function receivables(balances: ReadonlyMap<string, bigint>): ReadonlyMap<string, bigint> {
  const sums = new Map<string, bigint>();
  for (const [id, balance] of balances) {
    const { class: name, merchant, providerAccount, currency } = accountOf(id);
    if (name === 'provider_receivable') add(sums, `${providerAccount} ${currency}`, balance);
    if (name === 'merchant_payable') add(sums, `${merchant} ${currency}`, -balance);
  }
  return sums;
}

/** What is held and what is in doubt, by merchant and currency. */
function memos(balances: ReadonlyMap<string, bigint>): ReadonlyMap<string, bigint> {
  const sums = new Map<string, bigint>();
  for (const [id, balance] of balances) {
    const { class: name, merchant, currency } = accountOf(id);
    if (name === 'memo:authorized' || name === 'memo:in_doubt') add(sums, `${name} ${merchant} ${currency}`, balance);
  }
  return sums;
}

/** The ledger counts holds and doubts by itself: a hold that has gone must have left it. */
function heldAndDoubted(world: World): ReadonlyMap<string, bigint> {
  const sums = new Map<string, bigint>();
  for (const payment of world.watch.payments()) {
    const { inDoubtMinor } = amountsOf(payment);
    add(sums, `memo:in_doubt ${payment.merchant} ${payment.currency}`, inDoubtMinor);
    for (const { capturableMinor } of positionsOf(payment))
      add(sums, `memo:authorized ${payment.merchant} ${payment.currency}`, capturableMinor);
  }
  return sums;
}

function takenByProviders(world: World): ReadonlyMap<string, bigint> {
  const sums = new Map<string, bigint>();
  const take = ({ account, charge }: Kept, minor: number) => {
    const payment = world.watch.histories().get(parseOperationId(charge.reference)?.payment ?? '');
    add(sums, `${account} ${charge.currency}`, BigInt(minor));
    add(sums, `${payment?.versions[0]?.payment.merchant} ${charge.currency}`, BigInt(minor));
  };
  for (const kept of world.provider.books.all())
    if (!isUnasked(world, kept)) take(kept, kept.charge.amount_captured - kept.charge.amount_refunded);
  for (const { kept, entry } of strayEntries(world))
    if (entry.object !== 'void') take(kept, entry.object === 'refund' ? entry.amount : -entry.amount);
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
