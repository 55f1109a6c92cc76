import { Hono } from 'hono';
import { isFault } from '#core/kit/fault.ts';
import type { Log } from '#core/kit/log.ts';
import { isUnreadable } from '#core/payments/parking.ts';
import { ProblemError, problem } from './problems.ts';
import { type ChangeRoutesDeps, routeChanges } from './routes/changes.ts';
import { type LedgerRoutesDeps, routeLedger } from './routes/ledger.ts';
import { type OperationRoutesDeps, routeOperations } from './routes/operations.ts';
import { type PaymentRoutesDeps, routePayments } from './routes/payments.ts';
import { type ProviderWebhookRoutesDeps, routeProviderWebhooks } from './routes/providerWebhooks.ts';

export type AppDeps = PaymentRoutesDeps &
  ChangeRoutesDeps &
  ProviderWebhookRoutesDeps &
  LedgerRoutesDeps &
  OperationRoutesDeps & { log: Log };

/** Until a version is deployed that can read it. */
const UNREADABLE_RETRY_MS = 60_000;

/** The REST API as a web-standard handler: the same under Node and in a Lambda. */
export function createApp({ log, ...deps }: AppDeps): Hono {
  const app = new Hono();
  routePayments(app, deps);
  routeChanges(app, deps);
  routeLedger(app, deps);
  routeProviderWebhooks(app, deps);
  routeOperations(app, deps);
  app.get('/healthz', (c) => c.json({ status: 'ok' }));
  app.notFound((c) => problem('route_not_found', { detail: `There is no ${c.req.method} on this path` }));
  app.onError((error) => {
    if (error instanceof ProblemError) return problem(error.code, error.details);
    if (isUnreadable(error)) return problem('payment_unreadable', { retryAfterMs: UNREADABLE_RETRY_MS });
    log.error('a request failed', { fault: error });
    // Something may have been sent by then: the same key tells.
    return problem(isFault(error) ? 'storage_unavailable' : 'internal_error', { outcome: 'unknown' });
  });
  return app;
}
