/** JSON Schema as OpenAPI 3.0 has it, as far as answers are made of it. */
export type Schema = {
  $ref?: string;
  type?: string;
  enum?: readonly unknown[];
  anyOf?: readonly Schema[];
  oneOf?: readonly Schema[];
  allOf?: readonly Schema[];
  properties?: Readonly<Record<string, Schema>>;
  required?: readonly string[];
  items?: Schema;
  nullable?: boolean;
  additionalProperties?: boolean | Schema;
};

export type OpenApi = {
  components: { schemas: Readonly<Record<string, Schema>> };
  paths: Readonly<Record<string, unknown>>;
};

const DEPTH_MAX = 6;
const STRINGS = ['', 'x', 'a text', '2026-01-01T00:00:00Z', 'ü€😀', '0', 'null', 'https://example.test/x'];
const NUMBERS = [0, 1, -1, 1000, 99_999_999, 2 ** 53];

/** A generator of instances of the description's schemas. The same seed makes the same instance. */
export function createInstances({ components }: Pick<OpenApi, 'components'>) {
  return function instance(name: string, seed: number): unknown {
    const dice = createDice(seed);
    return make({ $ref: `#/components/schemas/${name}` }, 0);

    function make(schema: Schema, depth: number): unknown {
      if (schema.$ref !== undefined) return make(resolve(schema.$ref), depth);
      if (schema.nullable === true && dice(3) === 0) return null;
      if (schema.enum !== undefined) return schema.enum[dice(schema.enum.length)];
      const choices = schema.anyOf ?? schema.oneOf;
      if (choices !== undefined) return make(choices[dice(choices.length)] ?? {}, depth);
      if (schema.allOf !== undefined)
        return Object.assign({}, ...schema.allOf.map((part) => make(part, depth))) as object;
      return makeOfType(schema, depth);
    }

    function makeOfType(schema: Schema, depth: number): unknown {
      switch (schema.type) {
        case 'string':
          return STRINGS[dice(STRINGS.length)];
        case 'integer':
        case 'number':
          return NUMBERS[dice(NUMBERS.length)];
        case 'boolean':
          return dice(2) === 0;
        case 'array':
          return depth >= DEPTH_MAX ? [] : Array.from({ length: dice(3) }, () => make(schema.items ?? {}, depth + 1));
        default:
          return makeObject(schema, depth);
      }
    }

    function makeObject({ properties = {}, required = [] }: Schema, depth: number): object {
      const made: Record<string, unknown> = {};
      for (const [name, schema] of Object.entries(properties)) {
        const isLeftOut = !required.includes(name) && (depth >= DEPTH_MAX || dice(5) === 0);
        if (!isLeftOut) made[name] = make(schema, depth + 1);
      }
      return made;
    }
  };

  function resolve(reference: string): Schema {
    const name = reference.replace('#/components/schemas/', '');
    const schema = components.schemas[name];
    if (schema === undefined) throw new Error(`the description has no ${reference}`);
    return schema;
  }
}

/** Whole numbers below a bound; the same for the same seed. */
function createDice(seed: number): (bound: number) => number {
  let state = (seed + 1) * 2_654_435_761;
  return (bound) => {
    state = (Math.imul(state ^ (state >>> 15), 2_246_822_519) + 374_761_393) >>> 0;
    return Math.floor((state / 2 ** 32) * bound);
  };
}
