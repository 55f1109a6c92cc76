import type { Document, Documents } from './ports.ts';

/** Documents in memory: for unit tests and for the simulation. It passes the same contract as the real ones. */
export function createMemoryDocuments(): Documents {
  const collections = new Map<string, Map<string, Document>>();

  function collectionOf(name: string): Map<string, Document> {
    const known = collections.get(name) ?? new Map<string, Document>();
    collections.set(name, known);
    return known;
  }

  const versionOf = (collection: string, key: string) => collectionOf(collection).get(key)?.version ?? 0;

  return {
    get: async (collection, key) => collectionOf(collection).get(key) ?? null,
    put: async (collection, key, { body, expectedVersion }) => {
      if (versionOf(collection, key) !== expectedVersion) return 'conflict';
      collectionOf(collection).set(key, { key, version: expectedVersion + 1, body: structuredClone(body) });
      return 'stored';
    },
    remove: async (collection, key, expectedVersion) => {
      if (expectedVersion === 0 || versionOf(collection, key) !== expectedVersion) return 'conflict';
      collectionOf(collection).delete(key);
      return 'removed';
    },
    list: async (collection, { prefix, after, limit }) => {
      const all = [...collectionOf(collection).values()]
        .filter(({ key }) => key.startsWith(prefix) && (after === null || isBefore(after, key)))
        .sort((left, right) => (isBefore(left.key, right.key) ? -1 : 1));
      const documents = all.slice(0, limit);
      return { documents, next: all.length > limit ? (documents.at(-1)?.key ?? null) : null };
    },
  };
}

function isBefore(left: string, right: string): boolean {
  return Buffer.compare(Buffer.from(left), Buffer.from(right)) < 0;
}
