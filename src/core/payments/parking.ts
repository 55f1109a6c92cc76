import { BugError } from '#core/kit/assert.ts';
import { isFault } from '#core/kit/fault.ts';

/** A stream that can't be read on: its later commits wait behind the one at `position`, and everything else goes on. */
export type ParkedStream = { stream: string; seq: number; position: number; reason: string; since: number };

export type Parking = {
  has: (stream: string) => boolean;
  park: (parked: ParkedStream) => void;
  list: () => readonly ParkedStream[];
};

const UNREADABLE: ReadonlySet<string> = new Set([
  'commit_format_unknown',
  'commit_damaged',
  'event_version_unknown',
  'postings_version_unknown',
  'stream_gap',
]);

/** Whether it is the stream that is wrong, and not the storage for a moment: reading it again gives the same. */
export function isUnreadable(fault: unknown): fault is Error {
  return fault instanceof BugError || (isFault(fault) && UNREADABLE.has(fault.code));
}
