import { hash } from 'node:crypto';
import { assert } from '#core/kit/assert.ts';
import type { Json } from '#core/kit/canonicalJson.ts';
import { Fault } from '#core/kit/fault.ts';

/**
 * A commit is what one command wrote: one row, appended whole or not at all.
 *
 *   facts     the text that is hashed and travels: {format, stream, seq, commitId, at, previous, personalHash, command, postings, events}
 *   personal  what a person may ask us to erase; the facts hold only its hash
 *   hash      SHA-256 of the facts; the next commit of the stream carries it as `previous`
 */
export type StoredCommit = {
  stream: string;
  /** 1, 2, 3 … without gaps within the stream. */
  seq: number;
  /** Random: after an ambiguous append it tells whose commit is stored. */
  commitId: string;
  facts: string;
  personal: string | null;
  hash: string;
};

/** The request that caused a commit. `key` is the client's Idempotency-Key, `request` an HMAC of the canonical request. */
export type CommitCommand = { name: string; key: string; request: string };

export type CommitFacts = {
  format: number;
  stream: string;
  seq: number;
  commitId: string;
  /** Milliseconds since the epoch; never goes back within a stream. */
  at: number;
  previous: string | null;
  personalHash: string | null;
  command: CommitCommand | null;
  /** Which version of the posting rules the ledger applies to these events, for ever. */
  postings: number;
  events: readonly EventRecord[];
};

/** An event as stored: amounts are JSON integers, `type` and `v` choose the reader. */
export type EventRecord = { readonly type: string; readonly v: number; readonly [field: string]: Json };

const COMMIT_FORMAT = 1;
export const POSTINGS_VERSION = 1;

export type Draft = {
  stream: string;
  seq: number;
  commitId: string;
  at: number;
  previous: string | null;
  command: CommitCommand | null;
  events: readonly EventRecord[];
  /** Already salted by the caller, so that its hash can't be guessed after an erasure. */
  personal: Json | null;
};

export function sealCommit(draft: Draft): StoredCommit {
  assert(draft.events.length > 0, 'a commit without events');
  assert((draft.seq === 1) === (draft.previous === null), 'only the first commit of a stream has no previous hash');
  const personal = draft.personal === null ? null : JSON.stringify(draft.personal);
  const facts = JSON.stringify({
    format: COMMIT_FORMAT,
    stream: draft.stream,
    seq: draft.seq,
    commitId: draft.commitId,
    at: draft.at,
    previous: draft.previous,
    personalHash: personal === null ? null : sha256(personal),
    command: draft.command,
    postings: POSTINGS_VERSION,
    events: draft.events,
  } satisfies CommitFacts);
  return { stream: draft.stream, seq: draft.seq, commitId: draft.commitId, facts, personal, hash: sha256(facts) };
}

/** Throws a Fault that can be retried when a newer version of the platform wrote it: readers are deployed before writers. */
export function openCommit(stored: StoredCommit): CommitFacts {
  const facts = readFacts(stored);
  if (facts.format !== COMMIT_FORMAT) {
    throw new Fault(
      'commit_format_unknown',
      `commit ${stored.stream}/${stored.seq} has format ${facts.format}; this version reads ${COMMIT_FORMAT}`,
      {
        retryable: true,
      },
    );
  }
  return facts;
}

/** What every format has: where the commit stands and what it follows. Its events are for `openCommit`. */
export function readFacts(stored: StoredCommit): CommitFacts {
  return JSON.parse(stored.facts) as CommitFacts;
}

export function sha256(text: string): string {
  return hash('sha256', text, 'base64url');
}
