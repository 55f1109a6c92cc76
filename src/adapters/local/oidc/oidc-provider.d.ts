/** The package has no types of its own, and those of others bring twenty packages: what is used of it. */
declare module 'oidc-provider' {
  import type { RequestListener } from 'node:http';
  import type { JWK } from 'jose';

  export type Client = { clientId: string; scope: string };
  export type Context = { oidc: { params: { scope?: string } } };

  export type ResourceServer = {
    scope: string;
    audience: string;
    accessTokenTTL: number;
    accessTokenFormat: 'jwt';
    jwt: { sign: { alg: string; kid: string } };
  };

  export type ClientMetadata = {
    client_id: string;
    client_secret: string;
    grant_types: readonly string[];
    response_types: readonly [];
    redirect_uris: readonly [];
    id_token_signed_response_alg: string;
    token_endpoint_auth_method: 'client_secret_basic';
    scope: string;
  };

  export type Configuration = {
    clients: readonly ClientMetadata[];
    jwks: { keys: readonly JWK[] };
    scopes: readonly string[];
    clientAuthMethods: readonly string[];
    responseTypes: readonly [];
    adapter: new (model: string) => object;
    cookies: { keys: readonly string[] };
    routes: { jwks: string; token: string };
    features: {
      devInteractions: { enabled: false };
      dPoP: { enabled: false };
      pushedAuthorizationRequests: { enabled: false };
      userinfo: { enabled: false };
      rpInitiatedLogout: { enabled: false };
      clientCredentials: { enabled: true };
      resourceIndicators: {
        enabled: true;
        defaultResource: () => string;
        useGrantedResource: () => true;
        getResourceServerInfo: (context: Context, resource: string, client: Client) => ResourceServer;
      };
    };
    extraTokenClaims: (context: Context, token: { clientId: string }) => Record<string, string> | undefined;
    renderError: (context: { body: unknown }, out: object) => void;
    ttl: { ClientCredentials: number };
  };

  export const Provider: new (
    issuer: string,
    configuration: Configuration,
  ) => {
    callback: () => RequestListener;
    on: (event: 'server_error', listener: (context: unknown, error: Error) => void) => void;
  };

  export type Errors = {
    InvalidTarget: new (description?: string) => Error;
    InvalidScope: new (description: string, scope: string) => Error;
  };
  export const errors: Errors;
}
