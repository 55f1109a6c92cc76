import { z } from 'zod';
import { assert } from '#core/kit/assert.ts';

export type JsonSchema = { [keyword: string]: unknown };

/** zod's own bound of an integer: said by `format: int64` already. */
const SAFE_INTEGER_MAX = Number.MAX_SAFE_INTEGER;

/**
 * JSON Schema 2020-12 of zod schemas, as OpenAPI 3.1 embeds it. A schema with `meta({ id })` becomes a component. `meta({ documented })` is
 * said in place of what zod can't say of a schema: what is read from text, say.
 */
export function createSchemaWriter() {
  const components = new Map<string, JsonSchema>();

  /** `answer`: members may be added to it later, so it doesn't forbid those that it doesn't know. */
  function write(schema: z.ZodType, use: 'request' | 'answer'): JsonSchema {
    const {
      $schema: _,
      $defs = {},
      ...root
    } = z.toJSONSchema(schema, {
      io: 'input',
      unrepresentable: 'any',
      override: ({ jsonSchema }) => replaceDocumented(jsonSchema as JsonSchema),
    }) as JsonSchema & { $defs?: { readonly [id: string]: JsonSchema } };
    for (const [id, part] of Object.entries($defs)) {
      const written = tidy(part, use) as JsonSchema;
      const known = components.get(id);
      assert(known === undefined || JSON.stringify(known) === JSON.stringify(written), `two schemas are called ${id}`);
      components.set(id, written);
    }
    return tidy(root, use) as JsonSchema;
  }

  return {
    write,
    components: () => Object.fromEntries([...components].sort(([left], [right]) => (left < right ? -1 : 1))),
  };
}

export type SchemaWriter = ReturnType<typeof createSchemaWriter>;

function replaceDocumented(schema: JsonSchema): void {
  const { documented, ...more } = schema;
  if (documented === undefined) return;
  const { description, examples, default: byDefault } = more;
  for (const keyword of Object.keys(schema)) delete schema[keyword];
  const kept = Object.entries({ description, examples, default: byDefault }).filter(([, value]) => value !== undefined);
  Object.assign(schema, documented, Object.fromEntries(kept));
}

function tidy(value: unknown, use: 'request' | 'answer'): unknown {
  if (Array.isArray(value)) return value.map((item) => tidy(item, use));
  if (value === null || typeof value !== 'object') return value;
  const schema: JsonSchema = {};
  for (const [keyword, inner] of Object.entries(value)) {
    // What is under these is data, whatever it looks like.
    const isData = keyword === 'default' || keyword === 'examples' || keyword === 'enum' || keyword === 'const';
    schema[keyword] = isData ? inner : tidy(inner, use);
  }
  if (typeof schema['$ref'] === 'string') schema['$ref'] = schema['$ref'].replace('#/$defs/', '#/components/schemas/');
  if (schema['type'] === 'integer') {
    if (schema['maximum'] === SAFE_INTEGER_MAX) delete schema['maximum'];
    if (schema['minimum'] === -SAFE_INTEGER_MAX) delete schema['minimum'];
    schema['format'] = 'int64';
  }
  // The pattern of zod says what the format says, in 300 characters.
  if (schema['format'] === 'date-time') delete schema['pattern'];
  // What is absent is null: saying so would make generators demand it.
  if (schema['default'] === null) delete schema['default'];
  if (use === 'answer' && schema['additionalProperties'] === false) delete schema['additionalProperties'];
  return withNull(schema);
}

/** `anyOf: [{type: string}, {type: null}]` is `type: [string, null]`. */
function withNull(schema: JsonSchema): JsonSchema {
  const { anyOf, ...rest } = schema;
  if (!Array.isArray(anyOf) || anyOf.length !== 2) return schema;
  const [value, nothing] = anyOf as [JsonSchema, JsonSchema];
  if (nothing['type'] !== 'null' || typeof value['type'] !== 'string' || 'const' in value) return schema;
  const values = Array.isArray(value['enum']) ? { enum: [...(value['enum'] as unknown[]), null] } : {};
  return { ...value, ...values, ...rest, type: [value['type'], 'null'] };
}
