import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Derived, openDerived } from '#adapters/local/sqlite/derived.ts';
import { lockFolder } from '#adapters/local/sqlite/folderLock.ts';
import { openSqliteInbox } from '#adapters/local/sqlite/inbox.ts';
import { openSqliteJournal, type SqliteJournal } from '#adapters/local/sqlite/journal.ts';
import { createSqliteLedger } from '#adapters/local/sqlite/ledger.ts';
import { isBegun, isStorageError, storageFault } from '#adapters/local/sqlite/open.ts';
import { createSqliteParking } from '#adapters/local/sqlite/parking.ts';
import { createSqlitePaymentIndex } from '#adapters/local/sqlite/paymentIndex.ts';
import { createSqliteReferences } from '#adapters/local/sqlite/references.ts';
import { createSqliteSchedule } from '#adapters/local/sqlite/schedule.ts';
import { openSqliteWebhooks } from '#adapters/local/sqlite/webhooks.ts';
import { createSealer } from '#adapters/system/sealer.ts';
import { createSigner } from '#adapters/system/signer.ts';
import type { EchoesReferences } from '#core/ingress/ports.ts';
import type { StoredCommit } from '#core/journal/commit.ts';
import { Fault } from '#core/kit/fault.ts';
import { deriveFingerprint } from '#core/kit/id.ts';
import type { Random } from '#core/kit/world.ts';
import { foldHistory } from '#core/payments/history.ts';
import { type KeyRing, openKeyRing } from './keyRing.ts';

const PRIVATE_FOLDER = 0o700;

/** Everything in the data folder, opened in the order in which a mistake costs least: nothing is written before it is clear that the folder is ours alone. */
export async function openStorage(
  folder: string,
  {
    random,
    now,
    echoesReferences,
    onFailed,
  }: {
    random: Random;
    /** Milliseconds since the epoch. */
    now: number;
    echoesReferences: EchoesReferences;
    onFailed: (fault: Error) => void;
  },
) {
  makeFolder(folder);
  const lock = lockFolder(folder);
  try {
    assertJournalIsThere(folder);
    const keyRing: KeyRing = await openKeyRing(folder, random);
    const journal = openSqliteJournal({
      folder,
      random,
      idSecretFingerprint: deriveFingerprint(keyRing.idSecret, 'fingerprint'),
      onFailed,
    });
    const derived = await openReadableDerived({ folder, journal });
    const webhooks = openSqliteWebhooks({
      folder,
      journalId: journal.id,
      journalHead: journal.feed.head(),
      now,
      onFailed,
    });
    // Last of the files: one of the others that is refused leaves it untouched.
    const inbox = openSqliteInbox({ folder, onFailed });
    const index = createSqlitePaymentIndex(derived);
    const schedule = createSqliteSchedule(derived);
    const ledger = createSqliteLedger(derived);
    const references = createSqliteReferences(derived, echoesReferences);
    return {
      keyRing,
      journal: journal.journal,
      feed: journal.feed,
      exchanges: journal.exchanges,
      inbox: inbox.inbox,
      webhooks: { events: webhooks.events, queue: webhooks.queue },
      references,
      index,
      inDoubt: index.inDoubt,
      schedule,
      ledger,
      parking: createSqliteParking(derived),
      roots: journal.roots,
      documents: journal.documents,
      sealer: createSealer({ keys: [keyRing.sealingKey], random }),
      signer: createSigner(keyRing.recordSigningKey),
      projections: [index.projection, schedule.projection, references.projection],
      close: () => {
        derived.close();
        inbox.close();
        webhooks.close();
        journal.close();
        lock.release();
      },
    };
  } catch (cause) {
    lock.release();
    throw isStorageError(cause) ? storageFault(folder, cause) : cause;
  }
}

/** A stream was parked because this version could not read it. When a later one can, everything that was made without it is made again. */
async function openReadableDerived({ folder, journal }: { folder: string; journal: SqliteJournal }): Promise<Derived> {
  const options = { folder, journalId: journal.id, journalHead: journal.feed.head() };
  const derived = openDerived(options);
  for (const { stream } of createSqliteParking(derived).list()) {
    if (!isReadable(stream, await journal.journal.read(stream))) continue;
    derived.close();
    for (const suffix of ['', '-wal', '-shm']) rmSync(join(folder, `derived.sqlite${suffix}`), { force: true });
    return openDerived(options);
  }
  return derived;
}

function isReadable(stream: string, commits: readonly StoredCommit[]): boolean {
  try {
    foldHistory(stream, commits);
    return true;
  } catch {
    return false;
  }
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: PRIVATE_FOLDER });
  } catch (cause) {
    throw new Fault('folder_unwritable', `the data folder ${folder} can't be made: ${(cause as Error).message}`, {
      retryable: false,
      cause,
    });
  }
}

function assertJournalIsThere(folder: string): void {
  const made = ['derived.sqlite', 'inbox.sqlite', 'webhooks.sqlite'].filter((name) => existsSync(join(folder, name)));
  if (made.length > 0 && !isBegun(join(folder, 'journal.sqlite'))) {
    throw new Fault(
      'journal_missing',
      `${folder} has ${made.join(' and ')} but no journal.sqlite. Restore the journal; or, to begin anew, name another data folder`,
      { retryable: false },
    );
  }
}
