import assert from 'node:assert/strict';
import type { Answer, ApiClient, PaymentBody } from '../support/apiClient.ts';

type Changed = PaymentBody & { operations: readonly { id: string; type: string; status: string }[] };

/** Payments by the API, for tests that need more of it than a charge: each call must be answered as expected. */
export function createPayments(client: ApiClient) {
  let keys = 0;

  async function post(path: string, body: object, expected: number): Promise<Changed> {
    keys += 1;
    const answer: Answer<Changed> = await client.call('POST', path, {
      headers: { 'content-type': 'application/json', 'idempotency-key': `proof-${keys}` },
      body: JSON.stringify(body),
    });
    assert.equal(answer.status, expected, `${path} answers ${JSON.stringify(answer.body)}`);
    return answer.body;
  }

  async function pay(token: string, fields: object = {}, expected = 201): Promise<string> {
    const body = { amount: 1000, currency: 'EUR', payment_method: { type: 'card', token }, ...fields };
    return (await post('/v1/payments', body, expected)).id;
  }

  return {
    pay,
    capture: (id: string, body: object) => post(`/v1/payments/${id}/capture`, body, 200),
    refund: (id: string, body: object) => post(`/v1/payments/${id}/refunds`, body, 201),
    cancel: (id: string) => post(`/v1/payments/${id}/cancel`, {}, 200),
  };
}

export type Payments = ReturnType<typeof createPayments>;
