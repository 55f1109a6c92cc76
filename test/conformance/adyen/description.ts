import type { OperationRequest, ProviderRequest } from '#core/provider/port.ts';
import type { OpenDescription } from '../subject.ts';
import { operationAs } from './answers.ts';
import { check, generate, loadDescription, methodAt, type OpenApi, resolve, type Schema, schemaOf } from './schema.ts';

/** The webhooks and the checkout API that Adyen publishes as one file a version; here joined in one. */
const FILE = 'adyen.json';
const PATHS: Readonly<Record<OperationRequest['kind'], string>> = {
  authorize: '/v72/payments',
  capture: '/v72/payments/{paymentPspReference}/captures',
  void: '/v72/payments/{paymentPspReference}/cancels',
  refund: '/v72/payments/{paymentPspReference}/refunds',
};

export async function openAdyen(): Promise<OpenDescription | { absent: string }> {
  const api = loadDescription(FILE);
  if (api === null) return { absent: `no ${FILE} in FLORIN_PROVIDER_SPECS` };
  return {
    check: async (request) => checkRequest(api, request),
    statusWords: (table) => wordsOf(api, table),
    declineCodes: () => [],
    eventTypes: () => eventsOf(api),
    answers: (seed) => answersOf(api, seed),
    close: async () => {},
  };
}

function checkRequest(api: OpenApi, { url, method, body }: ProviderRequest): readonly string[] {
  const schema = schemaOf(methodAt(api, new URL(url).pathname, method)?.requestBody);
  return schema === undefined ? [`${method} ${url} is not described`] : check(api, schema, JSON.parse(body ?? 'null'));
}

function wordsOf(api: OpenApi, table: string): readonly string[] {
  const [name = '', field = ''] = table.split('.');
  const words = resolve(api, api.components.schemas[name]?.properties?.[field] ?? {}).enum ?? [];
  return words.map(String);
}

function eventsOf(api: OpenApi): readonly string[] {
  const named = Object.keys(api.webhooks ?? {}).map((name) => name.replace('/', ''));
  const listed = Object.values(api.components.schemas).flatMap(
    ({ properties }) => properties?.['eventCode']?.enum ?? [],
  );
  return [...new Set([...named, ...listed.map(String)])];
}

/** Answers of each kind, with the references that make them be about the operation. */
function answersOf(api: OpenApi, seed: number) {
  let die = seed * 2_654_435_761 + 1;
  const pick = (count: number) => {
    die = (Math.imul(die, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor((die / 2 ** 32) * count);
  };
  return (Object.keys(PATHS) as OperationRequest['kind'][]).map((kind) => {
    const operation = operationAs(kind);
    const status = kind === 'authorize' ? 200 : 201;
    const schema: Schema = schemaOf(api.paths[PATHS[kind]]?.['post']?.responses?.[String(status)]) ?? {};
    const body = generate(api, schema, pick) as Record<string, unknown>;
    const about = {
      merchantReference: operation.reference,
      reference: operation.reference,
      paymentPspReference: operation.targetReference,
      amount: { currency: 'EUR', value: 1000 },
    };
    const known = Object.entries(about).filter(([name]) => name in body);
    const response = { status, headers: {}, body: JSON.stringify({ ...body, ...Object.fromEntries(known) }) };
    return { operation, response };
  });
}
