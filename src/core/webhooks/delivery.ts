import type { MerchantEventType } from './merchantEvents.ts';
import type { DeliveryFailure, UrlRefusal } from './ports.ts';

/** An event on its way to an endpoint. Times are milliseconds since the epoch. */
export type Delivery = {
  /** Derived from the event and the endpoint: the same pair has one delivery, whenever it is made. */
  id: string;
  merchant: string;
  endpoint: string;
  event: string;
  type: MerchantEventType;
  /** The body, of an event that no journal holds; null: it is made from the journal when it is sent. */
  content: string | null;
  createdAt: number;
  state: DeliveryState;
  /** Since it was made or asked for again. */
  attempts: number;
  /** The latest attempts, oldest first. */
  log: readonly Attempt[];
};

export type NewDelivery = Omit<Delivery, 'state' | 'attempts' | 'log'>;

export type DeliveryState =
  /** `dueAt`: not before; while it is being sent, when another may take it over. */
  | { status: 'waiting'; dueAt: number }
  | { status: 'delivered'; at: number }
  | { status: 'dead'; reason: DeadReason; at: number };

export type DeliveryStatus = DeliveryState['status'];
export const DELIVERY_STATUSES = ['waiting', 'delivered', 'dead'] as const satisfies readonly DeliveryStatus[];

/** `event_gone`: what it was about can't be read any more. */
export type DeadReason = 'attempts_used_up' | 'endpoint_disabled' | 'endpoint_deleted' | 'endpoint_gone' | 'event_gone';

export type Attempt = {
  at: number;
  durationMs: number;
  succeeded: boolean;
  /** The HTTP status; null when none came. */
  status: number | null;
  /** Why none came. */
  failure: DeliveryFailure | UrlRefusal | null;
  /** The first characters of the answer, without what must not be kept. */
  responseStart: string | null;
};

/** Since when an endpoint has done nothing but fail, and how often; null and 0 after a success. */
export type Standing = { failingSince: number | null; failures: number };
