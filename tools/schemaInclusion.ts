/** JSON Schema 2020-12, as far as our document uses it; references are followed in `root`. */
export type Schema = { readonly [keyword: string]: unknown };
export type Side = { schema: Schema; root: Schema };

const LOWER_BOUNDS = ['minimum', 'exclusiveMinimum', 'minLength', 'minItems', 'minProperties'] as const;
const UPPER_BOUNDS = ['maximum', 'exclusiveMaximum', 'maxLength', 'maxItems', 'maxProperties'] as const;
/** Deeper than any of our schemas: one that holds itself ends here. */
const DEPTH_MAX = 20;

/** Why a value that `from` allows may not be one that `to` allows; empty when every value is. Each reason begins with a place. */
export function findLeftOut(from: Side, to: Side, at = '', depth = 0): string[] {
  if (depth > DEPTH_MAX) return [];
  const a = resolve(from);
  const b = resolve(to);
  const alternatives = alternativesOf(a);
  if (alternatives.length > 1 || alternativesOf(b).length > 1) {
    const allowed = alternativesOf(b).map((schema) => ({ schema, root: to.root }));
    return alternatives.flatMap((schema) => {
      const reasons = allowed.map((each) => findLeftOut({ schema, root: from.root }, each, at, depth + 1));
      // The nearest alternative says best what is wrong.
      return reasons.reduce((fewest, next) => (next.length < fewest.length ? next : fewest));
    });
  }
  const inner = (left: unknown, right: unknown, where: string) =>
    findLeftOut(
      { schema: left as Schema, root: from.root },
      { schema: right as Schema, root: to.root },
      where,
      depth + 1,
    );
  return [
    ...typeReasons(a, b, at),
    ...valueReasons(a, b, at),
    ...boundReasons(a, b, at),
    ...objectReasons(a, b, at, inner),
    ...(b['items'] === undefined ? [] : inner(a['items'] ?? {}, b['items'], `${at}[]`)),
  ];
}

type Inner = (left: unknown, right: unknown, where: string) => string[];

function objectReasons(a: Schema, b: Schema, at: string, inner: Inner): string[] {
  const mine = propertiesOf(a);
  const theirs = propertiesOf(b);
  const others = b['additionalProperties'];
  const absent = requiredOf(b)
    .filter((name) => !requiredOf(a).includes(name))
    .map((name) => `${at}/${name}: absent`);
  const present = Object.entries(mine).flatMap(([name, schema]) => {
    const where = `${at}/${name}`;
    if (theirs[name] !== undefined) return inner(schema, theirs[name], where);
    if (others === false) return [`${where}: present`];
    return isSchema(others) ? inner(schema, others, where) : [];
  });
  const unknown = others === false && a['additionalProperties'] !== false && isObject(a) ? [`${at}/*: present`] : [];
  const named =
    isSchema(others) && isSchema(a['additionalProperties']) ? inner(a['additionalProperties'], others, `${at}/*`) : [];
  const names = isSchema(b['propertyNames'])
    ? inner(a['propertyNames'] ?? {}, b['propertyNames'], `${at}/* (name)`)
    : [];
  return [...absent, ...present, ...unknown, ...named, ...names];
}

function typeReasons(a: Schema, b: Schema, at: string): string[] {
  const allowed = typesOf(b);
  if (allowed === null) return [];
  const possible = typesOf(a);
  if (possible === null) return [`${at}: of any type`];
  return possible
    .filter((type) => !allowed.includes(type) && !(type === 'integer' && allowed.includes('number')))
    .map((type) => `${at}: of type ${type}`);
}

function valueReasons(a: Schema, b: Schema, at: string): string[] {
  const reasons: string[] = [];
  const allowed = valuesOf(b);
  if (allowed !== null) {
    const possible = valuesOf(a);
    if (possible === null) reasons.push(`${at}: any value`);
    else reasons.push(...possible.filter((value) => !allowed.includes(value)).map((value) => `${at}: ${value}`));
  }
  for (const keyword of ['pattern', 'format'] as const) {
    if (b[keyword] !== undefined && valuesOf(a) === null && a[keyword] !== b[keyword])
      reasons.push(`${at}: not of ${keyword} ${String(b[keyword])}`);
  }
  return reasons;
}

function boundReasons(a: Schema, b: Schema, at: string): string[] {
  const low = LOWER_BOUNDS.filter((bound) => isOutside(a[bound], b[bound], (mine, theirs) => mine < theirs));
  const high = UPPER_BOUNDS.filter((bound) => isOutside(a[bound], b[bound], (mine, theirs) => mine > theirs));
  return [...low, ...high].map((bound) => `${at}: beyond ${bound} ${String(b[bound])}`);
}

function isOutside(mine: unknown, theirs: unknown, beyond: (mine: number, theirs: number) => boolean): boolean {
  if (typeof theirs !== 'number') return false;
  return typeof mine !== 'number' || beyond(mine, theirs);
}

/** Follows a reference, and makes one schema of an `allOf`. */
function resolve({ schema, root }: Side): Schema {
  const reference = schema['$ref'];
  if (typeof reference === 'string') {
    const target = reference
      .slice('#/'.length)
      .split('/')
      .reduce<unknown>((inside, name) => (inside as Schema)[name.replaceAll('~1', '/').replaceAll('~0', '~')], root);
    return resolve({ schema: target as Schema, root });
  }
  if (!Array.isArray(schema['allOf'])) return schema;
  const parts = (schema['allOf'] as Schema[]).map((part) => resolve({ schema: part, root }));
  return Object.assign({}, ...parts, {
    properties: Object.assign({}, ...parts.map(propertiesOf)),
    required: parts.flatMap(requiredOf),
  }) as Schema;
}

function propertiesOf(schema: Schema): { readonly [name: string]: Schema } {
  return (schema['properties'] ?? {}) as { readonly [name: string]: Schema };
}

function requiredOf(schema: Schema): readonly string[] {
  return (schema['required'] ?? []) as readonly string[];
}

/** A list of types is as many alternatives; nothing else is said of null. */
function alternativesOf(schema: Schema): readonly Schema[] {
  const listed = (schema['anyOf'] ?? schema['oneOf']) as readonly Schema[] | undefined;
  if (listed !== undefined) return listed;
  const { type, enum: values } = schema;
  if (!Array.isArray(type)) return [schema];
  const ofValues = Array.isArray(values) ? { enum: values.filter((value) => value !== null) } : {};
  return (type as string[]).map((each) => (each === 'null' ? { type: each } : { ...schema, ...ofValues, type: each }));
}

function typesOf({ type }: Schema): readonly string[] | null {
  if (type === undefined) return null;
  return Array.isArray(type) ? (type as string[]) : [type as string];
}

function valuesOf(schema: Schema): readonly string[] | null {
  // Said to grow: who reads it expects what it doesn't know.
  if (schema['x-extensible'] === true) return null;
  const values = 'const' in schema ? [schema['const']] : schema['enum'];
  return Array.isArray(values) ? values.map((value) => JSON.stringify(value)) : null;
}

function isObject(schema: Schema): boolean {
  return typesOf(schema)?.includes('object') === true;
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null;
}
