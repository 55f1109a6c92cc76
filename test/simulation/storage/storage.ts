import { createMemoryDocuments } from '#core/documents/memory.ts';
import { createMemoryReferences } from '#core/ingress/memory.ts';
import type { EchoesReferences } from '#core/ingress/ports.ts';
import { createMemoryJournal } from '#core/journal/memory.ts';
import { createMemoryLedger } from '#core/ledger/memory.ts';
import { createMemoryWebhooks } from '#core/webhooks/memory.ts';
import { createInbox } from './inbox.ts';
import { createIndex } from './paymentIndex.ts';
import { createSchedule } from './schedule.ts';
import { createExchanges, createParking, createRoots } from './small.ts';

export type Storage = ReturnType<typeof createStorage>;

/** What all instances share, and what is left when they die. Each call takes effect at once and whole; faults are around it (instance/). */
export function createStorage(echoes: EchoesReferences) {
  const { journal, feed } = createMemoryJournal();
  return {
    journal,
    feed,
    exchanges: createExchanges(),
    inbox: createInbox(),
    references: createMemoryReferences(echoes),
    index: createIndex(),
    schedule: createSchedule(),
    ledger: createMemoryLedger(),
    parking: createParking(),
    roots: createRoots(),
    documents: createMemoryDocuments(),
    webhooks: createMemoryWebhooks(),
  };
}
