import assert from 'node:assert/strict';
import test from 'node:test';
import { createResolver } from './resolver.ts';
import { startDns } from './testKit.ts';

const IPV6 = '2001:4860:4860:0:0:0:0:8888';

test('all addresses of a name; one kind is enough; none, a failure and silence are errors', {
  timeout: 20_000,
}, async (t) => {
  const dns = await startDns({
    'both.test': { a: ['1.1.1.1', '10.0.0.1'], aaaa: [IPV6] },
    'four.test': { a: ['1.1.1.1'] },
    'six.test': { aaaa: [IPV6] },
    'none.test': {},
    'broken.test': { code: 2 },
    'silent.test': 'silent',
  });
  t.after(dns.close);
  const resolve = createResolver({ servers: [dns.address] });
  assert.deepEqual(await resolve('both.test'), ['1.1.1.1', '10.0.0.1', '2001:4860:4860::8888']);
  assert.deepEqual(await resolve('four.test'), ['1.1.1.1']);
  assert.deepEqual(await resolve('six.test'), ['2001:4860:4860::8888']);
  assert.deepEqual(await resolve('localhost'), ['127.0.0.1', '::1']);
  await assert.rejects(resolve('none.test'), { code: 'ENODATA' });
  await assert.rejects(resolve('unknown.test'), { code: 'ENOTFOUND' });
  await assert.rejects(resolve('broken.test'), { code: 'ESERVFAIL' });
  const beganAt = performance.now();
  await assert.rejects(resolve('silent.test'), { code: 'ETIMEOUT' });
  assert.ok(performance.now() - beganAt < 6000);
});

test('names whose servers are silent hold up no other', { timeout: 20_000 }, async (t) => {
  const dns = await startDns({ 'quick.test': { a: ['1.1.1.1'] }, 'silent.test': 'silent' });
  t.after(dns.close);
  const resolve = createResolver({ servers: [dns.address] });
  const silent = Array.from({ length: 50 }, () => resolve('silent.test').catch(() => []));
  const beganAt = performance.now();
  await resolve('quick.test');
  assert.ok(performance.now() - beganAt < 1000);
  await Promise.all(silent);
});
