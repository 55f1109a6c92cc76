import type { Json } from '#core/kit/canonicalJson.ts';
import { ENDPOINT_EVENT_TYPES, type MerchantEventType, PAYMENT_EVENT_TYPES } from './merchantEvents.ts';

/** Where a merchant is told what happened. Times are milliseconds since the epoch. */
export type WebhookEndpoint = {
  id: string;
  merchant: string;
  /** Of the record: one more with each change. */
  version: number;
  url: string;
  /** Types, or `*` for all. */
  events: readonly (SubscribableType | '*')[];
  description: string | null;
  state: EndpointState;
  /** The newest first. The others are still signed with until they expire. */
  secrets: readonly [SealedSecret, ...SealedSecret[]];
  createdAt: number;
  updatedAt: number;
};

/** `since`, `at`: what happened before is not sent to it; what happens after is not. */
export type EndpointState = { enabled: true; since: number } | { enabled: false; reason: DisabledReason; at: number };

/** `failing`: nothing but failure for days; `gone`: it answered 410. */
export type DisabledReason = 'by_merchant' | 'failing' | 'gone';

export type SealedSecret = { sealed: string; expiresAt: number | null };

/** What can be subscribed to: a test is sent whatever an endpoint subscribes to. */
export const SUBSCRIBABLE_TYPES = [...PAYMENT_EVENT_TYPES, ENDPOINT_EVENT_TYPES[0]] as const;

type SubscribableType = (typeof SUBSCRIBABLE_TYPES)[number];

function wants({ events }: WebhookEndpoint, type: MerchantEventType): boolean {
  return events.some((wanted) => wanted === '*' || wanted === type);
}

/** Whether an event of this time goes to the endpoint: what was before it was registered, or enabled again, does not. */
export function receives(endpoint: WebhookEndpoint, { type, at }: { type: MerchantEventType; at: number }): boolean {
  return endpoint.state.enabled && at >= endpoint.state.since && wants(endpoint, type);
}

/** The record as it is stored: everything but its key and its version. */
export function encodeEndpoint({ id: _, version: __, ...endpoint }: WebhookEndpoint): Json {
  return endpoint;
}

export function decodeEndpoint({ key, version, body }: { key: string; version: number; body: Json }): WebhookEndpoint {
  return { ...(body as Omit<WebhookEndpoint, 'id' | 'version'>), id: key, version };
}
