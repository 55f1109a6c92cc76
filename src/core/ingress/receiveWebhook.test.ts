import assert from 'node:assert/strict';
import test from 'node:test';
import { createWorld, ours, POISON, sign, succeeded } from './testKit.ts';

const notice = (id: string) => JSON.stringify({ id, kind: 'authorize', outcome: { outcome: 'pending' } });

test('a genuine webhook is kept as it came, under the account that proved it', async () => {
  const { receive, first, time } = createWorld();
  const body = notice('evt_1');
  const received = await receive(body, { account: 'acct_2' });
  assert.deepEqual(received.ok && received.value.stored, 'received');
  const item = await first();
  assert.deepEqual(
    { ...item, id: null, body: Buffer.from(item.body).toString() },
    { id: null, provider: 'fake', account: 'acct_2', body, receivedAt: time.now, attempts: 0 },
  );
});

test('without an account in the URL, the one whose secret fits is found', async () => {
  const { receiving, first } = createWorld();
  const body = notice('evt_1');
  const headers = { signature: sign('acct_2', body) };
  const received = await receiving.receive({ provider: 'fake', account: null, headers, body: Buffer.from(body) });
  assert.equal(received.ok, true);
  assert.equal((await first()).account, 'acct_2');
});

test('an unknown provider or account is not found; nothing is kept', async () => {
  const { receiving, inbox } = createWorld();
  for (const [provider, account] of [
    ['nobody', null],
    ['nobody', 'acct_1'],
    ['fake', 'acct_3'],
  ] as const) {
    const body = Buffer.from('{}');
    assert.deepEqual(await receiving.receive({ provider, account, headers: {}, body }), {
      ok: false,
      error: { code: 'provider_not_found' },
    });
  }
  assert.equal((await inbox.counts()).waiting, 0);
  assert.deepEqual(receiving.refused(), {});
});

test('what no account proves is refused, counted and not kept', async () => {
  const { receive, receiving, inbox } = createWorld();
  const refused = { ok: false, error: { code: 'signature_invalid' } };
  assert.deepEqual(await receive(notice('evt_1'), { account: 'acct_1', signedBy: 'acct_2' }), refused);
  const headers = { signature: sign('acct_1', '') };
  // Bytes that are no text: a signature over their lossy reading must not pass.
  for (const body of [Buffer.from('tampered'), new Uint8Array([0xff])])
    assert.deepEqual(await receiving.receive({ provider: 'fake', account: null, headers, body }), refused);
  assert.deepEqual(receiving.refused(), { fake: 3 });
  assert.equal((await inbox.counts()).waiting, 0);
});

test("a second delivery is the same by the provider's id of the event, or else by its bytes", async () => {
  const { receive } = createWorld();
  const stored = async (body: string, account = 'acct_1') => {
    const received = await receive(body, { account });
    return received.ok && received.value.stored;
  };
  assert.equal(await stored(notice('evt_1')), 'received');
  assert.equal(await stored(`${notice('evt_1')} `), 'duplicate');
  assert.equal(await stored(notice('evt_2')), 'received');
  assert.equal(await stored(notice('evt_1'), 'acct_2'), 'received');
  for (const body of ['not a notice', POISON])
    assert.deepEqual([await stored(body), await stored(body)], ['received', 'duplicate']);
});

test('a duplicate of what is done stays done', async () => {
  const { pay, tell, receive, inbox } = createWorld();
  await pay('silence');
  const told = { reference: ours(1), outcome: succeeded('auth_1', 1) };
  assert.equal(await tell(told), 'finished');
  assert.equal(await tell(told), 'finished');
  assert.equal((await inbox.counts()).waiting, 0);
  assert.equal((await receive('other')).ok, true);
});

test('what stands in one delivery is kept event by event, and each comes once', async () => {
  const { receive, inbox, time } = createWorld();
  const delivery = [notice('evt_1'), notice('evt_2')].join('\n');
  const received = await receive(delivery, { account: 'acct_1' });
  assert.equal(received.ok && received.value.stored, 'received');
  const bodies = (await inbox.due(time.now, 9)).map(({ body }) => Buffer.from(body).toString());
  assert.deepEqual(bodies.sort(), [notice('evt_1'), notice('evt_2')]);
  const other = await receive([notice('evt_2'), notice('evt_3')].join('\n'), { account: 'acct_1' });
  assert.equal(other.ok && other.value.stored, 'received');
  assert.equal((await inbox.counts()).waiting, 3);
  const again = await receive(delivery, { account: 'acct_1' });
  assert.equal(again.ok && again.value.stored, 'duplicate');
});
