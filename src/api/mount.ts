import type { Context, Hono } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { Json } from '#core/kit/canonicalJson.ts';
import type { Authenticate, Caller } from './authenticate.ts';
import { readBody } from './body.ts';
import type { Declarations, Handlers, RouteDeclaration } from './declare.ts';
import { ProblemError } from './problems.ts';
import { takeOfClient } from './rateLimiter.ts';
import { readIdempotencyKey, readQuery } from './routes/doors.ts';
import type { Scope } from './scopes.ts';

/** What a handler takes and answers when nobody looks at which route it is. */
type AnyHandler = (input: object, c: Context) => Promise<AnyReply> | AnyReply;
type AnyReply = { status: number; body: unknown; headers?: Readonly<Record<string, string>> } | Response;

/** Registers routes as they are declared: who may call, the key, the query and the body are read here, in this order, before the handler. */
export function mount<Routes extends Declarations>(
  app: Hono,
  routes: Routes,
  { authenticate, handlers }: { authenticate: Authenticate; handlers: Handlers<NoInfer<Routes>> },
): void {
  for (const [operationId, route] of Object.entries(routes)) {
    // why: each handler's type was checked against its own declaration; here they are called alike.
    const handle = handlers[operationId] as unknown as AnyHandler;
    app.on(route.method.toUpperCase(), [route.path], async (c) => {
      const reply = await handle(await readInput(c, route, authenticate), c);
      if (reply instanceof Response) return reply;
      return c.json(reply.body, reply.status as ContentfulStatusCode, reply.headers as Record<string, string>);
    });
  }
}

async function readInput(c: Context, route: RouteDeclaration, authenticate: Authenticate): Promise<object> {
  const caller = route.scopes.length === 0 ? null : await callerWith(route.scopes, c, authenticate);
  if (caller !== null) takeOfClient(c, caller.client);
  const idempotencyKey = route.idempotencyKey === true ? readIdempotencyKey(c) : null;
  const query = route.query === undefined ? null : readQuery(c, route.query);
  const { json, value: body } = route.body === undefined ? NO_BODY : await readBody(c, route.body);
  return { caller, params: c.req.param(), query, body, json, idempotencyKey };
}

const NO_BODY: { json: Json; value: unknown } = { json: null, value: null };

/** A caller with any of the scopes; who has none of them is told of the last, the merchant's. */
async function callerWith(scopes: readonly Scope[], c: Context, authenticate: Authenticate): Promise<Caller> {
  const authorization = c.req.header('authorization');
  for (const scope of scopes.slice(0, -1)) {
    try {
      return await authenticate(authorization, scope);
    } catch (refused) {
      if (!(refused instanceof ProblemError) || refused.code !== 'scope_insufficient') throw refused;
    }
  }
  return await authenticate(authorization, scopes.at(-1) as Scope);
}
