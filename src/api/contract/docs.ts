import { z } from 'zod';
import { declare } from '#api/declare.ts';

export const DOCS_ROUTES = declare({
  getDocsPage: {
    method: 'get',
    path: '/docs',
    tag: 'Platform',
    summary: 'The document, to read',
    scopes: [],
    forBrowsers: true,
    responses: { 200: { description: 'A page', mediaType: 'text/html' } },
  },
  getDocsFile: {
    method: 'get',
    path: '/docs/:file',
    tag: 'Platform',
    summary: 'What the page is made of',
    scopes: [],
    forBrowsers: true,
    params: { file: z.string().meta({ description: 'Its name' }) },
    responses: {
      200: { description: 'The file', mediaType: '*/*', headers: ['ETag'] },
      304: { description: 'The one that you have (If-None-Match)', headers: ['ETag'] },
    },
    problems: ['route_not_found'],
  },
});
