import type { ProviderRequest, ProviderResponse } from './port.ts';

/** Limits of one exchange, on the monotonic clock. */
export type TransportLimits = { connectMs: number; sendBefore: number; deadline: number };

/**
 * One HTTP exchange, once, never retried.
 *   not_sent    no byte of the request has left: no connection, or `sendBefore` had passed when it stood
 *   unanswered  at least one byte may have left, and no whole response came before the deadline; the socket is destroyed
 */
export type TransportResult =
  | { kind: 'response'; response: ProviderResponse }
  | { kind: 'not_sent'; reason: string }
  | { kind: 'unanswered'; reason: string };

export type Transport = (request: ProviderRequest, limits: TransportLimits) => Promise<TransportResult>;

/** A scrubbed exchange with a provider, kept for the timeline. */
export type Exchange = {
  operation: string;
  at: number;
  durationMs: number;
  requestHash: string;
  request: string;
  /** Null when no answer came. */
  responseHash: string | null;
  response: string | null;
};

export type Exchanges = {
  keep: (exchange: Exchange) => Promise<void>;
  /** What was exchanged about an operation and began in this time (milliseconds since the epoch, inclusive), in order. */
  of: (operation: string, began: { from: number; to: number }) => Promise<readonly Exchange[]>;
};
