import assert from 'node:assert/strict';
import { DECLARED_ROUTES } from '#api/contract/declared.ts';
import { problemsOf } from '#api/contract/problemsOf.ts';
import type { RouteDeclaration } from '#api/declare.ts';
import { problemSchema } from '#api/schemas/problemAnswer.ts';

type Answered = { method: string; path: string; status: number; headers: Headers; text: string };

/** Not of the contract: the issuer's, and the simulator's own. */
const OUTSIDE = /^\/(?:oauth|simulator|\.well-known)(?:\/|$)/;

/** What can be answered where there is no route, or before anybody knows which. */
const OF_NO_ROUTE: ReadonlySet<string> = new Set([
  ...['route_not_found', 'method_not_allowed', 'card_number_in_field', 'starting'],
  ...['request_malformed', 'request_timeout', 'target_too_long', 'expectation_failed', 'headers_too_large'],
]);
const SHOWN_CHARACTERS = 1000;

const ROUTES = Object.values(DECLARED_ROUTES).map((route) => ({ route, pattern: patternOf(route.path) }));

/** Fails on an answer that its route doesn't declare: status, every member of the body, headers, the code of a problem. */
export function holdToContract(answered: Answered): void {
  const path = answered.path.split('?', 1)[0] ?? '';
  if (OUTSIDE.test(path)) return;
  if (answered.method === 'OPTIONS' && answered.status === 204) return;
  const what = `${answered.method} ${path}: ${answered.status} ${answered.text.slice(0, SHOWN_CHARACTERS)}`;
  const route = ROUTES.find((known) => known.route.method === methodOf(answered) && known.pattern.test(path))?.route;
  if (/^application\/problem\+json/.test(answered.headers.get('content-type') ?? '')) {
    holdProblem(answered, route, what);
  } else {
    assert.ok(route !== undefined, `not a declared route: ${what}`);
    holdAnswer(answered, route, what);
  }
}

function methodOf({ method }: Answered): string {
  return method === 'HEAD' ? 'get' : method.toLowerCase();
}

function holdAnswer({ method, status, headers, text }: Answered, route: RouteDeclaration, what: string): void {
  const response = route.responses[status];
  assert.ok(response !== undefined, `not a declared status: ${what}`);
  for (const header of response.headers ?? []) {
    if (header !== 'Idempotency-Replayed') assert.ok(headers.has(header), `no ${header}: ${what}`);
  }
  if (response.schema === undefined || method === 'HEAD') return;
  const result = response.schema.safeParse(JSON.parse(text));
  assert.ok(result.success, `not as declared: ${what}\n${String(result.error?.message)}`);
}

function holdProblem({ method, status, text }: Answered, route: RouteDeclaration | undefined, what: string): void {
  if (method === 'HEAD') return;
  const result = problemSchema.safeParse(JSON.parse(text));
  assert.ok(result.success, `not a problem as declared: ${what}\n${String(result.error?.message)}`);
  const { code } = result.data;
  assert.equal(result.data.status, status, what);
  const isDeclared = route === undefined ? OF_NO_ROUTE.has(code) : problemsOf(route).has(code);
  assert.ok(isDeclared, `not a declared problem: ${what}`);
}

function patternOf(path: string): RegExp {
  return new RegExp(`^${path.replaceAll('.', '\\.').replace(/:\w+/g, '[^/]+')}$`);
}
