/** So many requests a second in the long run, so many at once. */
export type RatePolicy = { name: string; perSecond: number; burst: number };

/** `tokens` at the time `at`, in milliseconds of a monotonic clock. Nobody's bucket is full. */
export type Bucket = { tokens: number; at: number };

export type Taken = {
  bucket: Bucket;
  allowed: boolean;
  /** Whole requests that may follow at once. */
  remaining: number;
  /** Until there is one for the next request; 0 when there is. */
  waitMs: number;
  /** Until all are there again. */
  fullMs: number;
};

/** Sums of thousandths are never quite whole. */
const ALMOST = 1e-6;

/** Takes one request out of a bucket that fills at a steady rate. A refused request takes nothing. */
export function takeToken(bucket: Bucket | undefined, { perSecond, burst }: RatePolicy, now: number): Taken {
  const perMs = perSecond / 1000;
  const since = bucket === undefined ? 0 : Math.max(0, now - bucket.at);
  const filled = bucket === undefined ? burst : Math.min(burst, bucket.tokens + since * perMs);
  const allowed = filled >= 1 - ALMOST;
  const tokens = allowed ? Math.max(0, filled - 1) : filled;
  return {
    bucket: { tokens, at: now },
    allowed,
    remaining: Math.floor(tokens),
    waitMs: tokens >= 1 ? 0 : Math.ceil((1 - tokens) / perMs),
    fullMs: Math.ceil((burst - tokens) / perMs),
  };
}
