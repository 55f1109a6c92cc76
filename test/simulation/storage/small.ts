import { sha256 } from '#core/journal/commit.ts';
import { Fault } from '#core/kit/fault.ts';
import { secret } from '#core/kit/secret.ts';
import type { ParkedStream, Parking } from '#core/payments/parking.ts';
import type { Roots, SignedRoot, Signer } from '#core/proof/roots.ts';
import type { Exchange, Exchanges } from '#core/provider/ports.ts';
import type { Sealer } from '#core/secrets/ports.ts';

/** Ports that are little more than a list. */

export function createParking(): Parking {
  const parked = new Map<string, ParkedStream>();
  return {
    has: (stream) => parked.has(stream),
    park: (stream) => {
      if (!parked.has(stream.stream)) parked.set(stream.stream, stream);
    },
    list: () => [...parked.values()],
  };
}

/** The number is a primary key: of two instances that sign at once, one fails. */
export function createRoots(): Roots & { stored: readonly SignedRoot[] } {
  const stored: SignedRoot[] = [];
  return {
    stored,
    all: async () => [...stored],
    append: async (root) => {
      if (stored.some((other) => other.number === root.number))
        throw new Fault('storage_failed', `root ${root.number} is there already`, { retryable: true });
      stored.push(root);
    },
  };
}

export function createExchanges(): Exchanges {
  const kept = new Map<string, Exchange[]>();
  return {
    keep: async (exchange) => {
      const known = kept.get(exchange.operation);
      if (known === undefined) kept.set(exchange.operation, [exchange]);
      else known.push(exchange);
    },
    of: async (operation, { from, to }) =>
      (kept.get(operation) ?? []).filter((exchange) => exchange.at >= from && exchange.at <= to),
  };
}

/** A signature that anybody could make: whether it is checked is tested elsewhere. */
export const rootSigner: Signer = { keyId: 'simulated', sign: (text) => sha256(`signed ${text}`) };

export function isSignedRoot({ signature }: SignedRoot, text: string): boolean {
  return signature === rootSigner.sign(text);
}

/** Nobody looks at what is at rest here. */
export const openSealer: Sealer = {
  seal: async (text) => text,
  open: async (sealed) => secret(sealed),
};
