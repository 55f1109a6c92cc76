import type { Context, Hono } from 'hono';
import { createIssuerKeys, isLoopback } from '#adapters/http/issuerKeys.ts';
import { type Authenticate, createAuthenticate } from '#api/authenticate.ts';
import { Fault } from '#core/kit/fault.ts';
import type { Log } from '#core/kit/log.ts';
import type { Clock, Random } from '#core/kit/world.ts';
import type { Config } from './config.ts';
import { type DevelopmentClients, openDevelopmentClients, showIssuerClient } from './developmentClients.ts';
import { createDevelopmentIssuer } from './developmentIssuer.ts';
import { openTokenKeys } from './tokenKeys.ts';

export type AccessOptions = { config: Config; url: string; clock: Clock; random: Random; log: Log };

/** Who may call, and what is there for them to sign in with. */
export type Access = {
  authenticate: Authenticate;
  /** Null with an issuer elsewhere. */
  clients: DevelopmentClients | null;
  /** `takeToken` is called for each request for a token, and throws when there were too many. */
  mount: (app: Hono, takeToken: (c: Context) => void) => void;
};

const AUDIENCE = 'florin';

/**
 * Whether nobody but this machine reaches it: what is for one's own eyes (development clients, the simulator's controls) is only there then.
 * Who takes tokens from elsewhere has callers elsewhere, and a proxy before the loopback that says nothing of itself.
 */
export function isForThisMachine({ host, publicUrl = null, issuer = null }: Config): boolean {
  const ours = [publicUrl, issuer?.issuer ?? null].filter((url) => url !== null);
  return isLoopback(host) && ours.every((url) => isLoopback(new URL(url).hostname));
}

export function assertMayListen(config: Config): void {
  if (isForThisMachine(config) || (config.issuer ?? null) !== null) return;
  const [name, value] = isLoopback(config.host)
    ? ['FLORIN_PUBLIC_URL', config.publicUrl]
    : ['FLORIN_HOST', config.host];
  throw new Fault(
    'config_invalid',
    `${name} is "${value}", and the development clients are for this machine only. Set FLORIN_ISSUER to an issuer of your own, or unset ${name}`,
    { retryable: false },
  );
}

export async function openAccess({ config, url, clock, random, log }: AccessOptions): Promise<Access> {
  const { now } = clock;
  if (config.issuer !== undefined && config.issuer !== null) {
    const { jwksUrl, ...rules } = config.issuer;
    const keys = createIssuerKeys({
      issuer: rules.issuer,
      jwksUrl,
      clock,
      onFailed: (fault) => log.error('the keys of the token issuer can not be read', { fault }),
    });
    return { authenticate: createAuthenticate({ ...rules, keys, now }), clients: null, mount: () => {} };
  }
  const issuer = `${url}/oauth`;
  const clients = openDevelopmentClients(config.folder, { random, tokenUrl: `${issuer}/token` });
  const { keys, mount } = createDevelopmentIssuer({
    issuer,
    audience: AUDIENCE,
    keys: await openTokenKeys(config.folder, { random, now: now() }),
    clients: Object.values(clients).map(showIssuerClient),
    log,
  });
  const rules = { issuer, audience: AUDIENCE, clients: null, merchants: new Map<string, string>(), scopePrefix: '' };
  return { authenticate: createAuthenticate({ ...rules, keys, now }), clients, mount };
}
