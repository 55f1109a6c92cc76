import assert from 'node:assert/strict';
import test from 'node:test';
import { sealCommit } from '#core/journal/commit.ts';
import type { FoldedCommit } from '#core/payments/projection.ts';
import { createCommand, ID, tell } from '#core/payments/testKit.ts';
import { createMemoryLedger } from './memory.ts';
import { createLedgerProjection } from './projection.ts';
import { historyOf } from './testKit.ts';

const history = historyOf([createCommand({ capture: 'automatic' }), tell(1, 'succeeded')]);

/** Commit 2 of the payment, at a position. What it says is in the history. */
function folded(position: number): FoldedCommit {
  const draft = { stream: ID, seq: 2, commitId: 'c', at: 1, previous: 'p', command: null, personal: null };
  const commit = sealCommit({ ...draft, events: [{ type: 'operation.succeeded', v: 1 }] });
  return { position, commit, history };
}

test('each commit of a batch is posted, and none that the ledger has seen', async () => {
  const ledger = createMemoryLedger();
  const projection = createLedgerProjection(ledger);
  await projection.save([], 4, [folded(4)]);
  await projection.save([], 6, [folded(4), folded(6)]);
  assert.equal(projection.position(), 6);
  const [payable] = await ledger.totals({ merchant: null, asOf: null });
  assert.equal(payable?.debitMinor, 2000n);
});
