import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { OperationRequest, ProviderRequest } from '#core/provider/port.ts';
import { findTools } from '../../../tools/engines/needs.ts';
import { VERSIONS } from '../../../tools/engines/versions.ts';
import { lacks, startEngine } from '../../support/engines.ts';
import { createInstances, type OpenApi, type Schema } from '../openapi.ts';
import type { OpenDescription } from '../subject.ts';

const MODULE = `github.com/stripe/stripe-mock@v${VERSIONS.stripeMock}`;
/** What money of payments is told by; the other families are about other products. */
const ABOUT_PAYMENTS = /^(payment_intent|charge|refund)\./;

/** Stripe's own mock holds requests against Stripe's OpenAPI description; the description itself comes with it. */
export async function openStripe(
  operation: OperationRequest,
  refund: OperationRequest,
): Promise<OpenDescription | { absent: string }> {
  const lack = lacks('stripe-mock');
  if (lack !== false) return { absent: lack };
  const engine = await startEngine('stripe-mock');
  const url = engine.endpoints['FLORIN_STRIPE_MOCK_URL'] ?? '';
  const description = readDescription();
  const { schemas } = description.components;
  const instance = createInstances(description);
  const answer = (to: OperationRequest, name: string, seed: number) => ({
    operation: to,
    // A currency is any text in the description.
    response: {
      status: 200,
      headers: {},
      body: JSON.stringify({ ...(instance(name, seed) as object), currency: 'eur' }),
    },
  });
  return {
    check: (request) => check(url, request),
    statusWords: (table) => wordsOf(schemas, table),
    declineCodes: () => [],
    eventTypes: () => eventTypesIn(description).filter((type) => ABOUT_PAYMENTS.test(type)),
    answers: (seed) => [answer(operation, 'payment_intent', seed), answer(refund, 'refund', seed)],
    close: () => engine.stop(),
  };
}

async function check(url: string, request: ProviderRequest): Promise<readonly string[]> {
  const { pathname, search } = new URL(request.url);
  const { method, headers, body } = request;
  const response = await fetch(url + pathname + search, { method, headers, body });
  const text = await response.text();
  return response.status === 200 ? [] : [`${response.status} ${text.slice(0, 500)}`];
}

/** `payment_intent.status`. The description of a refund names its words in prose: they are between backticks. */
function wordsOf(schemas: OpenApi['components']['schemas'], table: string): readonly string[] {
  const [name = '', field = ''] = table.split('.');
  const schema = schemas[name]?.properties?.[field] as (Schema & { description?: string }) | undefined;
  if (schema?.enum !== undefined) return schema.enum as readonly string[];
  return [...(schema?.description ?? '').matchAll(/`(\w+)`/g)].map((match) => match[1] ?? '');
}

function eventTypesIn(description: OpenApi): readonly string[] {
  type Endpoint = { post: { requestBody: { content: Record<string, { schema: Schema }> } } };
  const { post } = description.paths['/v1/webhook_endpoints'] as Endpoint;
  const form = post.requestBody.content['application/x-www-form-urlencoded']?.schema;
  return (form?.properties?.['enabled_events']?.items?.enum ?? []) as readonly string[];
}

function readDescription(): OpenApi {
  const { stdout, status } = spawnSync(findTools().go ?? '', ['mod', 'download', '-json', MODULE], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`go can't tell where ${MODULE} is`);
  const { Dir: folder } = JSON.parse(stdout) as { Dir: string };
  return JSON.parse(readFileSync(path.join(folder, 'embedded/openapi/spec3.json'), 'utf8')) as OpenApi;
}
