import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import fc from 'fast-check';
import { printAccount } from '#core/ledger/accounts.ts';
import { LEDGER_CONTRACT } from '#core/ledger/contract.ts';
import { transfer } from '#core/ledger/entry.ts';
import { createMemoryLedger } from '#core/ledger/memory.ts';
import type { LedgerStore, PostedEntry } from '#core/ledger/ports.ts';
import { openDerived } from './derived.ts';
import { createSqliteLedger } from './ledger.ts';

function openIn(folder: string) {
  const derived = openDerived({ folder, journalId: 'j', journalHead: Number.MAX_SAFE_INTEGER });
  return { derived, ledger: createSqliteLedger(derived) };
}

function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'florin-ledger-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

for (const { name, run } of LEDGER_CONTRACT) {
  test(`sqlite: ${name}`, async (t) => {
    const { derived, ledger } = openIn(temporaryFolder(t));
    await run(ledger);
    derived.close();
  });
}

const ALL = { merchant: null, asOf: null, after: null, limit: 1000 };
const merchants = ['m_1', 'm:2', 'Ä'];

const anyEntry = fc
  .record({
    merchant: fc.constantFrom(...merchants),
    other: fc.constantFrom('bank', 'fx_clearing', 'merchant_payable'),
    currency: fc.constantFrom('EUR', 'JPY'),
    amountMinor: fc.bigInt(-999_999_999_999n, 999_999_999_999n).filter((amount) => amount !== 0n),
    at: fc.integer({ min: 0, max: 20 }),
    more: fc.boolean(),
  })
  .map(({ merchant, other, currency, amountMinor, at, more }) => {
    const providerAccount = other === 'bank' ? 'a' : null;
    const debit = printAccount({ class: 'provider_receivable', merchant, providerAccount: 'a', currency });
    const credit = printAccount({ class: other as 'bank', merchant, providerAccount, currency });
    return { at, more, entry: transfer('captured', currency, { debit, credit, amountMinor }) };
  });

/** `more`: another entry of the same commit. */
function place(made: readonly { at: number; more: boolean; entry: ReturnType<typeof transfer> }[]): PostedEntry[] {
  const placed: PostedEntry[] = [];
  for (const { at, more, entry } of made) {
    const last = placed.at(-1);
    assert.ok(entry);
    if (more && last !== undefined) placed.push({ ...last, ...entry, n: last.n + 1 });
    else placed.push({ stream: 's', seq: placed.length + 1, n: 1, at, position: (last?.position ?? 0) + 1, ...entry });
  }
  return placed;
}

async function read(ledger: LedgerStore, scope: { merchant: string | null; asOf: number | null }) {
  const accounts = await ledger.accounts({ ...ALL, ...scope });
  assert.notEqual(accounts, 'cursor_invalid');
  const ids = typeof accounts === 'string' ? [] : accounts.accounts.map((row) => row.account);
  const totals = (await ledger.totals(scope)).filter((row) => row.debitMinor !== 0n || row.creditMinor !== 0n);
  return {
    accounts,
    lines: await Promise.all(ids.map((account) => ledger.linesOf({ ...ALL, asOf: scope.asOf, account }))),
    totals: totals.toSorted((left, right) =>
      `${left.class}${left.currency}` < `${right.class}${right.currency}` ? -1 : 1,
    ),
  };
}

test('sqlite counts as the ledger in memory does, whatever comes, however it is cut, delivered twice', async (t) => {
  const folder = temporaryFolder(t);
  let run = 0;
  const property = fc.asyncProperty(
    fc.array(anyEntry, { maxLength: 30 }),
    fc.integer({ min: 1, max: 10 }),
    fc.record({
      merchant: fc.constantFrom(null, ...merchants),
      asOf: fc.option(fc.integer({ min: 0, max: 20 }), { nil: null }),
    }),
    async (made, size, scope) => {
      const entries = place(made);
      const last = entries.at(-1)?.position ?? 0;
      const { derived, ledger } = openIn(mkdtempSync(join(folder, `${run++}`)));
      const memory = createMemoryLedger();
      for (let position = size; position < last + size; position += size) {
        const batch = { entries: entries.filter((entry) => entry.position <= position), position };
        for (const store of [ledger, memory, ledger]) await store.append(batch);
      }
      assert.deepEqual(plain(await read(ledger, scope)), plain(await read(memory, scope)));
      derived.close();
    },
  );
  await fc.assert(property, { numRuns: 60 });
});

test('what is not whole is not there at all, and the next batch finds the accounts again', async (t) => {
  const { derived, ledger } = openIn(temporaryFolder(t));
  const entries = place([{ at: 1, more: false, entry: transferOf(5n) }]);
  const [entry] = entries;
  assert.ok(entry);
  assert.throws(() => ledger.append({ entries: [entry, entry], position: 1 }), /UNIQUE/);
  assert.throws(() => ledger.append({ entries: [{ ...entry, n: 1000 }], position: 1 }), /1000 entries or more/);
  assert.equal(ledger.position(), 0);
  assert.deepEqual(await ledger.accounts(ALL), { accounts: [], next: null });
  await ledger.append({ entries, position: 1 });
  const page = await ledger.accounts(ALL);
  assert.equal(typeof page === 'string' ? page : page.accounts[0]?.creditMinor, 5n);
  derived.close();
});

test('a sum beyond 64 bits is refused whole, and not rounded', async (t) => {
  const { derived, ledger } = openIn(temporaryFolder(t));
  const huge = place([1, 2].map((at) => ({ at, more: false, entry: transferOf(2n ** 62n) })));
  await ledger.append({ entries: huge.slice(0, 1), position: 1 });
  assert.throws(() => ledger.append({ entries: huge.slice(1), position: 2 }));
  assert.equal(ledger.position(), 1);
  derived.close();
});

test('what was posted is there after the file is opened again', async (t) => {
  const folder = temporaryFolder(t);
  const first = openIn(folder);
  await first.ledger.append({ entries: place([{ at: 1, more: false, entry: transferOf(5n) }]), position: 9 });
  const before = plain(await read(first.ledger, ALL));
  first.derived.close();
  const second = openIn(folder);
  assert.equal(second.ledger.position(), 9);
  assert.deepEqual(plain(await read(second.ledger, ALL)), before);
  second.derived.close();
});

function transferOf(amountMinor: bigint) {
  const debit = printAccount({ class: 'provider_receivable', merchant: 'm_1', providerAccount: 'a', currency: 'EUR' });
  const credit = printAccount({ class: 'merchant_payable', merchant: 'm_1', providerAccount: null, currency: 'EUR' });
  return transfer('captured', 'EUR', { debit, credit, amountMinor });
}

/** Rows of the database have no prototype. */
function plain(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (_, member: unknown) => (typeof member === 'bigint' ? `${member}n` : member)),
  );
}
