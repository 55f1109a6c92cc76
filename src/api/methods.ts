import type { Context, Hono } from 'hono';
import { problem } from './problems.ts';

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

/** Where no route answers: the path with another method is 405 and says which it has (RFC 9110, 15.5.6); OPTIONS asks for just that. */
export function answerWithoutRoute(app: Hono, c: Context): Response {
  const allowed = methodsOf(app, c.req.path);
  if (allowed.length === 0)
    return problem(c, 'route_not_found', { detail: `There is no ${c.req.method} on this path` });
  const headers = { allow: allowed.join(', ') };
  if (c.req.method === 'OPTIONS') return new Response(null, { status: 204, headers });
  return problem(c, 'method_not_allowed', { detail: `This path has ${headers.allow}`, headers });
}

function methodsOf(app: Hono, path: string): readonly string[] {
  // A route of all methods (middleware) is registered as ALL.
  const methods = METHODS.filter((method) =>
    app.router.match(method, path)[0].some(([[, route]]) => route.method === method),
  );
  if (methods.length === 0) return [];
  return methods[0] === 'GET' ? ['GET', 'HEAD', ...methods.slice(1), 'OPTIONS'] : [...methods, 'OPTIONS'];
}
