import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** So much of JSON Schema as the official descriptions of providers use. A keyword that isn't here is not checked. */
export type Schema = {
  $ref?: string;
  type?: string | readonly string[];
  properties?: Readonly<Record<string, Schema>>;
  required?: readonly string[];
  additionalProperties?: boolean | Schema;
  items?: Schema;
  enum?: readonly unknown[];
  oneOf?: readonly Schema[];
  anyOf?: readonly Schema[];
  allOf?: readonly Schema[];
  minLength?: number;
  maxLength?: number;
  format?: string;
};

type Content = { content?: Readonly<Record<string, { schema?: Schema }>> };
type Method = { requestBody?: Content; responses?: Readonly<Record<string, Content>> };
export type OpenApi = {
  paths: Readonly<Record<string, Readonly<Record<string, Method>>>>;
  webhooks?: Readonly<Record<string, unknown>>;
  components: { schemas: Readonly<Record<string, Schema>> };
};

/** The folder of FLORIN_PROVIDER_SPECS holds them; null when this one isn't there. */
export function loadDescription(file: string): OpenApi | null {
  const folder = process.env['FLORIN_PROVIDER_SPECS'] ?? '';
  const whole = path.join(folder, file);
  return folder === '' || !existsSync(whole) ? null : (JSON.parse(readFileSync(whole, 'utf8')) as OpenApi);
}

export function resolve(api: OpenApi, schema: Schema): Schema {
  const name = schema.$ref?.split('/').at(-1);
  return name === undefined ? schema : resolve(api, api.components.schemas[name] ?? {});
}

/** What is wrong with a value, with where; empty when it is as described. */
export function check(api: OpenApi, described: Schema, value: unknown, at = '$'): readonly string[] {
  const schema = resolve(api, described);
  const wrong = [...checkChoices(api, schema, value, at), ...checkSimple(schema, value, at)];
  if (Array.isArray(value))
    return [...wrong, ...value.flatMap((item, n) => check(api, schema.items ?? {}, item, `${at}[${n}]`))];
  return isRecord(value) ? [...wrong, ...checkObject(api, schema, value, at)] : wrong;
}

function checkChoices(api: OpenApi, { oneOf, anyOf, allOf }: Schema, value: unknown, at: string): readonly string[] {
  const all = (allOf ?? []).flatMap((part) => check(api, part, value, at));
  const choices = oneOf ?? anyOf ?? [];
  // Of several that fit, one is meant: the descriptions leave the discriminator to the reader.
  const fits = choices.length === 0 || choices.some((choice) => check(api, choice, value, at).length === 0);
  return fits ? all : [...all, `${at} is none of ${choices.length} choices`];
}

function checkSimple(
  { type, enum: words, minLength, maxLength }: Schema,
  value: unknown,
  at: string,
): readonly string[] {
  const types = type === undefined ? null : [type].flat();
  const wrong: string[] = [];
  if (types !== null && !types.some((each) => isOfType(each, value))) wrong.push(`${at} is no ${types.join(' or ')}`);
  if (words !== undefined && !words.includes(value)) wrong.push(`${at} is ${String(value)}, which is not in its list`);
  if (typeof value === 'string' && value.length > (maxLength ?? Number.POSITIVE_INFINITY))
    wrong.push(`${at} has ${value.length} characters, ${maxLength} are the most`);
  if (typeof value === 'string' && value.length < (minLength ?? 0)) wrong.push(`${at} is shorter than ${minLength}`);
  return wrong;
}

function checkObject(
  api: OpenApi,
  { properties = {}, required = [], additionalProperties, oneOf, anyOf, allOf }: Schema,
  value: Readonly<Record<string, unknown>>,
  at: string,
): readonly string[] {
  const missing = required.filter((name) => value[name] === undefined).map((name) => `${at}.${name} is missing`);
  const isOpen = additionalProperties !== false || oneOf !== undefined || anyOf !== undefined || allOf !== undefined;
  const parts = Object.entries(value).flatMap(([name, part]) => {
    const own = Object.hasOwn(properties, name) ? properties[name] : undefined;
    if (own !== undefined) return check(api, own, part, `${at}.${name}`);
    if (!isOpen) return [`${at}.${name} is not known`];
    return isRecord(additionalProperties) ? check(api, additionalProperties, part, `${at}.${name}`) : [];
  });
  return [...missing, ...parts];
}

/** A value with everything in it that is described, down to a depth; `pick` chooses among `count`. */
export function generate(api: OpenApi, described: Schema, pick: (count: number) => number, depth = 4): unknown {
  const schema = resolve(api, described);
  const choices = schema.oneOf ?? schema.anyOf;
  if (choices !== undefined) return generate(api, choices[pick(choices.length)] ?? {}, pick, depth);
  if (schema.enum !== undefined) return schema.enum[pick(schema.enum.length)];
  switch ([schema.type].flat()[0] ?? 'object') {
    case 'string':
      return schema.format === 'date-time' ? '2026-01-02T03:04:05+01:00' : ['', 'x', 'true', '7'][pick(4)];
    case 'integer':
    case 'number':
      return [0, 1, -1, 12_345][pick(4)];
    case 'boolean':
      return pick(2) === 0;
    case 'array':
      return depth === 0 ? [] : [generate(api, schema.items ?? {}, pick, depth - 1)];
    default: {
      const entries = depth === 0 ? [] : Object.entries(schema.properties ?? {});
      const kept = entries.filter(([name]) => schema.required?.includes(name) === true || pick(4) > 0);
      return Object.fromEntries(kept.map(([name, part]) => [name, generate(api, part, pick, depth - 1)]));
    }
  }
}

/** The method at a path of the description, by the path of a request: `{name}` stands for one segment. */
export function methodAt({ paths }: OpenApi, pathname: string, method: string): Method | undefined {
  const found = Object.entries(paths).find(([pattern]) => {
    const parts = pattern.split('/');
    const given = pathname.split('/');
    return parts.length === given.length && parts.every((part, n) => part.startsWith('{') || part === given[n]);
  });
  return found?.[1][method.toLowerCase()];
}

export function schemaOf(content: Content | undefined): Schema | undefined {
  return content?.content?.['application/json']?.schema;
}

function isOfType(type: string, value: unknown): boolean {
  switch (type) {
    case 'integer':
      return Number.isSafeInteger(value);
    case 'array':
      return Array.isArray(value);
    case 'object':
      return isRecord(value);
    case 'null':
      return value === null;
    default:
      return typeof value === type;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
