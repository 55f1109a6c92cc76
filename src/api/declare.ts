import type { Context } from 'hono';
import type { z } from 'zod';
import type { Json } from '#core/kit/canonicalJson.ts';
import type { Caller } from './authenticate.ts';
import type { ProblemCode } from './problems.ts';
import type { Scope } from './scopes.ts';

export type Tag = 'Payments' | 'Refunds' | 'Events' | 'Webhooks' | 'Ledger' | 'Providers' | 'Operations' | 'Platform';

/** Name to value; a test sends the requests to a server, and holds every value against its schema. */
export type Examples = { readonly [name: string]: unknown };

export type ResponseDeclaration = {
  description: string;
  /** None: the handler answers with a response of its own. Strict, so that no answer can leave the contract under test. */
  schema?: z.ZodType;
  /** Of a body without a schema: `text/html`, say. */
  mediaType?: string;
  headers?: readonly ResponseHeader[];
  examples?: Examples;
};

export type ResponseHeader = 'Location' | 'Idempotency-Replayed' | 'Retry-After' | 'ETag';

/**
 * A route as data: app.ts registers it and openapi/document.ts describes it, so that neither can say what the other doesn't do. The key that
 * it is declared under is its operationId.
 */
export type RouteDeclaration = {
  method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** As hono writes it: `/v1/payments/:id`. */
  path: string;
  tag: Tag;
  summary: string;
  description?: string;
  /** Any of them will do; none: no token is asked for. */
  scopes: readonly Scope[];
  /** An `Idempotency-Key` is required. */
  idempotencyKey?: true;
  /** By name. For the document: what fits nothing is not found, whatever is wrong with it. */
  params?: { readonly [name: string]: z.ZodType };
  query?: z.ZodObject;
  body?: z.ZodType;
  bodyExamples?: Examples;
  /** The handler reads the body's bytes by itself: what they are. */
  rawBody?: { mediaType: string; description: string };
  responses: { readonly [status: number]: ResponseDeclaration };
  /** For browsers, and not for clients of the API: left out of the document. */
  forBrowsers?: true;
  /** Beyond those that every route like it can answer (problemsOf). */
  problems?: readonly ProblemCode[];
};

export type Declarations = { readonly [operationId: string]: RouteDeclaration };

/** What a merchant's endpoint is sent, by the name of its type. */
export type WebhookDeclarations = {
  readonly [type: string]: { summary: string; description?: string; schema: z.ZodType; examples: Examples };
};

/** Keeps the types of the single schemas and the literal statuses. */
export function declare<const Routes extends Declarations>(routes: Routes): Routes {
  return routes;
}

type OutputOf<Route, Part extends 'query' | 'body'> = Route extends { readonly [name in Part]: infer Schema }
  ? Schema extends z.ZodType
    ? z.output<Schema>
    : never
  : null;

/** What a handler gets: checked, and read by the schemas. */
export type Input<Route extends RouteDeclaration> = {
  caller: Route['scopes'] extends readonly [] ? null : Caller;
  params: { readonly [name in keyof Route['params']]: string };
  query: OutputOf<Route, 'query'>;
  body: OutputOf<Route, 'body'>;
  /** The body as the client wrote it. */
  json: Json;
  idempotencyKey: Route extends { readonly idempotencyKey: true } ? string : null;
};

type AnswerTo<Response, Status> = Response extends { readonly schema: infer Schema }
  ? Schema extends z.ZodType
    ? { status: Status; body: z.input<Schema>; headers?: Readonly<Record<string, string>> }
    : never
  : never;

/** One of the declared answers. A `Response` is for problems, and for what is no JSON. */
export type Reply<Route extends RouteDeclaration> =
  | { [Status in keyof Route['responses']]: AnswerTo<Route['responses'][Status], Status> }[keyof Route['responses']]
  | Response;

/** A handler for each declared route, no more and no less. */
export type Handlers<Routes extends Declarations> = {
  readonly [Id in keyof Routes]: (
    input: Input<Routes[Id]>,
    c: Context,
  ) => Promise<Reply<Routes[Id]>> | Reply<Routes[Id]>;
};
