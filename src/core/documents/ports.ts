import type { Json } from '#core/kit/canonicalJson.ts';

/**
 * Small records that are the truth about themselves, by key: webhook endpoints, clients, provider accounts, rules. Not made from the feed.
 * A collection is listed as a whole, in the order of its keys, so what belongs together is one collection: `webhook_endpoints/mer_1`.
 */
export type Documents = {
  /** As it is after every change whose promise has resolved; null when there is none. */
  get: (collection: string, key: string) => Promise<Document | null>;
  /**
   * Durable before the promise resolves. `expectedVersion` is the version that the caller has seen, 0 for none; when it is another one by
   * now, nothing is written. The version of what is stored is `expectedVersion + 1`. After a Fault it may have been stored or not: look.
   */
  put: (
    collection: string,
    key: string,
    change: { body: Json; expectedVersion: number },
  ) => Promise<'stored' | 'conflict'>;
  /** A version that was deleted is forgotten: the next one of this key begins at 1. */
  remove: (collection: string, key: string, expectedVersion: number) => Promise<'removed' | 'conflict'>;
  list: (collection: string, page: DocumentPageRequest) => Promise<DocumentPage>;
};

export type Document = { key: string; version: number; body: Json };

/** `prefix`: only keys that begin so; '' for all. `after`: keys after this one; null from the beginning. Keys are ordered by their UTF-8 bytes. */
export type DocumentPageRequest = { prefix: string; after: string | null; limit: number };

/** `next`: what the next page comes `after`; null when this was the last. */
export type DocumentPage = { documents: readonly Document[]; next: string | null };
