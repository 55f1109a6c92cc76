import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { openDerived } from '#adapters/local/sqlite/derived.ts';
import { lockFolder } from '#adapters/local/sqlite/folderLock.ts';
import { openSqliteInbox } from '#adapters/local/sqlite/inbox.ts';
import { openSqliteJournal } from '#adapters/local/sqlite/journal.ts';
import { isBegun } from '#adapters/local/sqlite/open.ts';
import { createSqlitePaymentIndex } from '#adapters/local/sqlite/paymentIndex.ts';
import { createSqliteReferences } from '#adapters/local/sqlite/references.ts';
import { createSqliteSchedule } from '#adapters/local/sqlite/schedule.ts';
import type { EchoesReferences } from '#core/ingress/ports.ts';
import { Fault } from '#core/kit/fault.ts';
import { deriveFingerprint } from '#core/kit/id.ts';
import type { Random } from '#core/kit/world.ts';
import { type KeyRing, openKeyRing } from './keyRing.ts';

const PRIVATE_FOLDER = 0o700;

/** Everything in the data folder, opened in the order in which a mistake costs least: nothing is written before it is clear that the folder is ours alone. */
export async function openStorage(
  folder: string,
  {
    random,
    echoesReferences,
    onFailed,
  }: { random: Random; echoesReferences: EchoesReferences; onFailed: (fault: Error) => void },
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
    const derived = openDerived({ folder, journalId: journal.id, journalHead: journal.feed.head() });
    // Last of the files: one of the others that is refused leaves it untouched.
    const inbox = openSqliteInbox({ folder, onFailed });
    const index = createSqlitePaymentIndex(derived);
    const schedule = createSqliteSchedule(derived);
    const references = createSqliteReferences(derived, echoesReferences);
    return {
      keyRing,
      journal: journal.journal,
      feed: journal.feed,
      exchanges: journal.exchanges,
      inbox: inbox.inbox,
      references,
      index,
      schedule,
      projections: [index.projection, schedule.projection, references.projection],
      close: () => {
        derived.close();
        inbox.close();
        journal.close();
        lock.release();
      },
    };
  } catch (fault) {
    lock.release();
    throw fault;
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
  if (existsSync(join(folder, 'derived.sqlite')) && !isBegun(join(folder, 'journal.sqlite'))) {
    throw new Fault(
      'journal_missing',
      `${folder} has derived.sqlite but no journal.sqlite. Restore the journal; or, to begin anew, delete derived.sqlite`,
      { retryable: false },
    );
  }
}
