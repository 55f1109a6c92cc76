import type { ConnectedAccount } from '#core/payments/ports.ts';
import type { Provider } from '#core/provider/port.ts';
import type { Transport } from '#core/provider/ports.ts';
import type { Ports } from '#entry/platform.ts';
import type { Chance } from '../engine/chance.ts';
import type { Platform } from '../instance/instances.ts';
import type { Process } from '../instance/process.ts';
import type { Storage } from '../storage/storage.ts';
import type { World } from '../world.ts';

/** Where a bug can be planted. Each gets what is right and returns, or makes of it, what is wrong. */
export type Plant = {
  /** What all instances share: changed in place, before anything is made of it. */
  storage?: (storage: Storage, context: { chance: Chance }) => void;
  /** An adapter, or how an account is configured. */
  account?: (connected: ConnectedAccount) => ConnectedAccount;
  /** The ports of one process. */
  ports?: (ports: Ports, context: { world: World; process: Process }) => Ports;
  /** The use cases of one process. */
  platform?: (platform: Platform, context: { world: World }) => Platform;
};

/** By name: what is wrong, in words, and the bug itself. */
export type PlantedBugs = { readonly [name: string]: { wrong: string; plant: Plant } };

export const NOTHING_PLANTED: Plant = {};

export function onTransport(wrap: (transport: Transport, ports: Ports) => Transport): Plant {
  return { ports: (ports) => ({ ...ports, transport: wrap(ports.transport, ports) }) };
}

export function onJournal(change: (journal: Ports['journal'], ports: Ports) => Partial<Ports['journal']>): Plant {
  return { ports: (ports) => ({ ...ports, journal: { ...ports.journal, ...change(ports.journal, ports) } }) };
}

export function onInbox(change: (inbox: Ports['inbox'], ports: Ports) => Partial<Ports['inbox']>): Plant {
  return { ports: (ports) => ({ ...ports, inbox: { ...ports.inbox, ...change(ports.inbox, ports) } }) };
}

export function onProvider(change: (provider: Provider) => Partial<Provider>): Plant {
  return { account: ({ provider, account }) => ({ provider: { ...provider, ...change(provider) }, account }) };
}
