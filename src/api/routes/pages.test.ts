import assert from 'node:assert/strict';
import test from 'node:test';
import { pageOf } from './pages.ts';

test('pages follow one another, and stay as they are while items come', () => {
  const items = [1, 2, 3, 4, 5];
  const first = pageOf(items, { limit: 2, cursor: null });
  const second = pageOf([...items, 6], { limit: 2, cursor: first.next_cursor });
  const third = pageOf([...items, 6], { limit: 2, cursor: second.next_cursor });
  assert.deepEqual([first.data, second.data, third.data, third.next_cursor], [[1, 2], [3, 4], [5, 6], null]);
  assert.deepEqual(pageOf([], { limit: 2, cursor: null }), { object: 'list', data: [], next_cursor: null });
});

test('a cursor of another list is refused', () => {
  for (const cursor of [
    'nonsense',
    Buffer.from('p1.2').toString('base64url'),
    Buffer.from('n1.0').toString('base64url'),
  ])
    assert.throws(() => pageOf([1], { limit: 1, cursor }), { code: 'cursor_invalid' });
});
