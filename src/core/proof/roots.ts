import type { Feed, FeedItem } from '#core/journal/ports.ts';
import type { Clock } from '#core/kit/world.ts';
import { merkleRoot } from './merkle.ts';

/**
 * A signed statement of what the journal held: the Merkle root over the heads of the streams that changed since the statement before it,
 * which it names. Whoever keeps a copy of one can prove later that nothing before it was changed.
 */
export type SignedRoot = RootStatement & { signature: string };

export type RootStatement = {
  number: number;
  /** The last position of the feed that it covers. */
  position: number;
  streams: number;
  root: string;
  /** The root before it; null for the first. */
  previous: string | null;
  /** Milliseconds since the epoch. */
  at: number;
  keyId: string;
};

export type Roots = { all: () => Promise<readonly SignedRoot[]>; append: (root: SignedRoot) => Promise<void> };

export type Signer = { keyId: string; sign: (text: string) => string };

/** More commits than this in one statement would take too much memory: a busy day has several. */
const COMMITS_MAX = 100_000;
const BATCH = 256;

/** The newest commit of each stream that a statement covers. */
export function createHeads() {
  const heads = new Map<string, string>();
  return {
    add: ({ commit }: FeedItem) => void heads.set(commit.stream, `${commit.stream}/${commit.seq}/${commit.hash}`),
    statement: () => ({ streams: heads.size, root: merkleRoot([...heads.values()].sort()) }),
    clear: () => heads.clear(),
  };
}

/** The text that is signed: the same for whoever checks it. */
export function statementText({ number, position, streams, root, previous, at, keyId }: RootStatement): string {
  return JSON.stringify({ number, position, streams, root, previous, at, keyId });
}

export type SignRootDeps = { feed: Feed; roots: Roots; signer: Signer; clock: Clock };

/** Signs what has come since the last statement, up to a bound. Returns null when nothing has. */
export function createSignRoot({ feed, roots, signer, clock }: SignRootDeps) {
  return async function signRoot(): Promise<SignedRoot | null> {
    const last = (await roots.all()).at(-1);
    const heads = createHeads();
    let position = last?.position ?? 0;
    for (let commits = 0; commits < COMMITS_MAX; ) {
      const items = await feed.read(position, Math.min(BATCH, COMMITS_MAX - commits));
      // A feed may give again what it gave: that is covered already.
      const fresh = items.filter((item) => item.position > position);
      const newest = fresh.at(-1);
      if (newest === undefined) break;
      for (const item of fresh) heads.add(item);
      position = newest.position;
      commits += fresh.length;
    }
    if (position === (last?.position ?? 0)) return null;
    const statement = {
      number: (last?.number ?? 0) + 1,
      position,
      ...heads.statement(),
      previous: last?.root ?? null,
      at: clock.now(),
      keyId: signer.keyId,
    };
    const signed = { ...statement, signature: signer.sign(statementText(statement)) };
    await roots.append(signed);
    return signed;
  };
}
