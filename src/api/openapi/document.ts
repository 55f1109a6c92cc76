import { DECLARED_WEBHOOKS, DOCUMENTED_ROUTES } from '#api/contract/declared.ts';
import type { Tag } from '#api/declare.ts';
import { problemSchema } from '#api/schemas/problemAnswer.ts';
import { SCOPES } from '#api/scopes.ts';
import { createSchemaWriter } from './jsonSchema.ts';
import { operationOf, SECURITY_SCHEME, templateOf, webhookOf } from './operation.ts';
import { problemExamples, sharedProblemResponses } from './problemResponses.ts';

/** The API's, and not the platform's: it changes when a client has to. */
const VERSION = '1.0.0';

const DESCRIPTION = `One API over many payment providers, right about money when things go wrong.

Amounts are whole numbers in the minor unit of their currency. Times are RFC 3339 in UTC. Unknown fields in a request are
refused by name; answers may get new members, so ignore those that you don't know. Errors are \`application/problem+json\`
(RFC 9457): go by \`code\`, and by \`outcome\` for what it means for the money. Where nobody knows yet what became of a
payment, the answer is 202 and the payment says \`in_doubt\`; repeat a request only with the same \`Idempotency-Key\`.`;

const TAGS: { readonly [tag in Tag]: string } = {
  Payments: 'Create, confirm, capture, cancel, look at',
  Refunds: 'Give money back',
  Events: 'What merchants are told',
  Webhooks: 'Where merchants are told, and what became of it',
  Ledger: 'The books, by double entry',
  Providers: 'Where payments go, and what comes back from there',
  Operations: 'For operators: what is wrong, and what to do about it',
  Platform: 'The process itself',
};

const HEADERS = {
  Location: { description: 'Where it can be read', schema: { type: 'string', format: 'uri-reference' } },
  'Idempotency-Replayed': {
    description: 'The request was here before: this is the first answer again',
    schema: { type: 'string', const: 'true' },
  },
  'Retry-After': { description: 'Seconds', schema: { type: 'integer', minimum: 1 } },
  'WWW-Authenticate': { description: 'RFC 9110, 11.6.1', schema: { type: 'string' } },
  ETag: { description: 'For If-None-Match', schema: { type: 'string' } },
};

const IDEMPOTENCY_KEY = {
  name: 'Idempotency-Key',
  in: 'header',
  required: true,
  description:
    'Yours, one for each thing that you want to happen. The same key with the same body gets the first answer again; keys do not expire.',
  schema: { type: 'string', minLength: 1, maxLength: 255, pattern: '^[\\x21-\\x7e]+$' },
  example: 'order-7-attempt-1',
};

/** Standard Webhooks. */
const WEBHOOK_HEADERS = {
  'webhook-id': {
    name: 'webhook-id',
    in: 'header',
    required: true,
    description: 'The same for each attempt to deliver it: drop what was here before',
    schema: { type: 'string' },
  },
  'webhook-timestamp': {
    name: 'webhook-timestamp',
    in: 'header',
    required: true,
    description: 'Seconds since the epoch; refuse what is too old',
    schema: { type: 'string', pattern: '^\\d+$' },
  },
  'webhook-signature': {
    name: 'webhook-signature',
    in: 'header',
    required: true,
    description: 'One or more signatures with a space between them; one that fits is enough',
    schema: { type: 'string' },
  },
};

/** Who makes the tokens, where it isn't the platform itself. */
export type ExternalIssuer = {
  /** As it stands in `iss`. */
  issuer: string;
  /** What it writes before each scope. */
  scopePrefix: string;
};

/** OpenAPI 3.1, made from what the routes are registered by. */
export function createOpenApiDocument(issuer: ExternalIssuer | null = null) {
  const writer = createSchemaWriter();
  const paths: { [path: string]: { [method: string]: object } } = {};
  for (const [operationId, route] of Object.entries(DOCUMENTED_ROUTES)) {
    const path = templateOf(route.path);
    paths[path] = { ...paths[path], [route.method]: operationOf(operationId, route, writer) };
  }
  const webhooks = Object.fromEntries(
    Object.entries(DECLARED_WEBHOOKS).map(([type, declared]) => [type, webhookOf(type, declared, writer)]),
  );
  const hasWebhooks = Object.keys(webhooks).length > 0;
  writer.write(problemSchema, 'answer');
  const used = new Set(Object.values(DOCUMENTED_ROUTES).map(({ tag }) => tag));
  return {
    openapi: '3.1.1',
    info: {
      title: 'Florin',
      version: VERSION,
      summary: 'A payments platform',
      description: DESCRIPTION,
      license: { name: 'Apache License 2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/', description: 'Where this document came from' }],
    tags: Object.entries(TAGS)
      .filter(([name]) => used.has(name as Tag))
      .map(([name, description]) => ({ name, description })),
    paths,
    ...(hasWebhooks ? { webhooks } : {}),
    components: {
      schemas: writer.components(),
      parameters: { 'Idempotency-Key': IDEMPOTENCY_KEY, ...(hasWebhooks ? WEBHOOK_HEADERS : {}) },
      headers: HEADERS,
      responses: sharedProblemResponses(),
      examples: problemExamples(),
      securitySchemes: {
        [SECURITY_SCHEME]: issuer === null ? OWN_TOKENS : tokensOf(issuer),
      },
    },
  };
}

const OWN_TOKENS = {
  type: 'oauth2',
  description: 'An access token of the issuer, as a bearer token',
  flows: { clientCredentials: { tokenUrl: '/oauth/token', scopes: SCOPES } },
};

/** Where its token endpoint is, is the issuer's own to say. */
function tokensOf({ issuer, scopePrefix }: ExternalIssuer) {
  const written = scopePrefix === '' ? '' : `; each scope is written with \`${scopePrefix}\` before it`;
  return {
    type: 'openIdConnect',
    description: `An access token of the issuer, as a bearer token${written}`,
    openIdConnectUrl: `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`,
  };
}
