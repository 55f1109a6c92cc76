import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createOpenApiDocument } from '#api/openapi/document.ts';
import { findBreaking } from './openapiBreaking.ts';

// why: a document is edited here as text is, at places that the compiler can't know.
type Document = any;

const document = (): Document => structuredClone(createOpenApiDocument());
const create = (d: Document) => d.paths['/v1/payments'].post;
const list = (d: Document) => d.paths['/v1/payments'].get;
const request = (d: Document) => d.components.schemas.CreatePayment;
const payment = (d: Document) => d.components.schemas.Payment;

/** A change of the document, and what is found about it. */
const BREAKING: Readonly<Record<string, readonly [edit: (d: Document) => void, found: RegExp]>> = {
  'a path is removed': [(d) => delete d.paths['/v1/refunds/{id}'], /GET \/v1\/refunds\/{id}: removed/],
  'an operation is removed': [(d) => delete d.paths['/v1/payments'].get, /GET \/v1\/payments: removed/],
  'an operation is called otherwise': [(d) => (create(d).operationId = 'pay'), /operationId/],
  'another scope is asked for': [(d) => (create(d).security = [{ oauth2: ['admin'] }]), /no longer enough/],
  'a token is asked for': [(d) => (d.paths['/healthz'].get.security = [{ oauth2: ['x'] }]), /asks for a token/],
  'a parameter is removed': [(d) => list(d).parameters.shift(), /query limit: removed/],
  'a parameter is added and required': [
    (d) => list(d).parameters.push({ name: 'shop', in: 'query', required: true, schema: {} }),
    /query shop: new and required/,
  ],
  'a parameter becomes required': [(d) => (list(d).parameters[0].required = true), /query limit: now required/],
  'a parameter takes less': [(d) => (list(d).parameters[0].schema.maximum = 50), /beyond maximum 50/],
  'a default is another': [(d) => (list(d).parameters[0].schema.default = 10), /default is another: 10/],
  'a field of a request is removed': [(d) => delete request(d).properties.customer, /\/customer: present/],
  'a field of a request is new and required': [
    (d) => {
      request(d).properties.shop = { type: 'string' };
      request(d).required.push('shop');
    },
    /\/shop: absent/,
  ],
  'a field of a request becomes required': [(d) => request(d).required.push('customer'), /\/customer: absent/],
  'an enum of a request is narrower': [(d) => request(d).properties.capture.enum.pop(), /\/capture: "manual"/],
  'a field of a request can no longer be null': [
    (d) => (request(d).properties.customer.type = 'string'),
    /\/customer: of type null/,
  ],
  'a field of a request has another type': [(d) => (request(d).properties.amount.type = 'string'), /of type integer/],
  'a text of a request has to fit a pattern': [(d) => (request(d).properties.customer.pattern = '^c'), /pattern/],
  'a text of a request may be shorter only': [(d) => (request(d).properties.customer.maxLength = 10), /maxLength 10/],
  'an amount of a request may be less only': [(d) => (request(d).properties.amount.maximum = 10), /maximum 10/],
  'names of metadata may be shorter only': [
    (d) => (request(d).properties.metadata.propertyNames.maxLength = 3),
    /name\): beyond maxLength 3/,
  ],
  'a field of an answer is removed': [
    (d) => {
      delete payment(d).properties.customer;
      payment(d).required = payment(d).required.filter((name: string) => name !== 'customer');
    },
    /\/customer: absent/,
  ],
  'a field of an answer may be absent': [(d) => payment(d).required.pop(), /\/updated_at: absent/],
  'a field of an answer may be null': [
    (d) => (payment(d).properties.amount.type = ['integer', 'null']),
    /of type null/,
  ],
  'a field of an answer has another type': [(d) => (payment(d).properties.amount.type = 'string'), /of type string/],
  'a field of an answer has another format': [(d) => delete payment(d).properties.created_at.format, /date-time/],
  'an enum of an answer is wider': [(d) => d.components.schemas.PaymentStatus.enum.push('paid'), /\/status: "paid"/],
  'deep in an answer': [
    (d) => (d.components.schemas.LastError.properties.message.type = ['string', 'null']),
    /\/last_error\/message: of type null/,
  ],
  'an answer is no longer given': [(d) => delete create(d).responses['202'], /202: no longer answered/],
  'an answer is new': [(d) => (create(d).responses['204'] = { description: '' }), /204: new/],
  'an answer is of another media type': [
    (d) => (create(d).responses['201'].content = { 'text/csv': {} }),
    /201: no longer as application\/json/,
  ],
  'a header of an answer is removed': [(d) => delete create(d).responses['201'].headers.Location, /Location: removed/],
};

const HARMLESS: Readonly<Record<string, (d: Document) => void>> = {
  nothing: () => {},
  'an operation is added': (d) => (d.paths['/v1/new'] = { get: create(d) }),
  'an optional parameter is added': (d) => list(d).parameters.push({ name: 'shop', in: 'query', schema: {} }),
  'an optional field of a request is added': (d) => (request(d).properties.shop = { type: 'string' }),
  'a required field of a request becomes optional': (d) => (request(d).required = ['amount']),
  'an enum of a request is wider': (d) => request(d).properties.capture.enum.push('later'),
  'a text of a request may be longer': (d) => (request(d).properties.customer.maxLength = 300),
  'a field of a request may be null': (d) => (request(d).properties.amount.type = ['integer', 'null']),
  'a field of an answer is added': (d) => (payment(d).properties.shop = { type: 'string' }),
  'an amount of an answer is more exact': (d) => (payment(d).properties.amount.maximum = 10),
  'an enum of an answer is narrower': (d) => d.components.schemas.PaymentStatus.enum.pop(),
  'a problem is added': (d) => (create(d).responses['410'] = { description: '' }),
  'what is said to grow has grown': (d) => d.components.schemas.LedgerEntryReason.enum.push('fee'),
  'words are others': (d) => (create(d).description = 'Pays'),
};

for (const [name, [edit, found]] of Object.entries(BREAKING)) {
  test(`breaks clients: ${name}`, () => {
    const after = document();
    edit(after);
    assert.match(findBreaking(document(), after).join('\n'), found);
  });
}

for (const [name, edit] of Object.entries(HARMLESS)) {
  test(`breaks no client: ${name}`, () => {
    const after = document();
    edit(after);
    assert.deepEqual(findBreaking(document(), after), []);
  });
}

test('a webhook that is no longer sent, or tells less', () => {
  const told = (properties: object, required: readonly string[]) => ({
    post: { requestBody: { content: { 'application/json': { schema: { type: 'object', properties, required } } } } },
  });
  const before = { webhooks: { 'payment.created': told({ type: { const: 'payment.created' } }, ['type']) } };
  assert.match(findBreaking(before, {}).join(), /no longer sent/);
  assert.match(findBreaking(before, { webhooks: { 'payment.created': told({}, []) } }).join(), /\/type: absent/);
  assert.deepEqual(findBreaking(before, before), []);
  assert.deepEqual(findBreaking({}, before), []);
});
