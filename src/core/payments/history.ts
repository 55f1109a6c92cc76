import {
  type CommitCommand,
  openCommit,
  POSTINGS_VERSION,
  type StoredCommit,
  sealCommit,
  sha256,
} from '#core/journal/commit.ts';
import type { Journal } from '#core/journal/ports.ts';
import { assert } from '#core/kit/assert.ts';
import { Fault } from '#core/kit/fault.ts';
import type { Clock, Random } from '#core/kit/world.ts';
import { decodeEvents, encodeEvents, type PersonalFields } from './codec.ts';
import type { PaymentEvent } from './events.ts';
import { evolve } from './evolve.ts';
import type { Payment } from './payment.ts';
import { createRememberedFolds } from './rememberedFolds.ts';

/** A stream as read, with the payment as it was after each commit. Immutable. */
export type History = {
  stream: string;
  versions: readonly Version[];
};

export type Version = {
  payment: Payment;
  events: readonly PaymentEvent[];
  command: CommitCommand | null;
  hash: string;
  at: number;
  /** Which version of the posting rules the ledger applies to the events. */
  postings: number;
};

/** A stream that nothing has been written to. */
export function emptyHistory(stream: string): History {
  return { stream, versions: [] };
}

export function latest(history: History): Payment | null {
  return history.versions.at(-1)?.payment ?? null;
}

const COMMIT_ID_BYTES = 12;
const SALT_BYTES = 16;
/** Streams whose fold is remembered: those that are worked on now, not all that are open. Some 10 KB each. */
const REMEMBERED_MAX = 1000;

export type HistoryDeps = { journal: Journal; clock: Clock; random: Random };

/** Reading and writing of payment streams. */
export function createHistories({ journal, clock, random }: HistoryDeps) {
  const fold = createRememberedFolds(REMEMBERED_MAX, foldOn);

  async function load(stream: string): Promise<History> {
    return fold(stream, await journal.read(stream));
  }

  /** One conditional write. On conflict the caller loads again and decides again. */
  async function append(
    history: History,
    events: readonly PaymentEvent[],
    command: CommitCommand | null,
  ): Promise<History | 'conflict'> {
    const at = openedAt(history, clock);
    const stored = seal(history, { events, command, at });
    if ((await appendSurely(stored)) === 'conflict') return 'conflict';
    const { stream, seq, hash } = stored;
    return extend(history, { events, command, hash, stream, seq, at, postings: POSTINGS_VERSION });
  }

  function seal(history: History, { events, command, at }: Pick<Extension, 'events' | 'command' | 'at'>): StoredCommit {
    const seq = history.versions.length + 1;
    const { records, personal } = encodeEvents(events);
    return sealCommit({
      stream: history.stream,
      seq,
      commitId: base64url(random.bytes(COMMIT_ID_BYTES)),
      at,
      previous: history.versions.at(-1)?.hash ?? null,
      command,
      events: records,
      personal: personal === null ? null : { salt: base64url(random.bytes(SALT_BYTES)), fields: personal },
    });
  }

  /** An append that failed in our eyes may have been stored: it was if the stored commit bears our id. */
  async function appendSurely(stored: StoredCommit): Promise<'appended' | 'conflict'> {
    try {
      return await journal.append(stored);
    } catch (fault) {
      const found = (await journal.read(stored.stream))[stored.seq - 1];
      if (found === undefined) throw fault;
      return found.commitId === stored.commitId ? 'appended' : 'conflict';
    }
  }

  return { load, append };
}

export type Histories = ReturnType<typeof createHistories>;

export function foldHistory(stream: string, commits: readonly StoredCommit[]): History {
  return foldOn(emptyHistory(stream), commits);
}

export function foldOn(from: History, commits: readonly StoredCommit[]): History {
  let history = from;
  for (const stored of commits) history = foldCommit(history, stored);
  return history;
}

export function foldCommit(history: History, stored: StoredCommit): History {
  if (stored.seq !== history.versions.length + 1) {
    throw new Fault(
      'stream_gap',
      `${stored.stream} has commit ${stored.seq} where ${history.versions.length + 1} was expected`,
      { retryable: true },
    );
  }
  if (sha256(stored.facts) !== stored.hash) {
    throw new Fault(
      'commit_damaged',
      `${stored.stream}/${stored.seq} is not what was written: its facts do not match their hash`,
      { retryable: false },
    );
  }
  const facts = openCommit(stored);
  if (facts.postings > POSTINGS_VERSION) {
    throw new Fault(
      'postings_version_unknown',
      `${stored.stream}/${stored.seq} has posting rules ${facts.postings}; this version knows ${POSTINGS_VERSION}`,
      { retryable: true },
    );
  }
  const personal = stored.personal === null ? null : (JSON.parse(stored.personal) as { fields: PersonalFields }).fields;
  const events = decodeEvents(facts.events, personal);
  return extend(history, {
    postings: facts.postings,
    events,
    command: facts.command,
    hash: stored.hash,
    stream: stored.stream,
    seq: stored.seq,
    at: facts.at,
  });
}

type Extension = {
  postings: number;
  events: readonly PaymentEvent[];
  command: CommitCommand | null;
  hash: string;
  stream: string;
  seq: number;
  at: number;
};

function extend(history: History, { events, command, hash, postings, ...place }: Extension): History {
  let payment = latest(history);
  for (const event of events) payment = evolve(payment, event, place);
  assert(payment !== null, 'a commit without events');
  return {
    stream: history.stream,
    versions: [...history.versions, { payment, events, command, hash, at: place.at, postings }],
  };
}

/** The times of a stream never go back, whatever the clocks of two machines say. */
function openedAt(history: History, clock: Clock): number {
  return Math.max(history.versions.at(-1)?.at ?? 0, clock.now());
}

function base64url(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url');
}
