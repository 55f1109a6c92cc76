import assert from 'node:assert/strict';
import test from 'node:test';
import { createReadiness } from './readiness.ts';

test('it is ready until something is in the way, and names all that is', () => {
  const readiness = createReadiness();
  assert.deepEqual(readiness.reasons(0), []);
  assert.deepEqual(readiness.reasons(100_000), []);
  assert.deepEqual(readiness.reasons(100_001), ['what follows the journal is 100001 commits behind']);
  readiness.stopping();
  assert.deepEqual(readiness.reasons(0), ['the process is stopping']);
  readiness.storageFailed();
  assert.deepEqual(readiness.reasons(0), ['the storage has failed', 'the process is stopping']);
});
