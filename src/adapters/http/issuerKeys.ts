import {
  createLocalJWKSet,
  createRemoteJWKSet,
  customFetch,
  type FetchImplementation,
  type JWTVerifyGetKey,
} from 'jose';
import { Fault, isFault } from '#core/kit/fault.ts';
import type { Clock } from '#core/kit/world.ts';

export type IssuerKeysOptions = {
  /** As it stands in `iss`. */
  issuer: string;
  /** Where the key set is; null to ask the issuer's metadata (OpenID Connect Discovery 1.0). */
  jwksUrl: string | null;
  clock: Clock;
  /** Told each time that it was asked in vain. */
  onFailed: (fault: Fault) => void;
  times?: Partial<IssuerTimes>;
};

type RemoteKeys = ReturnType<typeof createRemoteJWKSet>;

export type IssuerTimes = {
  /** Keys are read again when they are older: a key that was withdrawn is good for nothing from then on. */
  freshMs: number;
  /** A key id that is not known makes the keys be read again, no oftener than this: anybody can make one up. */
  unknownKeyMs: number;
  /** While the issuer doesn't answer, the keys that were read last go on being used for so long. */
  staleMs: number;
  /** Nor is an issuer that failed asked oftener than this. */
  failedMs: number;
  answerMs: number;
};

const TIMES: IssuerTimes = {
  freshMs: 5 * 60_000,
  unknownKeyMs: 30_000,
  staleMs: 60 * 60_000,
  failedMs: 5000,
  answerMs: 3000,
};
const ANSWER_BYTES_MAX = 256 * 1024;
const METADATA = '/.well-known/openid-configuration';

/** The public keys of a token issuer elsewhere. What it gives throws a Fault, `issuer_unavailable`, when they can't be had. */
export function createIssuerKeys({ issuer, jwksUrl, clock, onFailed, times = {} }: IssuerKeysOptions): JWTVerifyGetKey {
  const { freshMs, unknownKeyMs, staleMs, failedMs, answerMs } = { ...TIMES, ...times };
  let remote: Promise<RemoteKeys> | null = null;
  let read = { at: Number.NEGATIVE_INFINITY, keys: createLocalJWKSet({ keys: [] }) };
  let failedAt = Number.NEGATIVE_INFINITY;

  async function getKey(...token: Parameters<JWTVerifyGetKey>) {
    try {
      const keys = await find();
      return await keys(...token);
    } catch (cause) {
      if (!isFault(cause) || clock.monotonic() - read.at > staleMs) throw cause;
      // With a key that isn't among the last ones nobody can say what the issuer would: not a forgery, not a good token.
      return await read.keys(...token).catch(() => Promise.reject(cause));
    }
  }

  /** Found once for all; after a failure, again. */
  function find(): Promise<RemoteKeys> {
    remote ??= open().catch((cause: unknown) => {
      remote = null;
      throw cause;
    });
    return remote;
  }

  async function open(): Promise<RemoteKeys> {
    return createRemoteJWKSet(new URL(jwksUrl ?? (await discover())), {
      cacheMaxAge: freshMs,
      cooldownDuration: unknownKeyMs,
      timeoutDuration: answerMs,
      [customFetch]: readKeys,
    });
  }

  async function discover(): Promise<string> {
    const metadata = (await ask(`${issuer.replace(/\/$/, '')}${METADATA}`, {})) as Record<string, unknown>;
    const { jwks_uri: url } = metadata;
    if (metadata['issuer'] !== issuer) throw failed('its metadata is of another issuer');
    if (typeof url !== 'string' || !isTrusted(url)) throw failed('its metadata has no jwks_uri that can be trusted');
    return url;
  }

  const readKeys: FetchImplementation = async (url, options) => {
    const set = (await ask(url, options)) as Parameters<typeof createLocalJWKSet>[0];
    try {
      read = { at: clock.monotonic(), keys: createLocalJWKSet(set) };
    } catch (cause) {
      throw failed('what it sent is no key set', cause);
    }
    return new Response(JSON.stringify(set));
  };

  async function ask(url: string, options: Omit<RequestInit, 'headers'>): Promise<unknown> {
    if (clock.monotonic() - failedAt < failedMs) throw unavailable('it did not answer a moment ago');
    try {
      return await fetchJson(url, { signal: AbortSignal.timeout(answerMs), redirect: 'manual', ...options });
    } catch (cause) {
      throw failed(`it did not answer as it should: ${(cause as Error).message}`, cause);
    }
  }

  function failed(reason: string, cause?: unknown): Fault {
    failedAt = clock.monotonic();
    const fault = unavailable(reason, cause);
    onFailed(fault);
    return fault;
  }

  return getKey;
}

/** Where tokens, or keys to check them with, may come from: nobody on the way may change them. */
export function isTrusted(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname } = new URL(url);
  return protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname));
}

/** By name or address, with or without the brackets that it has in a URL. */
export function isLoopback(host: string): boolean {
  return /^(?:localhost|127(?:\.\d{1,3}){3}|\[?::1\]?)$/i.test(host);
}

async function fetchJson(url: string, options: RequestInit): Promise<unknown> {
  const answer = await fetch(url, options);
  if (answer.status !== 200) throw new Error(`it answered ${answer.status}`);
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of answer.body ?? []) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > ANSWER_BYTES_MAX) throw new Error(`its answer is longer than ${ANSWER_BYTES_MAX} bytes`);
  }
  return JSON.parse(Buffer.concat(chunks).toString('utf8')) as unknown;
}

function unavailable(reason: string, cause?: unknown): Fault {
  return new Fault('issuer_unavailable', `the token issuer: ${reason}`, { retryable: true, cause });
}
