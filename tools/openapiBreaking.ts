import { findLeftOut, type Schema } from './schemaInclusion.ts';

type Node = { readonly [name: string]: unknown };

const METHODS = ['get', 'put', 'post', 'delete', 'patch', 'head', 'options'] as const;

/**
 * What a client that was written against `before` may trip over in `after`, each as one line that names where. A request may take more and
 * ask for less; an answer may tell more and lack nothing. Problems may come and go: clients go by their status.
 */
export function findBreaking(before: Node, after: Node): string[] {
  const now = operationsOf(after, 'paths');
  const toldNow = operationsOf(after, 'webhooks');
  return [
    ...[...operationsOf(before, 'paths')].flatMap(([name, operation]) => {
      const successor = now.get(name);
      if (successor === undefined) return [`${name}: removed`];
      return compare(name, { before, after, operation, successor });
    }),
    ...[...operationsOf(before, 'webhooks')].flatMap(([name, operation]) => {
      const successor = toldNow.get(name);
      if (successor === undefined) return [`${name}: no longer sent`];
      const reasons = findLeftOut(sideOf(after, bodyOf(after, successor)), sideOf(before, bodyOf(before, operation)));
      return reasons.map((reason) => `${name}: may now hold ${reason}`);
    }),
  ];
}

type Pair = { before: Node; after: Node; operation: Node; successor: Node };

function compare(name: string, pair: Pair): string[] {
  return [...identityBreaks(pair), ...parameterBreaks(pair), ...bodyBreaks(pair), ...responseBreaks(pair)].map(
    (found) => `${name}: ${found}`,
  );
}

function identityBreaks({ operation, successor }: Pair): string[] {
  const renamed = operation['operationId'] === successor['operationId'] ? [] : ['operationId is another'];
  const had = (operation['security'] ?? []) as readonly object[];
  const has = new Set(((successor['security'] ?? []) as readonly object[]).map((way) => JSON.stringify(way)));
  const isOpen = has.size === 0;
  const lost = had.filter((way) => !isOpen && !has.has(JSON.stringify(way)));
  const closed = had.length === 0 && !isOpen ? ['asks for a token'] : [];
  return [...renamed, ...closed, ...lost.map((way) => `no longer enough: ${JSON.stringify(way)}`)];
}

function parameterBreaks({ before, after, operation, successor }: Pair): string[] {
  const had = parametersOf(before, operation);
  const has = parametersOf(after, successor);
  const changed = [...had].flatMap(([key, parameter]) => {
    const next = has.get(key);
    if (next === undefined) return [`${key}: removed`];
    const demanded = next['required'] === true && parameter['required'] !== true ? [`${key}: now required`] : [];
    return [...demanded, ...requestBreaks(sideOf(before, parameter['schema']), sideOf(after, next['schema']), key)];
  });
  const added = [...has].filter(([key, { required }]) => required === true && !had.has(key));
  return [...changed, ...added.map(([key]) => `${key}: new and required`)];
}

function bodyBreaks({ before, after, operation, successor }: Pair): string[] {
  const had = operation['requestBody'] as Node | undefined;
  const has = successor['requestBody'] as Node | undefined;
  if (has === undefined) return had === undefined ? [] : ['request body: removed'];
  if (had === undefined) return has['required'] === true ? ['request body: new and required'] : [];
  const demanded = has['required'] === true && had['required'] !== true ? ['request body: now required'] : [];
  return [
    ...demanded,
    ...Object.entries(had['content'] as Node).flatMap(([mediaType, media]) => {
      const next = (has['content'] as Node)[mediaType] as Node | undefined;
      if (next === undefined) return [`request body: no longer as ${mediaType}`];
      return requestBreaks(sideOf(before, (media as Node)['schema']), sideOf(after, next['schema']), 'request body');
    }),
  ];
}

function requestBreaks(before: Side, after: Side, what: string): string[] {
  const narrowed = findLeftOut(before, after).map((reason) => `${what}: no longer taken: ${reason}`);
  const was = before.schema['default'];
  const is = after.schema['default'];
  return was === undefined || JSON.stringify(was) === JSON.stringify(is)
    ? narrowed
    : [...narrowed, `${what}: default is another: ${JSON.stringify(is)}`];
}

function responseBreaks({ before, after, operation, successor }: Pair): string[] {
  const had = Object.entries(operation['responses'] as Node).filter(([status]) => isSuccess(status));
  const has = successor['responses'] as Node;
  const added = Object.keys(has).filter((status) => isSuccess(status) && !had.some(([known]) => known === status));
  return [
    ...added.map((status) => `${status}: new among the answers`),
    ...had.flatMap(([status, response]) => {
      if (has[status] === undefined) return [`${status}: no longer answered`];
      const was = follow(before, response);
      const is = follow(after, has[status]);
      return [...headerBreaks(was, is), ...contentBreaks({ before, after, was, is })].map(
        (found) => `${status}: ${found}`,
      );
    }),
  ];
}

function headerBreaks(was: Node, is: Node): string[] {
  return Object.keys((was['headers'] ?? {}) as Node)
    .filter((name) => !Object.hasOwn((is['headers'] ?? {}) as Node, name))
    .map((name) => `header ${name}: removed`);
}

function contentBreaks({ before, after, was, is }: { before: Node; after: Node; was: Node; is: Node }): string[] {
  return Object.entries((was['content'] ?? {}) as Node).flatMap(([mediaType, media]) => {
    const next = ((is['content'] ?? {}) as Node)[mediaType] as Node | undefined;
    if (next === undefined) return [`no longer as ${mediaType}`];
    const old = sideOf(before, (media as Node)['schema']);
    return findLeftOut(sideOf(after, next['schema']), old).map((reason) => `may now hold ${reason}`);
  });
}

type Side = { schema: Schema; root: Schema };

function sideOf(root: Node, schema: unknown): Side {
  return { schema: (schema ?? {}) as Schema, root };
}

function isSuccess(status: string): boolean {
  return /^[23]/.test(status);
}

function operationsOf(document: Node, section: 'paths' | 'webhooks'): ReadonlyMap<string, Node> {
  const items = Object.entries((document[section] ?? {}) as { readonly [path: string]: Node });
  return new Map(
    items.flatMap(([path, item]) =>
      METHODS.filter((method) => item[method] !== undefined).map(
        (method) => [`${method.toUpperCase()} ${path}`, item[method] as Node] as const,
      ),
    ),
  );
}

/** By place and name. */
function parametersOf(root: Node, operation: Node): ReadonlyMap<string, Node> {
  const all = ((operation['parameters'] ?? []) as readonly Node[]).map((parameter) => follow(root, parameter));
  return new Map(all.map((parameter) => [`${String(parameter['in'])} ${String(parameter['name'])}`, parameter]));
}

function bodyOf(root: Node, operation: Node): unknown {
  const content = follow(root, operation['requestBody'])['content'] as { readonly [mediaType: string]: Node };
  return Object.values(content)[0]?.['schema'];
}

function follow(root: Node, value: unknown): Node {
  const reference = (value as Node)['$ref'];
  if (typeof reference !== 'string') return value as Node;
  return reference
    .slice('#/'.length)
    .split('/')
    .reduce<unknown>((inside, name) => (inside as Node)[name], root) as Node;
}
