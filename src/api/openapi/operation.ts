import type { Examples, ResponseDeclaration, RouteDeclaration, WebhookDeclarations } from '#api/declare.ts';
import type { JsonSchema, SchemaWriter } from './jsonSchema.ts';
import { problemResponsesOf } from './problemResponses.ts';

export const SECURITY_SCHEME = 'oauth2';

/** A route as an Operation Object. */
export function operationOf(operationId: string, route: RouteDeclaration, writer: SchemaWriter) {
  const { tag, summary, description, scopes, responses } = route;
  const parameters = parametersOf(route, writer);
  const requestBody = requestBodyOf(route, writer);
  return {
    operationId,
    tags: [tag],
    summary,
    ...(description === undefined ? {} : { description }),
    // One of the scopes is enough: alternatives are a list, and what is needed together would be one member.
    security: scopes.map((scope) => ({ [SECURITY_SCHEME]: [scope] })),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(requestBody === null ? {} : { requestBody }),
    responses: {
      ...Object.fromEntries(
        Object.entries(responses).map(([status, response]) => [status, responseOf(response, writer)]),
      ),
      ...problemResponsesOf(route),
    },
  };
}

/** What a merchant's endpoint is sent, as a Path Item Object. */
export function webhookOf(
  type: string,
  { summary, description, schema, examples }: WebhookDeclarations[string],
  writer: SchemaWriter,
): object {
  return {
    post: {
      operationId: `on_${type}`.replace(/[._]([a-z])/g, (_, letter: string) => letter.toUpperCase()),
      tags: ['Webhooks'],
      summary,
      ...(description === undefined ? {} : { description }),
      security: [],
      parameters: ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map((name) => ({
        $ref: `#/components/parameters/${name}`,
      })),
      requestBody: {
        required: true,
        content: { 'application/json': { schema: writer.write(schema, 'answer'), ...examplesOf(examples) } },
      },
      responses: { '2XX': { description: 'Taken; anything else is sent again later' } },
    },
  };
}

/** `/v1/payments/:id` as OpenAPI writes it: `/v1/payments/{id}`. */
export function templateOf(path: string): string {
  return path.replace(/:(\w+)/g, '{$1}');
}

function parametersOf({ params = {}, query, idempotencyKey }: RouteDeclaration, writer: SchemaWriter): object[] {
  const inPath = Object.entries(params).map(([name, schema]) =>
    parameterOf({ name, in: 'path', required: true }, writer.write(schema, 'request')),
  );
  const written = query === undefined ? {} : writer.write(query, 'request');
  const inQuery = Object.entries((written['properties'] ?? {}) as { [name: string]: JsonSchema }).map(
    ([name, schema]) =>
      parameterOf(
        // `metadata[order]=7`
        { name, in: 'query', ...(schema['type'] === 'object' ? { style: 'deepObject', explode: true } : {}) },
        withoutNull(schema),
      ),
  );
  const key = idempotencyKey === true ? [{ $ref: '#/components/parameters/Idempotency-Key' }] : [];
  return [...inPath, ...key, ...inQuery];
}

function parameterOf(parameter: object, { description, examples, ...schema }: JsonSchema): object {
  const [example] = (examples ?? []) as unknown[];
  return {
    ...parameter,
    ...(description === undefined ? {} : { description }),
    schema,
    ...(example === undefined ? {} : { example }),
  };
}

/** A query has no null: what isn't wanted isn't there. */
function withoutNull(schema: JsonSchema): JsonSchema {
  const { anyOf, ...others } = schema;
  if (Array.isArray(anyOf)) {
    const [only, ...more] = (anyOf as JsonSchema[]).filter((part) => part['type'] !== 'null');
    return more.length === 0 ? { ...only, ...others } : { ...others, anyOf: [only, ...more] };
  }
  if (!Array.isArray(schema['type'])) return schema;
  const values = Array.isArray(schema['enum']) ? { enum: schema['enum'].filter((value) => value !== null) } : {};
  return { ...schema, ...values, type: (schema['type'] as string[]).find((type) => type !== 'null') };
}

function requestBodyOf({ body, bodyExamples, rawBody }: RouteDeclaration, writer: SchemaWriter) {
  if (rawBody !== undefined)
    return {
      required: true,
      description: rawBody.description,
      content: { [rawBody.mediaType]: { schema: {} } },
    };
  if (body === undefined) return null;
  const schema = writer.write(body, 'request');
  return {
    required: !body.safeParse({}).success,
    content: { 'application/json': { schema, ...examplesOf(bodyExamples) } },
  };
}

function responseOf({ description, schema, mediaType, headers, examples }: ResponseDeclaration, writer: SchemaWriter) {
  const named = headers?.map((name) => [name, { $ref: `#/components/headers/${name}` }]);
  const content =
    schema === undefined
      ? mediaType && { [mediaType]: {} }
      : { 'application/json': { schema: writer.write(schema, 'answer'), ...examplesOf(examples) } };
  return {
    description,
    ...(named === undefined ? {} : { headers: Object.fromEntries(named) }),
    ...(content === undefined ? {} : { content }),
  };
}

function examplesOf(examples: Examples = {}) {
  const written = Object.entries(examples).map(([name, value]) => [name, { value }]);
  return written.length === 0 ? {} : { examples: Object.fromEntries(written) };
}
