import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRowIndex } from './rowIndex.ts';

test('what was added is found, newest first, through every growth', () => {
  const index = createRowIndex();
  for (let row = 1; row <= 5000; row += 1) index.add(`text ${row}`, row);
  index.add('text 7', 5001);
  for (let row = 1; row <= 5000; row += 1) assert.ok(index.candidates(`text ${row}`, 10).includes(row));
  assert.deepEqual(index.candidates('text 7', 10), [5001, 7]);
  assert.deepEqual(index.candidates('text 7', 1), [5001]);
  assert.deepEqual(index.candidates('nothing', 10), []);
});

test('dropped rows are not found any more, nor after it has made room', () => {
  const index = createRowIndex();
  for (let row = 1; row <= 1000; row += 1) index.add('same', row);
  index.dropUpTo(990);
  assert.equal(index.candidates('same', 100).length, 10);
  for (let row = 1001; row <= 3000; row += 1) index.add(`other ${row}`, row);
  assert.equal(index.candidates('same', 100).length, 10);
});
