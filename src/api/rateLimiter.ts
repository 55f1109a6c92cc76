import type { Context, MiddlewareHandler } from 'hono';
import { ProblemError } from './problems.ts';
import { type Bucket, type RatePolicy, type Taken, takeToken } from './tokenBucket.ts';

/** Requests a second, of one client or one address; 0: as many as they like. */
export type RateLimits = {
  /** Of a client, once its token is verified. */
  readsPerSecond: number;
  writesPerSecond: number;
  /** Of an address: requests for tokens, and requests whose token or signature is not good. */
  tokensPerSecond: number;
  denialsPerSecond: number;
};

export type RateLimiterDeps = {
  limits: RateLimits;
  /** Monotonic, milliseconds. */
  now: () => number;
  /** Whose connection it is. */
  addressOf: (c: Context) => string;
};

/** Two seconds' worth at once: a client with many workers doesn't send evenly. */
const CLIENT_BURST_S = 2;
const ADDRESS_BURST_S = 20;
/** Of each kind. The one that was longest without a request goes first: it is likely full, and a full bucket is no bucket. */
const BUCKETS_MAX = 10_000;
const LIMITER = 'rateLimiter';
const TAKEN = 'rateTaken';

/**
 * Token buckets in this process's memory. Headers by draft-ietf-httpapi-ratelimit-headers-10: `RateLimit-Policy` says what is allowed
 * (`q` at once, `w` the seconds in which as many come again), `RateLimit` what is left (`r`) and in how many seconds all is there again (`t`).
 */
export function createRateLimiter({ limits, now, addressOf }: RateLimiterDeps) {
  const reads = createBuckets(policyOf('reads', limits.readsPerSecond, CLIENT_BURST_S), now);
  const writes = createBuckets(policyOf('writes', limits.writesPerSecond, CLIENT_BURST_S), now);
  const tokens = createBuckets(policyOf('tokens', limits.tokensPerSecond, ADDRESS_BURST_S), now);
  const denials = createBuckets(policyOf('denials', limits.denialsPerSecond, ADDRESS_BURST_S), now);

  function takeOf(c: Context, buckets: Buckets, key: string): void {
    const taken = buckets.take(key);
    if (taken === null) return;
    c.set(TAKEN, { ...taken, policy: buckets.policy });
    if (!taken.allowed) throw limited(taken);
  }

  const limiter = {
    /** Throws when the client has had its share. */
    takeOfClient: (c: Context, client: string) => takeOf(c, isRead(c) ? reads : writes, client),
    takeToken: (c: Context) => takeOf(c, tokens, addressOf(c)),
    /** Null: the refusal may be told as what it is. */
    denied: (c: Context): ProblemError | null => {
      const taken = denials.take(addressOf(c));
      return taken === null || taken.allowed ? null : limited(taken);
    },
  };

  /** Makes the limiter known to what comes after it, and tells the client of what was taken. */
  const middleware: MiddlewareHandler = async (c, next) => {
    c.set(LIMITER, limiter);
    await next();
    const taken = c.get(TAKEN) as (Taken & { policy: RatePolicy }) | undefined;
    if (taken === undefined) return;
    const { name, perSecond, burst } = taken.policy;
    c.res.headers.set('ratelimit-policy', `"${name}";q=${burst};w=${Math.ceil(burst / perSecond)}`);
    c.res.headers.set('ratelimit', `"${name}";r=${taken.remaining};t=${Math.ceil(taken.fullMs / 1000)}`);
  };

  return { ...limiter, middleware };
}

export type RateLimiter = ReturnType<typeof createRateLimiter>;

/** To be called when it is known who calls. */
export function takeOfClient(c: Context, client: string): void {
  (c.get(LIMITER) as RateLimiter | undefined)?.takeOfClient(c, client);
}

function isRead({ req }: Context): boolean {
  return req.method === 'GET' || req.method === 'HEAD';
}

function limited({ waitMs }: Taken): ProblemError {
  return new ProblemError('rate_limited', { retryAfterMs: waitMs });
}

function policyOf(name: string, perSecond: number, burstS: number): RatePolicy {
  return { name, perSecond, burst: Math.max(1, Math.ceil(perSecond * burstS)) };
}

/** Bounded: an attacker with many addresses makes others' buckets new, never the memory full. */
function createBuckets(policy: RatePolicy, now: () => number) {
  const buckets = new Map<string, Bucket>();

  function take(key: string): Taken | null {
    if (policy.perSecond === 0) return null;
    const taken = takeToken(buckets.get(key), policy, now());
    buckets.delete(key);
    const oldest = buckets.keys().next();
    if (buckets.size >= BUCKETS_MAX && !oldest.done) buckets.delete(oldest.value);
    buckets.set(key, taken.bucket);
    return taken;
  }

  return { policy, take };
}

type Buckets = ReturnType<typeof createBuckets>;
