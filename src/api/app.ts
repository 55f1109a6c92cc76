import { Hono } from 'hono';
import { isFault } from '#core/kit/fault.ts';
import type { Log } from '#core/kit/log.ts';
import { isUnreadable } from '#core/payments/parking.ts';
import { type Answered, tellAnswered } from './answered.ts';
import { answerWithoutRoute } from './methods.ts';
import { httpStatusOf, ProblemError, problem } from './problems.ts';
import type { RateLimiter } from './rateLimiter.ts';
import { instanceOf, isCardNumberInTarget, traceIdOf } from './request.ts';
import { type ChangeRoutesDeps, routeChanges } from './routes/changes.ts';
import { type DocsRoutesDeps, routeDocs } from './routes/docs.ts';
import { type LedgerRoutesDeps, routeLedger } from './routes/ledger.ts';
import { type OperationRoutesDeps, routeOperations } from './routes/operations.ts';
import { type PaymentRoutesDeps, routePayments } from './routes/payments.ts';
import { type PlatformRoutesDeps, routePlatform } from './routes/platform.ts';
import { type ProviderAccountRoutesDeps, routeProviderAccounts } from './routes/providerAccounts.ts';
import { type ProviderRoutesDeps, routeProviders } from './routes/providers.ts';
import { type ProviderWebhookRoutesDeps, routeProviderWebhooks } from './routes/providerWebhooks.ts';
import { routeWebhooks, type WebhookRoutesDeps } from './routes/webhooks.ts';
import { securityHeaders } from './securityHeaders.ts';

export type AppDeps = PaymentRoutesDeps &
  ChangeRoutesDeps &
  ProviderAccountRoutesDeps &
  ProviderWebhookRoutesDeps &
  WebhookRoutesDeps &
  LedgerRoutesDeps &
  OperationRoutesDeps &
  DocsRoutesDeps &
  ProviderRoutesDeps &
  PlatformRoutesDeps & {
    log: Log;
    /** Told of each request that was answered. */
    onAnswered: (answered: Answered) => void;
    /** Monotonic, milliseconds. */
    now: () => number;
    /** Where the API is reached from outside. */
    publicUrl: string;
    rateLimiter: RateLimiter;
  };

/** The REST API as a web-standard handler: the same under Node and in a Lambda. */
export function createApp({ log, onAnswered, now, publicUrl, rateLimiter, ...deps }: AppDeps): Hono {
  const app = new Hono();
  app.use(tellAnswered(onAnswered, now));
  app.use(securityHeaders(publicUrl));
  app.use(rateLimiter.middleware);
  // First of all, for every route there is: what no route reads can still end in an error or a log.
  app.use(async (c, next) => {
    if (isCardNumberInTarget(c))
      throw new ProblemError('card_number_in_field', {
        detail: 'The path or the query holds what looks like a card number',
      });
    await next();
  });
  routePayments(app, deps);
  routeChanges(app, deps);
  routeWebhooks(app, deps);
  routeLedger(app, deps);
  routeProviders(app, deps);
  routeProviderAccounts(app, { ...deps, publicUrl });
  routeProviderWebhooks(app, deps);
  routeOperations(app, deps);
  routePlatform(app, deps);
  routeDocs(app, deps);
  app.notFound((c) => answerWithoutRoute(app, c));
  app.onError((error, c) => {
    if (error instanceof ProblemError) {
      const { code, details } = (httpStatusOf(error.code) === 401 ? rateLimiter.denied(c) : null) ?? error;
      return problem(c, code, details);
    }
    if (isUnreadable(error)) return problem(c, 'payment_unreadable');
    log.error('a request failed', {
      trace_id: traceIdOf(c),
      method: c.req.method,
      path: instanceOf(c),
      fault: error,
    });
    // Something may have been sent by then: the same key tells.
    return problem(c, isFault(error) ? 'storage_unavailable' : 'internal_error', { outcome: 'unknown' });
  });
  return app;
}
