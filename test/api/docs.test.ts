import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { type Api, startApi } from './harness.ts';

let api: Api;
before(async () => {
  api = await startApi();
});
after(() => api.stop());

test('the page loads all that it names from this host, under a policy without inline scripts', async () => {
  const page = await fetch(`${api.url}/docs`);
  assert.equal(page.status, 200);
  assert.match(page.headers.get('content-type') ?? '', /^text\/html/);
  assert.match(page.headers.get('content-security-policy') ?? '', /default-src 'none'; script-src 'self';/);
  const html = await page.text();
  assert.doesNotMatch(html, /<script(?![^>]*\bsrc=)|\son\w+=|https?:/);
  const named = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1] ?? '');
  assert.equal(named.length, 6);
  for (const path of named) {
    const { status, headers } = await fetch(`${api.url}${path}`);
    assert.equal(status, 200, path);
    const expected = { js: 'text/javascript', css: 'text/css', png: 'image/png', json: 'application/json' };
    const type = expected[path.split('.').at(-1) as keyof typeof expected];
    assert.match(headers.get('content-type') ?? '', new RegExp(`^${type}`), path);
    const etag = headers.get('etag') ?? '';
    const again = await fetch(`${api.url}${path}`, { headers: { 'if-none-match': etag } });
    assert.equal(again.status, 304, path);
  }
});

test('no other file is shown', async () => {
  for (const name of ['package.json', 'index.html', '..%2fpackage.json', 'toString', 'swagger-ui.js'])
    assert.equal((await api.get(`/docs/${name}`)).body.code, 'route_not_found', name);
});
