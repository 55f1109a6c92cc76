import type { Context } from 'hono';
import { request } from 'undici';

/** Hands the simulator's own pages and controls through to it, so that everything is reachable on one port. */
export function proxyTo(origin: string) {
  return async (c: Context): Promise<Response> => {
    const { pathname, search } = new URL(c.req.url);
    const contentType = c.req.header('content-type');
    const body = c.req.method === 'GET' ? null : await c.req.text();
    const answer = await request(`${origin}${pathname}${search}`, {
      method: c.req.method as 'GET' | 'POST' | 'PUT',
      headers: contentType === undefined ? {} : { 'content-type': contentType },
      body,
    });
    const headers = new Headers();
    for (const name of ['content-type', 'location', 'content-security-policy', 'cache-control']) {
      const value = answer.headers[name];
      if (typeof value === 'string') headers.set(name, value);
    }
    return new Response(await answer.body.text(), { status: answer.statusCode, headers });
  };
}
