import { createHash } from 'node:crypto';
import type { Hono } from 'hono';
import type { Authenticate } from '#api/authenticate.ts';
import { PLATFORM_ROUTES } from '#api/contract/operations.ts';
import type { Handlers } from '#api/declare.ts';
import { mount } from '#api/mount.ts';
import { createOpenApiDocument, type ExternalIssuer } from '#api/openapi/document.ts';
import { problem } from '#api/problems.ts';

export type PlatformRoutesDeps = {
  authenticate: Authenticate;
  /** Why it should get no requests now, in words; empty: it should. */
  notReady: () => readonly string[];
  /** `open`: for everyone who reaches the process, because only its own machine does. */
  metrics: { text: () => Promise<string>; open: boolean };
  /** Null: the platform makes the tokens itself. */
  issuer: ExternalIssuer | null;
};

const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** What the process says of itself. */
export function routePlatform(app: Hono, { authenticate, notReady, metrics, issuer }: PlatformRoutesDeps): void {
  // Made when it is first asked for: it takes longer than many a start, and never changes.
  let openApi: { text: string; etag: string } | undefined;
  const handlers: Handlers<typeof PLATFORM_ROUTES> = {
    getHealth: () => ({ status: 200, body: { status: 'ok' } }),

    getReadiness: (_, c) => {
      const reasons = notReady();
      if (reasons.length > 0) return problem(c, 'not_ready', { detail: reasons.join('; '), retryAfterMs: 1000 });
      return { status: 200, body: { status: 'ready' } };
    },

    getMetrics: async (_, c) => {
      if (!metrics.open) await authenticate(c.req.header('authorization'), 'operations:read');
      return c.body(await metrics.text(), 200, { 'content-type': METRICS_TYPE });
    },

    getOpenApiDocument: (_, c) => {
      openApi ??= withTag(JSON.stringify(createOpenApiDocument(issuer)));
      const { text, etag } = openApi;
      if (c.req.header('if-none-match') === etag) return c.body(null, 304, { etag });
      return c.body(text, 200, { etag, 'content-type': 'application/json', 'cache-control': 'no-cache' });
    },
  };
  mount(app, PLATFORM_ROUTES, { authenticate, handlers });
}

function withTag(text: string) {
  return { text, etag: `"${createHash('sha256').update(text).digest('base64url')}"` };
}
