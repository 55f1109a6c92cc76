import { createHash } from 'node:crypto';
import type { Hono } from 'hono';
import type { Authenticate } from '#api/authenticate.ts';
import { PLATFORM_ROUTES } from '#api/contract/operations.ts';
import type { Handlers } from '#api/declare.ts';
import { mount } from '#api/mount.ts';
import { createOpenApiDocument } from '#api/openapi/document.ts';

/** What the process says of itself. */
export function routePlatform(app: Hono, { authenticate }: { authenticate: Authenticate }): void {
  // Made when it is first asked for: it takes longer than many a start, and never changes.
  let openApi: { text: string; etag: string } | undefined;
  const handlers: Handlers<typeof PLATFORM_ROUTES> = {
    getHealth: () => ({ status: 200, body: { status: 'ok' } }),

    getOpenApiDocument: (_, c) => {
      openApi ??= withTag(JSON.stringify(createOpenApiDocument()));
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
