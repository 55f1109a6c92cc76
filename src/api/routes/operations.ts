import type { Hono } from 'hono';
import type { Authenticate } from '#api/authenticate.ts';
import { OPERATION_ROUTES } from '#api/contract/operations.ts';
import type { Handlers } from '#api/declare.ts';
import { mount } from '#api/mount.ts';
import { time } from '#api/schemas/showPayment.ts';
import type { Parking } from '#core/payments/parking.ts';

export type OperationRoutesDeps = { authenticate: Authenticate; parking: Parking };

/** What an operator looks after. */
export function routeOperations(app: Hono, { authenticate, parking }: OperationRoutesDeps): void {
  const handlers: Handlers<typeof OPERATION_ROUTES> = {
    listParkedStreams: () => {
      const data = parking
        .list()
        .map(({ since, ...parked }) => ({ object: 'parked_stream' as const, ...parked, since: time(since) }));
      return { status: 200, body: { object: 'list', data, next_cursor: null } };
    },
  };
  mount(app, OPERATION_ROUTES, { authenticate, handlers });
}
