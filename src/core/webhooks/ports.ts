import type { Attempt, Delivery, DeliveryState, DeliveryStatus, NewDelivery, Standing } from './delivery.ts';

/**
 * One HTTP POST to an address that a merchant chose. Nothing is retried, no redirect is followed, no proxy and no cookie is used, and the
 * connection goes only to an address that was looked up and found allowed for this very request.
 */
export type Deliverer = (request: DeliveryRequest) => Promise<DeliveryResult>;

export type DeliveryRequest = {
  url: string;
  headers: Readonly<Record<string, string>>;
  body: string;
  /** From the call to the status and headers of the answer; what of the body comes later is not waited for. */
  timeoutMs: number;
};

/** Never a rejected promise: whatever an endpoint does is an outcome. */
export type DeliveryResult =
  /** Status and headers came in time. A redirect is an answer like any other. */
  | {
      kind: 'answered';
      status: number;
      /** The header as it came; null without one. */
      retryAfter: string | null;
      /** At most RESPONSE_START_BYTES_MAX bytes of the body, as UTF-8; the rest is not read, and the connection is closed then. */
      bodyStart: string;
      durationMs: number;
    }
  /** Not tried: no byte left. */
  | { kind: 'refused'; reason: UrlRefusal; durationMs: number }
  | { kind: 'failed'; reason: DeliveryFailure; durationMs: number };

export const RESPONSE_START_BYTES_MAX = 1024;

export type UrlRefusal =
  /** It can't be read as a URL, or holds a user name or password, or a fragment. */
  | 'url_invalid'
  /** Not https; http only where the local mode allows it. */
  | 'scheme_forbidden'
  | 'port_forbidden'
  /** Private, loopback, link-local or otherwise not of the public internet: written so, or what the name is resolved to. */
  | 'address_forbidden';

export type DeliveryFailure =
  | 'timeout'
  | 'dns'
  | 'connection'
  | 'tls'
  /** What came is no HTTP answer, or its headers are too long. */
  | 'response_invalid';

/**
 * Whether an endpoint may have this URL, looked at when it is registered; null: it may. A name that can't be resolved now may be one that
 * soon can: each delivery looks again.
 */
export type CheckUrl = (url: string) => Promise<UrlRefusal | null>;

/** A commit that told its merchant something. `types`: a set, as `maskOf` makes it. `at` is the time of the commit. */
export type EventRow = { merchant: string; position: number; payment: string; seq: number; at: number; types: number };

export type EventQuery = {
  merchant: string;
  types: number;
  /** Milliseconds since the epoch. */
  since: number;
  /** From this position of the feed down; null from the newest. */
  upTo: number | null;
  limit: number;
};

/**
 * What merchants are told: which commits say something, and what has become of each delivery. The rows are made from the feed and can be made
 * again; what has become of deliveries can not, and a store that was lost begins with `tellFrom`.
 */
export type EventStore = {
  /** How far in the feed it has come. */
  position: () => number;
  /** Milliseconds since the epoch: of events before it no delivery is made. */
  tellFrom: () => number;
  /** All of it and the position, or nothing. Rows and deliveries that are there stay as they are, and the position does not go back. */
  save: (batch: {
    rows: readonly EventRow[];
    deliveries: readonly NewDelivery[];
    position: number;
  }) => void | Promise<void>;
  /** Newest first. */
  list: (query: EventQuery) => Promise<readonly EventRow[]>;
  /**
   * Deletes rows of before, and deliveries made before that wait for nothing. Tells how many. A row that stands behind a younger one of its
   * merchant, because two clocks differ, may stay until that one goes.
   */
  forget: (before: number, limit: number) => Promise<number>;
};

/** The deliveries, a queue an endpoint. Every change is whole. */
export type DeliveryQueue = {
  /** Due at once. One whose id is there changes nothing. */
  add: (deliveries: readonly NewDelivery[], now: number) => Promise<void>;
  /** Endpoints that have something due, and their standing. */
  ready: (now: number) => Promise<readonly Ready[]>;
  /** Of an endpoint, what is due, the longest due first. It is not due again before `leaseUntil`: who dies with it leaves it to another. */
  take: (endpoint: string, lease: { now: number; leaseUntil: number; limit: number }) => Promise<readonly Delivery[]>;
  /**
   * Writes an attempt down, and what follows from it. A success counts whatever has become of the delivery meanwhile; anything else only while
   * it waits. Tells the standing of the endpoint after it.
   */
  settle: (delivery: Pick<Delivery, 'id' | 'endpoint'>, settlement: Settlement) => Promise<Standing>;
  /** Without an attempt: what waits for an endpoint is dead. Tells how many. */
  abandon: (endpoint: string, dead: Dead) => Promise<number>;
  /** Forgets that the endpoint has failed. */
  forgive: (endpoint: string) => Promise<void>;
  find: (id: string) => Promise<Delivery | null>;
  /** Newest first, and the same while others come. */
  list: (query: DeliveryQuery) => Promise<DeliveryPage | 'cursor_invalid'>;
  /** Due at once, with all attempts before it, whatever became of it; one that is being sent is left to that. False: there is none. */
  redeliver: (id: string, now: number) => Promise<boolean>;
  counts: () => Promise<{ waiting: number; dead: number }>;
  /** Calls the listener soon after something became due at once; returns the function that stops it. */
  subscribe: (listener: () => void) => () => void;
};

export type Ready = Standing & { endpoint: string; merchant: string };
type Dead = Extract<DeliveryState, { status: 'dead' }>;
export type Settlement = { attempt: Attempt | null; state: DeliveryState };
export type DeliveryQuery = {
  merchant: string;
  endpoint: string | null;
  status: DeliveryStatus | null;
  event: string | null;
  after: string | null;
  limit: number;
};
export type DeliveryPage = { deliveries: readonly Delivery[]; next: string | null };
