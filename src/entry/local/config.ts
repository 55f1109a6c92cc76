import { resolve } from 'node:path';
import type { RateLimits } from '#api/rateLimiter.ts';
import { Fault } from '#core/kit/fault.ts';
import { type IssuerConfig, readIssuerConfig } from './issuerConfig.ts';
import { readRateLimits } from './rateLimitConfig.ts';

export type Config = {
  /** Absolute. */
  folder: string;
  /** Where it listens. Beyond this machine only with an issuer of one's own. */
  host: string;
  /** 0 takes a free one. */
  port: number;
  /** A simulator that runs as a process of its own; null to run one inside. */
  simulator: { url: string; apiKey: string; webhookSecret: string | null } | null;
  /** Null: the platform issues tokens itself, to development clients. */
  issuer?: IssuerConfig | null;
  /** How others reach it, without a slash at the end; null for the address that it listens on. */
  publicUrl?: string | null;
  rateLimits?: RateLimits;
  /** While it stops it says so at /readyz for so long before it takes no more requests: a balancer needs some seconds to see it. */
  stopDelayMs?: number;
};

const PORT_DEFAULT = 8080;
const PORT_MAX = 65535;

export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const simulatorUrl = env['FLORIN_SIMULATOR_URL'];
  const publicUrl = env['FLORIN_PUBLIC_URL'];
  return {
    folder: resolve(env['FLORIN_DATA'] || '.florin'),
    host: env['FLORIN_HOST'] || '127.0.0.1',
    port: readPort(env['PORT']),
    simulator: simulatorUrl
      ? {
          url: readUrl('FLORIN_SIMULATOR_URL', simulatorUrl),
          apiKey: env['FLORIN_SIMULATOR_API_KEY'] || 'sim_local_key',
          webhookSecret: env['FLORIN_SIMULATOR_WEBHOOK_SECRET'] || null,
        }
      : null,
    issuer: readIssuerConfig(env),
    publicUrl: publicUrl ? readUrl('FLORIN_PUBLIC_URL', publicUrl) : null,
    rateLimits: readRateLimits(env),
    stopDelayMs: readSeconds('FLORIN_STOP_DELAY_SECONDS', env['FLORIN_STOP_DELAY_SECONDS']) * 1000,
  };
}

function readPort(text: string | undefined): number {
  if (text === undefined || text === '') return PORT_DEFAULT;
  if (/^\d{1,5}$/.test(text) && Number(text) <= PORT_MAX) return Number(text);
  throw new Fault('config_invalid', `PORT is "${text}"; expected a number from 0 to ${PORT_MAX}`, { retryable: false });
}

function readSeconds(name: string, text: string | undefined): number {
  if (text === undefined || text === '') return 0;
  if (/^\d{1,3}$/.test(text)) return Number(text);
  throw new Fault('config_invalid', `${name} is "${text}"; expected whole seconds, at most 999`, { retryable: false });
}

function readUrl(name: string, text: string): string {
  if (/^https?:\/\//.test(text) && URL.canParse(text)) return new URL(text).origin;
  throw new Fault('config_invalid', `${name} is not an http or https URL`, { retryable: false });
}
