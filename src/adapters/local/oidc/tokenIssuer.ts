import { type IncomingMessage, ServerResponse } from 'node:http';
import type { JWK } from 'jose';
import type { Configuration, Errors, ResourceServer } from 'oidc-provider';

export type IssuerClient = {
  id: string;
  secret: string;
  /** Null for an operator. */
  merchant: string | null;
  /** All that it may ask for, and what it gets when it doesn't ask. */
  scopes: readonly string[];
};

export type TokenIssuerOptions = {
  /** What stands in `iss`, with the path that it is mounted at: `http://127.0.0.1:8080/oauth`. */
  issuer: string;
  /** What stands in `aud`. */
  audience: string;
  /** Private, ES256. The first signs; the others stay in the key set for the tokens that they have signed. */
  keys: readonly (JWK & { kid: string })[];
  clients: readonly IssuerClient[];
  tokenLifetimeS: number;
  onFailed: (fault: Error) => void;
};

const ALGORITHM = 'ES256';
/** The one resource (RFC 8707) that tokens are for, whether a client names it or not. */
const RESOURCE = 'urn:florin:api';

/**
 * OAuth 2.0 client credentials (RFC 6749, 4.4) with access tokens that are JWTs (RFC 9068). Handles a request whose `url` is relative to the
 * issuer, and whose `originalUrl` is not; reads its body by itself.
 */
export async function createTokenIssuer(options: TokenIssuerOptions) {
  // A seventh of a second: the first who wants a token waits for it, and not everybody who starts the platform.
  const { Provider, errors } = await import('oidc-provider');
  const provider = new Provider(options.issuer, configure(options, errors));
  provider.on('server_error', (_, fault) => options.onFailed(fault));
  const handle = provider.callback();
  return (request: IncomingMessage): Promise<Response> =>
    new Promise((resolve) => {
      // CORS is off, as everywhere here; the library has no switch for it.
      delete request.headers.origin;
      const answer = new ServerResponse(request);
      answer.end = (body?: unknown) => {
        resolve(responseOf(answer, typeof body === 'string' || body instanceof Buffer ? body : null));
        return answer;
      };
      void handle(request, answer);
    });
}

export type TokenIssuer = Awaited<ReturnType<typeof createTokenIssuer>>;

function configure(
  { audience, keys, clients, tokenLifetimeS }: TokenIssuerOptions,
  { InvalidScope, InvalidTarget }: Errors,
): Configuration {
  const merchants = new Map(clients.map(({ id, merchant }) => [id, merchant]));
  const scopes = [...new Set(clients.flatMap((client) => client.scopes))];
  const resourceServer: ResourceServer = {
    scope: scopes.join(' '),
    audience,
    accessTokenTTL: tokenLifetimeS,
    accessTokenFormat: 'jwt',
    jwt: { sign: { alg: ALGORITHM, kid: keys[0]?.kid ?? '' } },
  };
  return {
    clients: clients.map(showClient),
    jwks: { keys },
    scopes,
    clientAuthMethods: ['client_secret_basic', 'client_secret_post'],
    responseTypes: [],
    adapter: NothingKept,
    cookies: { keys: [] },
    routes: { jwks: '/jwks', token: '/token' },
    features: {
      devInteractions: { enabled: false },
      dPoP: { enabled: false },
      pushedAuthorizationRequests: { enabled: false },
      userinfo: { enabled: false },
      rpInitiatedLogout: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => RESOURCE,
        useGrantedResource: () => true,
        getResourceServerInfo: ({ oidc }, resource, client) => {
          if (resource !== RESOURCE) throw new InvalidTarget(`the only resource is ${RESOURCE}`);
          // Asked for before the scopes are looked at: the one place to say what a client gets that doesn't ask for any. Of those that it asks
          // for the library would leave out what it doesn't know.
          oidc.params.scope ||= client.scope;
          const own = client.scope.split(' ');
          const others = oidc.params.scope.split(' ').filter((scope) => !own.includes(scope));
          if (others.length > 0) throw new InvalidScope(`this client may ask for: ${client.scope}`, others.join(' '));
          return resourceServer;
        },
      },
    },
    extraTokenClaims: (_, { clientId }) => {
      const merchant = merchants.get(clientId);
      return merchant === undefined || merchant === null ? undefined : { merchant };
    },
    renderError: (context, out) => {
      context.body = out;
    },
    ttl: { ClientCredentials: tokenLifetimeS },
  };
}

/** What the library would have written to the connection, so that whoever asked can add to it. */
function responseOf(answer: ServerResponse, body: string | Buffer | null): Response {
  const headers = new Headers();
  for (const [name, value] of Object.entries(answer.getHeaders()))
    if (value !== undefined && !name.startsWith('access-control-')) headers.set(name, String(value));
  return new Response(body === null ? null : body.toString(), { status: answer.statusCode, headers });
}

function showClient({ id, secret, scopes }: IssuerClient): Configuration['clients'][number] {
  return {
    client_id: id,
    client_secret: secret,
    grant_types: ['client_credentials'],
    response_types: [],
    redirect_uris: [],
    id_token_signed_response_alg: ALGORITHM,
    token_endpoint_auth_method: 'client_secret_basic',
    scope: scopes.join(' '),
  };
}

/**
 * Nothing is stored between two requests: clients come from files, the only grant has no code and no refresh token, and a JWT is checked by its
 * signature. What would be stored is refused, so that this stays true.
 */
// owns: nothing; the library wants a constructor.
class NothingKept {
  async find(): Promise<undefined> {
    return undefined;
  }

  async upsert(): Promise<never> {
    throw new Error('the token issuer stores nothing');
  }
}
