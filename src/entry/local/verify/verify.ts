import { readRoots } from '#adapters/local/sqlite/roots.ts';
import { createSignatureCheck } from '#adapters/system/signer.ts';
import type { FeedItem } from '#core/journal/ports.ts';
import { emptyHistory, foldCommit, type History, latest } from '#core/payments/history.ts';
import { isUnreadable } from '#core/payments/parking.ts';
import type { Payment } from '#core/payments/payment.ts';
import { createAudit, type Difference } from '#core/proof/audit.ts';
import type { Config } from '#entry/local/config.ts';
import { readTokenUrl } from '#entry/local/developmentClients.ts';
import { readTokenKeyIds } from '#entry/local/tokenKeys.ts';
import { createIndexCheck } from './indexCheck.ts';
import { createLedgerCheck } from './ledgerCheck.ts';
import { createProviderCheck } from './providerCheck.ts';
import { openSnapshot, readRecordKey, type Snapshot } from './snapshot.ts';

const ANSWER_TIMEOUT_MS = 2000;

export type VerifyOptions = Pick<Config, 'folder' | 'simulator'> & { print: (line: string) => void };

/** Everything against the journal, and the journal against its own hashes and roots; the first difference, or null. */
export async function verify({ folder, simulator, print }: VerifyOptions): Promise<Difference | null> {
  const snapshot = openSnapshot(folder);
  try {
    const broken = verifyJournal(snapshot, { folder, print });
    if (broken !== null) return broken;
    const url = simulator?.url ?? (await findRunningServer(folder));
    const provider =
      url === null ? null : createProviderCheck({ url, reread: (payment) => rereadPayment(folder, payment) });
    const wrong = verifyDerived(snapshot, { print, add: (payment) => provider?.add(payment) });
    if (wrong !== null) return wrong;
    return await verifyProvider(provider, print);
  } finally {
    snapshot.close();
  }
}

function verifyJournal(
  snapshot: Snapshot,
  { folder, print }: { folder: string; print: VerifyOptions['print'] },
): Difference | null {
  const audit = createAudit({
    roots: readRoots(snapshot.journal),
    isSigned: createSignatureCheck(readRecordKey(folder)),
  });
  let commits = 0;
  for (const item of snapshot.items()) {
    const difference = audit.check(item);
    if (difference !== null) return difference;
    commits += 1;
  }
  const difference = audit.end();
  if (difference !== null) return difference;
  const misfiled = snapshot.findMisfiled();
  if (misfiled !== null)
    return {
      where: `commit ${misfiled.stream}/${misfiled.seq}`,
      what: 'it is not filed with the first commit of its payment',
    };
  const { streams, roots } = audit.counts();
  print(
    `journal   ${commits} commits of ${streams} payments: hashes, order and chains are right; ${roots} signed roots`,
  );
  return null;
}

type DerivedOptions = { print: VerifyOptions['print']; add: ReturnType<typeof createProviderCheck>['add'] };

function verifyDerived(snapshot: Snapshot, { print, add }: DerivedOptions): Difference | null {
  const index = createIndexCheck(snapshot);
  const ledger = createLedgerCheck(snapshot);
  let parked = 0;
  for (const all of snapshot.streams()) {
    const { items, history } = readFollowed(all, snapshot);
    const difference =
      checkParked({ all, items }, snapshot) ?? index.check(items, history) ?? ledger.check(items, history);
    if (difference !== null) return difference;
    const payment = latest(history);
    if (items.length < all.length) parked += 1;
    else if (payment !== null) add(payment);
  }
  const difference = index.end() ?? ledger.end();
  if (difference !== null) return difference;
  print(
    `index     ${index.counts.rows} payments are as the journal says; ${index.counts.owing} owe a step and are scheduled`,
  );
  print(
    `ledger    ${ledger.counts.entries} entries on ${ledger.accounts()} accounts are as the journal says, balance, and equal the payments`,
  );
  if (parked > 0)
    print(`parked    ${parked} payments can not be read on by this version: what came before is as the journal says`);
  return null;
}

type Items = readonly FeedItem[];

/** A payment as far as it was followed: to its end, or to the commit behind which it is parked. */
function readFollowed(all: Items, { parkedAt }: Snapshot): { items: Items; history: History } {
  const stream = all[0]?.commit.stream ?? '';
  const end = parkedAt(stream) ?? Number.POSITIVE_INFINITY;
  let history = emptyHistory(stream);
  for (const [index, { commit }] of all.entries()) {
    if (commit.seq >= end) return { items: all.slice(0, index), history };
    try {
      history = foldCommit(history, commit);
    } catch (fault) {
      if (!isUnreadable(fault)) throw fault;
      return { items: all.slice(0, index), history };
    }
  }
  return { items: all, history };
}

/** What waits must be seen to wait. */
function checkParked({ all, items }: { all: Items; items: Items }, snapshot: Snapshot): Difference | null {
  const next = all[items.length];
  if (next === undefined || snapshot.parkedAt(next.commit.stream) !== null) return null;
  return next.position > snapshot.positionOf('payment_index')
    ? null
    : {
        where: `parked ${next.commit.stream}`,
        what: `this version can not read commit ${next.commit.seq}, and the payment is not shown as parked`,
      };
}

async function verifyProvider(
  provider: ReturnType<typeof createProviderCheck> | null,
  print: VerifyOptions['print'],
): Promise<Difference | null> {
  const told = (text: string) => print(`provider  ${text}`);
  if (provider === null) {
    told('its books were left out: it runs with the server, and none is running on this folder');
    return null;
  }
  try {
    const difference = await provider.check();
    const { charges, inDoubt } = provider.counts();
    if (difference === null) told(`${charges} charges agree with its books; ${inDoubt} are in doubt`);
    return difference;
  } catch (cause) {
    told(`its books were left out, they could not be read: ${(cause as Error).message}`);
    return null;
  }
}

/** Where the server of this folder answers; null when it doesn't, or when another one has its port by now. */
async function findRunningServer(folder: string): Promise<string | null> {
  const tokenUrl = readTokenUrl(folder);
  if (tokenUrl === null) return null;
  const { origin } = new URL(tokenUrl);
  try {
    const answer = await fetch(`${origin}/.well-known/jwks.json`, { signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS) });
    const { keys } = (await answer.json()) as { keys: readonly { kid: string }[] };
    const known = readTokenKeyIds(folder);
    return keys.some(({ kid }) => known.includes(kid)) ? origin : null;
  } catch {
    return null;
  }
}

function rereadPayment(folder: string, id: string): Payment | 'parked' | null {
  const now = openSnapshot(folder);
  try {
    const all = now.stream(id);
    const { items, history } = readFollowed(all, now);
    return items.length < all.length ? 'parked' : latest(history);
  } finally {
    now.close();
  }
}
