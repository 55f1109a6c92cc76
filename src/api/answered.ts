import type { MiddlewareHandler } from 'hono';
import { matchedRoutes } from 'hono/route';

/** A request that was answered, without anything that a client chose. */
export type Answered = {
  method: string;
  /** The pattern of its route (`/v1/payments/:id`), or `none`. */
  route: string;
  status: number;
  durationMs: number;
};

const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);
/** Middleware of all routes. */
const EVERYWHERE = '/*';

/** Tells of each request when its answer is ready. `now`: monotonic, milliseconds. */
export function tellAnswered(tell: (answered: Answered) => void, now: () => number): MiddlewareHandler {
  return async (c, next) => {
    const beganAt = now();
    await next();
    const { method } = c.req;
    tell({
      method: METHODS.has(method) ? method : 'other',
      route: matchedRoutes(c).findLast(({ path }) => path !== EVERYWHERE)?.path ?? 'none',
      status: c.res.status,
      durationMs: now() - beganAt,
    });
  };
}
