import { DOCUMENTED_ROUTES } from '#api/contract/declared.ts';
import { problemsOf } from '#api/contract/problemsOf.ts';
import type { RouteDeclaration } from '#api/declare.ts';
import { canRetry, httpStatusOf, type ProblemCode, problemBody } from '#api/problems.ts';

/** Answers that most routes share, by their name in the document. */
const SHARED: { readonly [name: string]: readonly ProblemCode[] } = {
  Unauthorized: ['token_missing', 'token_invalid'],
  Forbidden: ['scope_insufficient'],
  BodyTooLarge: ['body_too_large'],
  MediaTypeUnsupported: ['media_type_unsupported'],
  CardNumberFound: ['card_number_in_field'],
  RateLimited: ['rate_limited'],
  InternalError: ['internal_error'],
  Unavailable: ['starting', 'storage_unavailable'],
  UnavailableWithIssuer: ['starting', 'storage_unavailable', 'issuer_unavailable'],
};

/** Those that no declared route answers are left out: a command's or the local mode's. */
const DECLARED_CODES = new Set(Object.values(DOCUMENTED_ROUTES).flatMap((route) => [...problemsOf(route)]));
const SAMPLE_TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736';

export function sharedProblemResponses() {
  return Object.fromEntries(Object.entries(SHARED).map(([name, codes]) => [name, problemResponse(codes)]));
}

export function problemExamples() {
  return Object.fromEntries([...DECLARED_CODES].map((code) => [code, { value: problemExample(code) }]));
}

/** By status, in its order. */
export function problemResponsesOf(route: RouteDeclaration) {
  const byStatus = new Map<number, ProblemCode[]>();
  for (const code of problemsOf(route)) {
    const status = httpStatusOf(code);
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  return Object.fromEntries(
    [...byStatus].map(([status, codes]) => {
      const shared = Object.entries(SHARED).find(([, those]) => those.join() === codes.join())?.[0];
      return [status, shared === undefined ? problemResponse(codes) : { $ref: `#/components/responses/${shared}` }];
    }),
  );
}

function problemResponse(codes: readonly ProblemCode[]) {
  const headers: { [name: string]: object } = {};
  if (codes.some(canRetry)) headers['Retry-After'] = { $ref: '#/components/headers/Retry-After' };
  if (codes.some((code) => httpStatusOf(code) === 401 || code === 'scope_insufficient'))
    headers['WWW-Authenticate'] = { $ref: '#/components/headers/WWW-Authenticate' };
  return {
    description: codes.map((code) => `\`${code}\`: ${problemExample(code).title}`).join('\n\n'),
    ...(Object.keys(headers).length === 0 ? {} : { headers }),
    content: {
      'application/problem+json': {
        schema: {
          allOf: [
            { $ref: '#/components/schemas/Problem' },
            { type: 'object', properties: { code: { type: 'string', enum: codes } }, required: ['code'] },
          ],
        },
        examples: Object.fromEntries(codes.map((code) => [code, { $ref: `#/components/examples/${code}` }])),
      },
    },
  };
}

function problemExample(code: ProblemCode) {
  return problemBody(code, { instance: '/v1/payments', traceId: SAMPLE_TRACE_ID });
}
