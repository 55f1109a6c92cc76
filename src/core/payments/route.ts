import type { ProviderTiming } from '#core/provider/port.ts';
import type { OperationSent, SendingFacts } from './events.ts';

/** What the decider must know of the way that an operation will take: data and one pure function. */
export type Route = {
  provider: string;
  account: string;
  adapterVersion: number;
  timing: ProviderTiming;
  /** The provider's idempotency key for the operation, and the hash of the request that will leave. */
  fingerprint: (operation: OperationIntent) => { idempotencyKey: string; requestHash: string };
};

/** An operation before it is sent. */
export type OperationIntent = Pick<OperationSent, 'operation' | 'kind' | 'amountMinor' | 'capture'>;

export function sendingFacts(route: Route, intent: OperationIntent, now: number): SendingFacts {
  return {
    provider: route.provider,
    account: route.account,
    adapterVersion: route.adapterVersion,
    ...route.fingerprint(intent),
    sendBefore: now + route.timing.sendWithinMs,
    deadline: now + route.timing.exchangeMs,
  };
}
