import { createHash } from 'node:crypto';
import type { Context, Hono } from 'hono';
import type { Authenticate } from '#api/authenticate.ts';
import { DOCS_ROUTES } from '#api/contract/docs.ts';
import type { Handlers } from '#api/declare.ts';
import { mount } from '#api/mount.ts';
import { problem } from '#api/problems.ts';

/** A file of the viewer (swagger-ui-dist), by its name; null where it isn't installed. */
export type ReadDocsFile = (name: string) => Promise<Uint8Array<ArrayBuffer> | null>;
export type DocsRoutesDeps = { authenticate: Authenticate; readDocsFile: ReadDocsFile };

const encode = (text: string) => new TextEncoder().encode(text);

/** Nothing from elsewhere, and neither script nor style in the page itself. The viewer draws its icons from data URLs. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Florin API</title>
    <link rel="icon" href="/docs/favicon-32x32.png" type="image/png">
    <link rel="stylesheet" href="/docs/swagger-ui.css">
    <link rel="stylesheet" href="/docs/page.css">
  </head>
  <body>
    <noscript>This page needs JavaScript. The document itself: <a href="/openapi.json">/openapi.json</a></noscript>
    <main id="docs"></main>
    <script src="/docs/swagger-ui-bundle.js"></script>
    <script src="/docs/page.js"></script>
  </body>
</html>
`;

/** Without its validator, which would send the document to another host. */
const SCRIPT = `SwaggerUIBundle({
  url: '/openapi.json',
  dom_id: '#docs',
  deepLinking: true,
  validatorUrl: null,
  defaultModelsExpandDepth: 0,
  defaultModelExpandDepth: 2,
  displayRequestDuration: true,
  presets: [SwaggerUIBundle.presets.apis],
});
`;

const STYLE = `body { margin: 0; background: #fff; }
.swagger-ui .wrapper { max-width: 1100px; }
.swagger-ui .info { margin: 30px 0; }
`;

const OWN: { readonly [name: string]: Uint8Array<ArrayBuffer> } = {
  'page.js': encode(SCRIPT),
  'page.css': encode(STYLE),
};

/** Only what the page asks for. */
const TYPES: { readonly [name: string]: string } = {
  'page.js': 'text/javascript; charset=utf-8',
  'page.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
  'swagger-ui.css': 'text/css; charset=utf-8',
  'favicon-32x32.png': 'image/png',
};

/** The document as a page: everything from this host, for browsers without the internet. */
export function routeDocs(app: Hono, { authenticate, readDocsFile }: DocsRoutesDeps): void {
  const tags = new Map<string, string>();

  async function file(name: string, c: Context): Promise<Response> {
    const type = Object.hasOwn(TYPES, name) ? TYPES[name] : undefined;
    const bytes = type === undefined ? null : (OWN[name] ?? (await readDocsFile(name)));
    if (type === undefined || bytes === null) return problem(c, 'route_not_found');
    const etag = tags.get(name) ?? `"${createHash('sha256').update(bytes).digest('base64url')}"`;
    tags.set(name, etag);
    const headers = { etag, 'cache-control': 'no-cache' };
    if (c.req.header('if-none-match') === etag) return c.body(null, 304, headers);
    return c.body(bytes, 200, { ...headers, 'content-type': type });
  }

  const handlers: Handlers<typeof DOCS_ROUTES> = {
    getDocsPage: (_, c) => c.html(PAGE, 200, { 'content-security-policy': POLICY, 'cache-control': 'no-cache' }),
    getDocsFile: ({ params }, c) => file(params.file, c),
  };
  mount(app, DOCS_ROUTES, { authenticate, handlers });
}
