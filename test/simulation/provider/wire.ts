import { createHmac } from 'node:crypto';
import type { ProviderAccount, ProviderRequest } from '#core/provider/port.ts';
import { type Charge, type Entry, isRefusal, type Kept, type Refusal } from './model.ts';

/** A POST in the words of `acts.ts`. `id`: what the provider will call it, where it says so before it has done it. */
export type Post = { path: string; body: { readonly [field: string]: unknown } };
export type Answer = { status: number; body: string };
export type Signed = { headers: Record<string, string>; body: string };
/** `n`: a number that no other event has. `now`: milliseconds since the epoch. */
export type Telling = { n: number; now: number; account: ProviderAccount };

/** What an account's provider shows. `isListed`: what was made a moment ago may not be in its lists yet. */
export type Visible = {
  find: (id: string) => Kept | undefined;
  all: () => readonly Kept[];
  named: (reference: string) => readonly (Charge | Entry)[];
  isListed: (made: Charge | Entry) => boolean;
};

/** How a provider is spoken with. What it does, and its books, are the same whoever it is. */
export type Wire = {
  /** What it approves, takes and declines is what was asked for, and stays so. */
  isExact: boolean;
  /** Each capture is the last of its authorisation. */
  releasesRest: boolean;
  /** Null where nothing of it has this address. `units`: an amount as it stands there, whose currency the charge has. */
  read: (request: ProviderRequest) => Post | null;
  answer: (made: Charge | Entry | Refusal, kept?: Kept) => Answer;
  /** To a GET. */
  look: (request: ProviderRequest, visible: Visible) => Answer;
  /** The answer to what is only received here, and done a while later; null: it is done at once. `id`: what it will be called. */
  received: (post: Post, id: string) => Answer | null;
  /** To a key that has come with other bytes. */
  keyReused: Answer;
  /** Webhooks that tell of it, and whose bodies are as they are sent; none where it tells nothing new. */
  events: (kept: Kept, made: Charge | Entry, telling: Telling) => readonly string[];
  /** The headers it is sent with. */
  headers: (body: string, telling: Omit<Telling, 'n'>) => Record<string, string>;
  /** The same webhook, with a success in it that was none, by somebody who does not know the secret. */
  forge: (body: string, telling: Telling) => Signed;
};

const SECOND_MS = 1000;

/** In how many of its units the providers count a krona that ISO 4217 has no parts of; other currencies that are paid with here are counted alike. */
const UNITS_OF_A_KRONA = 100;

export function minorOf(units: number, currency: string): number {
  return currency === 'ISK' ? units / UNITS_OF_A_KRONA : units;
}

export function unitsOf(minor: number, currency: string): number {
  return currency === 'ISK' ? minor * UNITS_OF_A_KRONA : minor;
}

export const simulatorWire: Wire = {
  isExact: false,
  releasesRest: false,
  read: ({ url, body }) => ({ path: url.replace(/^https:\/\/\w+\.example/, ''), body: JSON.parse(body ?? '{}') }),
  answer: (made) =>
    isRefusal(made)
      ? { status: made.status, body: JSON.stringify({ error: { code: made.code, message: made.code } }) }
      : { status: 200, body: JSON.stringify(made) },
  look: ({ url }, visible) => {
    const reference = /\/v1\/operations\?reference=(.*)$/.exec(url)?.[1];
    if (reference === undefined) {
      const kept = visible.find(url.replace(/^.*\/v1\/charges\//, ''));
      return simulatorWire.answer(kept?.charge ?? { status: 404, code: 'not_found' });
    }
    const data = visible.named(decodeURIComponent(reference)).filter(visible.isListed);
    return { status: 200, body: JSON.stringify({ object: 'list', data }) };
  },
  received: () => null,
  keyReused: { status: 422, body: '{"error":{"code":"idempotency_key_reused"}}' },
  events: ({ charge }, made, { n }) => {
    const tell = (id: number, type: string, data: object) =>
      JSON.stringify({ id: `evt_${id}`, type: `${type}.updated`, data });
    if (made.object === 'charge') return [tell(2 * n, 'charge', made)];
    // What is done to a charge changes it, too.
    return [tell(2 * n, made.object, { ...made, metadata: charge.metadata }), tell(2 * n + 1, 'charge', charge)];
  },
  headers: (body, { now, account }) => {
    const secret = account.credentials['webhook_secret']?.[0]?.reveal() ?? '';
    const seconds = Math.floor(now / SECOND_MS);
    const v1 = createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex');
    return { 'simulator-signature': `t=${seconds},v1=${v1}` };
  },
  forge: (body, { n, now }) => ({
    headers: { 'simulator-signature': `t=${Math.floor(now / SECOND_MS)},v1=${'0'.repeat(64)}` },
    body: lieOf(body, `evt_lie_${n}`),
  }),
};

/** Another event, in which everything has succeeded. */
export function lieOf(body: string, id: string): string {
  return body.replace(/"evt_\d+"/, `"${id}"`).replace(/"status":"\w+"/, '"status":"succeeded"');
}
