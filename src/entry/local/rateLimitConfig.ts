import type { RateLimits } from '#api/rateLimiter.ts';
import { Fault } from '#core/kit/fault.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** More than one merchant's shop ever sends, and less than what would hold up the others for long. */
const DEFAULTS: RateLimits = {
  readsPerSecond: 2000,
  writesPerSecond: 1000,
  tokensPerSecond: 50,
  denialsPerSecond: 50,
};

export function readRateLimits(env: Environment): RateLimits {
  return {
    readsPerSecond: readRate(env, 'FLORIN_RATE_LIMIT_READS_PER_SECOND', DEFAULTS.readsPerSecond),
    writesPerSecond: readRate(env, 'FLORIN_RATE_LIMIT_WRITES_PER_SECOND', DEFAULTS.writesPerSecond),
    tokensPerSecond: readRate(env, 'FLORIN_RATE_LIMIT_TOKENS_PER_SECOND', DEFAULTS.tokensPerSecond),
    denialsPerSecond: readRate(env, 'FLORIN_RATE_LIMIT_DENIALS_PER_SECOND', DEFAULTS.denialsPerSecond),
  };
}

function readRate(env: Environment, name: string, byDefault: number): number {
  const text = env[name];
  if (text === undefined || text === '') return byDefault;
  if (/^\d{1,7}(?:\.\d{1,3})?$/.test(text)) return Number(text);
  throw new Fault('config_invalid', `${name} is "${text}"; expected requests a second, or 0 for no limit`, {
    retryable: false,
  });
}
