import { assert } from '#core/kit/assert.ts';
import type { Documents } from './ports.ts';

export type DocumentsCase = { name: string; run: (documents: Documents) => Promise<void> };

/** What every Documents does, whatever it runs on. Each case gets an empty one. Names are never empty: not every store has such a key. */
export const DOCUMENTS_CONTRACT: readonly DocumentsCase[] = [
  {
    name: 'what was put is there, as it was put, with version 1',
    run: async (documents) => {
      const body = { text: 'ü"\\', list: [1, null, { deep: true }], empty: {} };
      same(await documents.get('c', 'a'), null);
      same(await documents.put('c', 'a', { body, expectedVersion: 0 }), 'stored');
      same(await documents.get('c', 'a'), { key: 'a', version: 1, body });
    },
  },
  {
    name: 'a put takes place only over the version that the caller has seen',
    run: async (documents) => {
      same(await documents.put('c', 'a', { body: 0, expectedVersion: 1 }), 'conflict');
      same(await documents.put('c', 'a', { body: 1, expectedVersion: 0 }), 'stored');
      same(await documents.put('c', 'a', { body: 2, expectedVersion: 0 }), 'conflict');
      same(await documents.put('c', 'a', { body: 2, expectedVersion: 2 }), 'conflict');
      same(await documents.put('c', 'a', { body: 2, expectedVersion: 1 }), 'stored');
      same(await documents.get('c', 'a'), { key: 'a', version: 2, body: 2 });
    },
  },
  {
    name: 'of many puts over one version at once, one is stored',
    run: async (documents) => {
      for (const expectedVersion of [0, 1]) {
        const all = await Promise.all(
          Array.from({ length: 20 }, (_, n) => documents.put('c', 'a', { body: n, expectedVersion })),
        );
        same(all.filter((result) => result === 'stored').length, 1);
        const { body } = (await documents.get('c', 'a')) ?? {};
        same(all[Number(body)], 'stored');
      }
    },
  },
  {
    name: 'what was removed is gone, can not be removed or changed again, and can be put anew',
    run: async (documents) => {
      await documents.put('c', 'a', { body: 1, expectedVersion: 0 });
      same(await documents.remove('c', 'a', 2), 'conflict');
      same(await documents.remove('c', 'a', 1), 'removed');
      same(await documents.get('c', 'a'), null);
      same(await documents.remove('c', 'a', 1), 'conflict');
      same(await documents.put('c', 'a', { body: 2, expectedVersion: 1 }), 'conflict');
      same(await documents.put('c', 'a', { body: 2, expectedVersion: 0 }), 'stored');
      same(await documents.get('c', 'a'), { key: 'a', version: 1, body: 2 });
    },
  },
  {
    name: 'a collection is listed in the order of its keys, page by page, and holds nothing of another',
    run: async (documents) => {
      for (const key of ['b', 'a', 'z', 'ä', 'B']) await documents.put('c', key, { body: key, expectedVersion: 0 });
      for (const other of ['c/', 'c2', 'C', 'cc']) await documents.put(other, 'm', { body: 0, expectedVersion: 0 });
      same(await pages(documents, '', 2), [['B', 'a'], ['b', 'z'], ['ä']]);
      same(await pages(documents, '', 5), [['B', 'a', 'b', 'z', 'ä']]);
      same(await documents.list('d', { prefix: '', after: null, limit: 5 }), { documents: [], next: null });
    },
  },
  {
    name: 'a prefix is taken as it is written, wildcards too',
    run: async (documents) => {
      for (const key of ['a', 'a/1', 'a/2', 'a0', 'a%', 'a_b', 'axb', 'A/3', '\u{10ffff}', '\u{10ffff}x'])
        await documents.put('c', key, { body: null, expectedVersion: 0 });
      same(await pages(documents, 'a/', 1), [['a/1'], ['a/2']]);
      same(await pages(documents, 'a%', 9), [['a%']]);
      same(await pages(documents, 'a_', 9), [['a_b']]);
      same(await pages(documents, '\u{10ffff}', 9), [['\u{10ffff}', '\u{10ffff}x']]);
      same(await pages(documents, 'q', 9), [[]]);
    },
  },
  {
    name: 'a page comes after a key, whether it is still there or not',
    run: async (documents) => {
      for (const key of ['a', 'b', 'c']) await documents.put('c', key, { body: null, expectedVersion: 0 });
      const { next } = await documents.list('c', { prefix: '', after: null, limit: 1 });
      await documents.remove('c', 'a', 1);
      const { documents: found } = await documents.list('c', { prefix: '', after: next, limit: 9 });
      same(
        found.map(({ key, version, body }) => ({ key, version, body })),
        ['b', 'c'].map((key) => ({ key, version: 1, body: null })),
      );
    },
  },
];

/** The keys of every page. */
async function pages(documents: Documents, prefix: string, limit: number): Promise<string[][]> {
  const found: string[][] = [];
  let after: string | null = null;
  do {
    const page = await documents.list('c', { prefix, after, limit });
    found.push(page.documents.map(({ key }) => key));
    after = page.next;
  } while (after !== null);
  return found;
}

function same(actual: unknown, expected: unknown): void {
  const [left, right] = [actual, expected].map((value) => JSON.stringify(value));
  assert(left === right, `expected ${right}, got ${left}`);
}
