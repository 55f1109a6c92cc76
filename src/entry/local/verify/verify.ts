import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readRoots } from '#adapters/local/sqlite/roots.ts';
import { createSignatureCheck } from '#adapters/system/signer.ts';
import { foldHistory, latest } from '#core/payments/history.ts';
import { isUnreadable } from '#core/payments/parking.ts';
import { createAudit, type Difference } from '#core/proof/audit.ts';
import type { Config } from '#entry/local/config.ts';
import { createIndexCheck } from './indexCheck.ts';
import { createLedgerCheck } from './ledgerCheck.ts';
import { createProviderCheck } from './providerCheck.ts';
import { openSnapshot, readRecordKey, type Snapshot } from './snapshot.ts';

export type VerifyOptions = Pick<Config, 'folder' | 'simulator'> & { print: (line: string) => void };

/** Everything against the journal, and the journal against its own hashes and roots; the first difference, or null. */
export async function verify({ folder, simulator, print }: VerifyOptions): Promise<Difference | null> {
  const snapshot = openSnapshot(folder);
  try {
    const broken = verifyJournal(snapshot, { folder, print });
    if (broken !== null) return broken;
    const url = simulator?.url ?? runningServer(folder);
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
  const { streams, roots } = audit.counts();
  if (difference === null)
    print(
      `journal   ${commits} commits of ${streams} payments: hashes, order and chains are right; ${roots} signed roots`,
    );
  return difference;
}

type DerivedOptions = { print: VerifyOptions['print']; add: ReturnType<typeof createProviderCheck>['add'] };

function verifyDerived(snapshot: Snapshot, { print, add }: DerivedOptions): Difference | null {
  const index = createIndexCheck(snapshot);
  const ledger = createLedgerCheck(snapshot);
  let parked = 0;
  for (const items of snapshot.streams()) {
    const history = readable(items[0]?.commit.stream ?? '', items);
    if (history === null) {
      parked += 1;
      continue;
    }
    const difference = index.check(items, history) ?? ledger.check(items, history);
    if (difference !== null) return difference;
    const payment = latest(history);
    if (payment !== null) add(payment);
  }
  const difference = index.end() ?? ledger.end();
  if (difference !== null) return difference;
  print(
    `index     ${index.counts.rows} payments are as the journal says; ${index.counts.owing} owe a step and are scheduled`,
  );
  print(
    `ledger    ${ledger.counts.entries} entries on ${ledger.accounts()} accounts are as the journal says, balance, and equal the payments`,
  );
  if (parked > 0) print(`parked    ${parked} payments can not be read by this version and were left out`);
  return null;
}

/** Null for a stream of a later version: it is parked, and not compared. */
function readable(stream: string, items: Parameters<ReturnType<typeof createIndexCheck>['check']>[0]) {
  try {
    return foldHistory(
      stream,
      items.map((item) => item.commit),
    );
  } catch (fault) {
    if (isUnreadable(fault)) return null;
    throw fault;
  }
}

async function verifyProvider(
  provider: ReturnType<typeof createProviderCheck> | null,
  print: VerifyOptions['print'],
): Promise<Difference | null> {
  const left = 'provider  its books were left out: it runs with the server, and none is running on this folder';
  try {
    const difference = provider === null ? null : await provider.check();
    if (difference !== null) return difference;
    print(
      provider === null
        ? left
        : `provider  ${provider.counts().charges} charges agree with its books; ${provider.counts().inDoubt} are in doubt`,
    );
  } catch {
    print(left);
  }
  return null;
}

/** Where a server of this folder would answer. */
function runningServer(folder: string): string | null {
  const path = join(folder, 'dev-client.json');
  return existsSync(path)
    ? new URL((JSON.parse(readFileSync(path, 'utf8')) as { token_url: string }).token_url).origin
    : null;
}

function rereadPayment(folder: string, id: string) {
  const now = openSnapshot(folder);
  try {
    return latest(
      foldHistory(
        id,
        now.stream(id).map((item) => item.commit),
      ),
    );
  } finally {
    now.close();
  }
}
