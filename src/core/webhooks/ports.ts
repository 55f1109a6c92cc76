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
