import type { Context } from 'hono';
import { request } from 'undici';
import { readBytes } from '#api/body.ts';
import { problem } from '#api/problems.ts';

/** Hands the simulator's own pages and controls through to it, so that everything is reachable on one port. */
export function proxyTo(origin: string) {
  return async (c: Context): Promise<Response> => {
    const body = c.req.method === 'GET' ? null : await readBytes(c);
    const answer = await ask(c, origin, body);
    if (answer === null) return problem(c, 'simulator_unavailable');
    const headers = new Headers();
    for (const name of ['content-type', 'location', 'content-security-policy', 'cache-control']) {
      const value = answer.headers[name];
      if (typeof value === 'string') headers.set(name, value);
    }
    return new Response(answer.text, { status: answer.statusCode, headers });
  };
}

/** Null when it can't be reached, or stops in the middle of its answer. */
async function ask(c: Context, origin: string, body: Uint8Array | null) {
  const { pathname, search } = new URL(c.req.url);
  const contentType = c.req.header('content-type');
  try {
    const {
      statusCode,
      headers,
      body: answered,
    } = await request(`${origin}${pathname}${search}`, {
      method: c.req.method as 'GET' | 'POST' | 'PUT',
      headers: contentType === undefined ? {} : { 'content-type': contentType },
      body,
    });
    return { statusCode, headers, text: await answered.text() };
  } catch {
    return null;
  }
}
