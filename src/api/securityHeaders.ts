import type { MiddlewareHandler } from 'hono';

/** A year, in seconds. */
const HTTPS_ONLY_S = 31_536_000;
/** Of every answer that has no other: data for a program, for nobody's page, and kept by no cache. */
const HEADERS: readonly (readonly [name: string, value: string])[] = [
  ['cache-control', 'no-store'],
  ['content-security-policy', "default-src 'none'; frame-ancestors 'none'"],
  ['cross-origin-resource-policy', 'same-origin'],
  ['referrer-policy', 'no-referrer'],
  ['x-content-type-options', 'nosniff'],
];

/** `publicUrl`: where the API is reached from outside; browsers are told to keep to https only where it is https. No CORS: no page may call. */
export function securityHeaders(publicUrl: string): MiddlewareHandler {
  const headers = publicUrl.startsWith('https:')
    ? [...HEADERS, ['strict-transport-security', `max-age=${HTTPS_ONLY_S}`] as const]
    : HEADERS;
  return async (c, next) => {
    await next();
    const given = c.res.headers;
    for (const [name, value] of headers) if (!given.has(name)) given.set(name, value);
  };
}
