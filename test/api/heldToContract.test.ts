import assert from 'node:assert/strict';
import test from 'node:test';
import { PAYMENT, PAYMENT_ID } from '#api/contract/samples.ts';
import { holdToContract } from './heldToContract.ts';

const path = `/v1/payments/${PAYMENT_ID}`;
const json = new Headers({ 'content-type': 'application/json' });
const problem = new Headers({ 'content-type': 'application/problem+json' });
const notFound = {
  type: 'urn:florin:problem:payment_not_found',
  title: 't',
  status: 404,
  detail: 'd',
  instance: path,
  code: 'payment_not_found',
  outcome: 'not_attempted',
  safe_to_retry: false,
  errors: [],
  trace_id: '4bf92f3577b34da6a3ce929d0e0e4736',
};

const hold = (body: object, { status = 200, headers = json, method = 'GET', at = path } = {}) =>
  holdToContract({ method, path: at, status, headers, text: JSON.stringify(body) });

test('what is declared passes', () => {
  hold(PAYMENT);
  hold(notFound, { status: 404, headers: problem });
  hold({ ...notFound, code: 'route_not_found' }, { status: 404, headers: problem, at: '/v1/nothing' });
});

test('what leaves the contract fails', () => {
  const { version: _, ...lacking } = PAYMENT;
  for (const [wrong, reason] of [
    [() => hold({ ...PAYMENT, colour: 'red' }), /not as declared/],
    [() => hold(lacking), /not as declared/],
    [() => hold({ ...PAYMENT, status: 'paid' }), /not as declared/],
    [() => hold({ ...PAYMENT, amount: null }), /not as declared/],
    [() => hold(PAYMENT, { status: 206 }), /not a declared status/],
    [() => hold(PAYMENT, { method: 'PUT' }), /not a declared route/],
    [() => hold(PAYMENT, { status: 201, method: 'POST', at: '/v1/payments' }), /no Location/],
    [
      () => hold({ ...notFound, code: 'refund_not_found' }, { status: 404, headers: problem }),
      /not a declared problem/,
    ],
    [() => hold({ ...notFound, extra: 1 }, { status: 404, headers: problem }), /not a problem as declared/],
    [() => hold(notFound, { status: 404, headers: problem, at: '/v1/nothing' }), /not a declared problem/],
  ] as const)
    assert.throws(wrong, reason);
});
