import { isIP, type LookupFunction } from 'node:net';
import { buildConnector } from 'undici';
import { isAllowedAddress, type WebhookUrlRules } from './webhookUrl.ts';

/** All addresses of a name, IPv4 and IPv6. Rejects when it has none (`ENOTFOUND`, `ENODATA`) or DNS doesn't answer. */
export type Resolve = (host: string) => Promise<readonly string[]>;

export type GuardedConnectOptions = WebhookUrlRules & {
  resolve: Resolve;
  connectMs: number;
  /** PEM certificates to trust in place of the system's: for tests. */
  ca?: string;
};

/** One address that doesn't answer gets this long before the next one is tried. */
const ADDRESS_ATTEMPT_MS = 1500;

/** The address of a host is not allowed, now: nothing was sent. */
export class AddressForbiddenError extends Error {
  override readonly name = 'AddressForbiddenError';
}

/** DNS has no address for the host, or doesn't answer. */
export class NameUnresolvedError extends Error {
  override readonly name = 'NameUnresolvedError';
}

/**
 * Connects only to addresses that were judged. The name is resolved here, for this very connection, and the socket gets the addresses, not
 * the name: what DNS says a moment later (rebinding) changes nothing. TLS and the Host header keep the name.
 */
export function createGuardedConnect({ resolve, allowLoopback, connectMs, ca }: GuardedConnectOptions) {
  const lookup: LookupFunction = (host, { all }, callback) => {
    resolveAllowed(host).then(
      (addresses) => {
        const found = addresses.map((address) => ({ address, family: isIP(address) }));
        if (all) callback(null, found);
        else callback(null, found[0]?.address ?? '', found[0]?.family);
      },
      (error: NodeJS.ErrnoException) => callback(error, ''),
    );
  };

  /** One forbidden address among them forbids them all: whoever owns the name chooses which of them is taken. */
  async function resolveAllowed(host: string): Promise<readonly string[]> {
    const addresses = await resolve(host).catch((cause: unknown) => {
      throw new NameUnresolvedError('The host could not be resolved', { cause });
    });
    if (addresses.length === 0) throw new NameUnresolvedError('The host has no address');
    if (!addresses.every((address) => isAllowedAddress(address, { allowLoopback }))) throw forbidden();
    return addresses;
  }

  const connect = buildConnector({
    lookup,
    timeout: connectMs,
    allowH2: false,
    autoSelectFamily: true,
    autoSelectFamilyAttemptTimeout: ADDRESS_ATTEMPT_MS,
    // Whatever the environment says.
    rejectUnauthorized: true,
    ...(ca === undefined ? {} : { ca }),
  });

  const guarded: buildConnector.connector = (options, callback) => {
    // An address in the URL is connected to without a lookup.
    if (isIP(options.hostname) !== 0 && !isAllowedAddress(options.hostname, { allowLoopback }))
      return callback(forbidden(), null);
    connect(options, (error, socket) => {
      if (error !== null) return callback(error, null);
      // However it came about: not a byte of the request to an address that was not judged.
      if (!isAllowedAddress(socket.remoteAddress ?? '', { allowLoopback })) {
        socket.destroy();
        return callback(forbidden(), null);
      }
      callback(null, socket);
    });
  };

  return { connect: guarded, resolveAllowed };
}

function forbidden(): AddressForbiddenError {
  return new AddressForbiddenError('The host is not on the public internet');
}
