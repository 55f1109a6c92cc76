import { Resolver } from 'node:dns/promises';
import type { Resolve } from './guardedConnect.ts';

const ATTEMPT_MS = 1500;
const ATTEMPTS = 2;
/** RFC 6761: never asked of DNS. */
const LOCALHOST: readonly string[] = ['127.0.0.1', '::1'];

/**
 * DNS without the system's `getaddrinfo`, which waits in one of four threads that the whole process shares: a name whose servers don't
 * answer would hold up all others. Neither the hosts file nor the search list of the machine is looked at.
 */
export function createResolver({ servers }: { servers?: readonly string[] } = {}): Resolve {
  const resolver = new Resolver({ timeout: ATTEMPT_MS, tries: ATTEMPTS });
  if (servers !== undefined) resolver.setServers(servers);

  return async (host) => {
    if (host === 'localhost') return LOCALHOST;
    const answers = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)]);
    const addresses = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
    if (addresses.length > 0) return addresses;
    throw answers.find((answer) => answer.status === 'rejected')?.reason;
  };
}
