import type { Hono } from 'hono';
import type { Authenticate } from '#api/authenticate.ts';
import { time } from '#api/schemas/showPayment.ts';
import type { Parking } from '#core/payments/parking.ts';

export type OperationRoutesDeps = { authenticate: Authenticate; parking: Parking };

/** What an operator looks after. */
export function routeOperations(app: Hono, { authenticate, parking }: OperationRoutesDeps): void {
  app.get('/v1/parked_streams', async (c) => {
    await authenticate(c.req.header('authorization'), 'operations:read');
    const data = parking
      .list()
      .map(({ since, ...parked }) => ({ object: 'parked_stream', ...parked, since: time(since) }));
    return c.json({ object: 'list', data, next_cursor: null });
  });
}
