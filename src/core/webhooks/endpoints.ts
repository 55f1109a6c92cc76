import type { Documents } from '#core/documents/ports.ts';
import { Fault } from '#core/kit/fault.ts';
import { base32 } from '#core/kit/id.ts';
import { err, ok, type Result } from '#core/kit/result.ts';
import type { Secret } from '#core/kit/secret.ts';
import type { Clock, Random } from '#core/kit/world.ts';
import type { Sealer } from '#core/secrets/ports.ts';
import { decodeEndpoint, encodeEndpoint, type SealedSecret, type WebhookEndpoint } from './endpoint.ts';
import type { CheckUrl, DeliveryQueue, UrlRefusal } from './ports.ts';
import { SECRET_BYTES, webhookSecretOf } from './sign.ts';

export const ENDPOINTS_MAX = 16;
/** A former secret lives for so long at most. */
export const SECRET_OVERLAP_SECONDS_MAX = 7 * 24 * 60 * 60;
/** Two that are registered at once may both be the last one that is allowed. */
const LISTED_MAX = 4 * ENDPOINTS_MAX;
const ID_BYTES = 20;
/** Merchants whose endpoints are remembered, so that a commit of a merchant without any costs next to nothing. */
const REMEMBERED_MAX = 10_000;
const CHANGE_TRIES_MAX = 5;

export type EndpointsDeps = {
  documents: Documents;
  sealer: Sealer;
  queue: Pick<DeliveryQueue, 'abandon' | 'forgive'>;
  checkUrl: CheckUrl;
  clock: Clock;
  random: Random;
};

export type EndpointFields = Pick<WebhookEndpoint, 'url' | 'events' | 'description'>;
/** What is not there stays. */
export type EndpointChanges = { [name in keyof EndpointFields]?: EndpointFields[name] | undefined } & {
  enabled?: boolean | undefined;
};
export type NotFound = { code: 'webhook_endpoint_not_found' };
export type UrlRefused = { code: 'webhook_url_refused'; reason: UrlRefusal };
export type WithSecret = { endpoint: WebhookEndpoint; secret: Secret };

/** The endpoints of merchants. Another merchant's is not found. */
export function createEndpoints({ documents, sealer, queue, checkUrl, clock, random }: EndpointsDeps) {
  const remembered = new Map<string, Promise<readonly WebhookEndpoint[]>>();

  /** All endpoints of a merchant, in no order. Exact where this process is the only one that changes them. */
  function ofMerchant(merchant: string): Promise<readonly WebhookEndpoint[]> {
    const known = remembered.get(merchant);
    if (known !== undefined) return known;
    const loading = list(merchant);
    remembered.set(merchant, loading);
    const forget = () => {
      if (remembered.get(merchant) === loading) remembered.delete(merchant);
    };
    loading.catch(forget);
    const oldest = remembered.keys().next();
    if (remembered.size > REMEMBERED_MAX && !oldest.done) remembered.delete(oldest.value);
    return loading;
  }

  /** Newest first. */
  async function list(merchant: string): Promise<readonly WebhookEndpoint[]> {
    const page = await documents.list(collectionOf(merchant), { prefix: '', after: null, limit: LISTED_MAX });
    return page.documents.map(decodeEndpoint).sort((left, right) => right.createdAt - left.createdAt);
  }

  async function get(merchant: string, id: string): Promise<Result<WebhookEndpoint, NotFound>> {
    const document = await documents.get(collectionOf(merchant), id);
    return document === null ? err({ code: 'webhook_endpoint_not_found' }) : ok(decodeEndpoint(document));
  }

  async function create(
    merchant: string,
    fields: EndpointFields,
  ): Promise<Result<WithSecret, UrlRefused | { code: 'too_many_webhook_endpoints' }>> {
    const refusal = await checkUrl(fields.url);
    if (refusal !== null) return err({ code: 'webhook_url_refused', reason: refusal });
    if ((await list(merchant)).length >= ENDPOINTS_MAX) return err({ code: 'too_many_webhook_endpoints' });
    const id = `whe_${base32(random.bytes(ID_BYTES))}`;
    const { secret, sealed } = await makeSecret(merchant, id);
    const now = clock.now();
    const endpoint: WebhookEndpoint = {
      ...fields,
      id,
      merchant,
      version: 1,
      state: { enabled: true, since: now },
      secrets: [{ sealed, expiresAt: null }],
      createdAt: now,
      updatedAt: now,
    };
    if (!(await store(endpoint))) throw new Fault('id_taken', 'a random id was taken', { retryable: true });
    return ok({ endpoint, secret });
  }

  async function update(
    merchant: string,
    id: string,
    { url, events, description, enabled }: EndpointChanges,
  ): Promise<Result<WebhookEndpoint, NotFound | UrlRefused>> {
    const refusal = url === undefined ? null : await checkUrl(url);
    if (refusal !== null) return err({ code: 'webhook_url_refused', reason: refusal });
    const changed = await change(merchant, id, (endpoint, at) => {
      const next = {
        ...endpoint,
        url: url ?? endpoint.url,
        events: events ?? endpoint.events,
        description: description === undefined ? endpoint.description : description,
      };
      if (enabled === undefined || enabled === endpoint.state.enabled) return next;
      return { ...next, state: enabled ? { enabled, since: at } : { enabled, reason: 'by_merchant', at } };
    });
    if (changed.ok && enabled === true) await queue.forgive(id);
    if (changed.ok && enabled === false) await abandon(id, 'endpoint_disabled');
    return changed;
  }

  /** A second rotation before the former secret has expired ends that one at once: two are live at most. */
  async function rotateSecret(
    merchant: string,
    id: string,
    overlapSeconds: number,
  ): Promise<Result<WithSecret, NotFound>> {
    const { secret, sealed } = await makeSecret(merchant, id);
    const changed = await change(merchant, id, (endpoint, now) => {
      const [former] = endpoint.secrets;
      const fresh: SealedSecret = { sealed, expiresAt: null };
      const expiresAt = now + overlapSeconds * 1000;
      return { ...endpoint, secrets: overlapSeconds === 0 ? [fresh] : [fresh, { ...former, expiresAt }] };
    });
    return changed.ok ? ok({ endpoint: changed.value, secret }) : changed;
  }

  /** Null when it is not there or was disabled already. */
  async function disable(merchant: string, id: string, reason: 'failing' | 'gone'): Promise<WebhookEndpoint | null> {
    let isNews = false;
    const changed = await change(merchant, id, (endpoint, at) => {
      isNews = endpoint.state.enabled;
      return isNews ? { ...endpoint, state: { enabled: false, reason, at } } : endpoint;
    });
    return changed.ok && isNews ? changed.value : null;
  }

  async function remove(merchant: string, id: string): Promise<Result<WebhookEndpoint, NotFound>> {
    for (let tries = 0; tries < CHANGE_TRIES_MAX; tries += 1) {
      const found = await get(merchant, id);
      if (!found.ok) return found;
      const removed = await documents.remove(collectionOf(merchant), id, found.value.version);
      remembered.delete(merchant);
      if (removed === 'conflict') continue;
      await abandon(id, 'endpoint_deleted');
      return found;
    }
    throw contended(id);
  }

  /** What still waits for an endpoint that takes nothing any more. Whatever is left of it after a crash, who delivers it finds out. */
  async function abandon(id: string, reason: 'endpoint_disabled' | 'endpoint_deleted'): Promise<void> {
    await queue.abandon(id, { status: 'dead', reason, at: clock.now() });
  }

  /** The live secrets, newest first. */
  async function openSecrets({ id, merchant, secrets }: WebhookEndpoint): Promise<readonly Secret[]> {
    const live = secrets.filter(({ expiresAt }) => expiresAt === null || expiresAt > clock.now());
    return Promise.all(live.map(({ sealed }) => sealer.open(sealed, purposeOf(merchant, id))));
  }

  async function change(
    merchant: string,
    id: string,
    to: (endpoint: WebhookEndpoint, now: number) => WebhookEndpoint,
  ): Promise<Result<WebhookEndpoint, NotFound>> {
    for (let tries = 0; tries < CHANGE_TRIES_MAX; tries += 1) {
      const found = await get(merchant, id);
      if (!found.ok) return found;
      const now = clock.now();
      const changed = to(found.value, now);
      if (changed === found.value) return found;
      const next = { ...changed, version: found.value.version + 1, updatedAt: now };
      if (await store(next)) return ok(next);
    }
    throw contended(id);
  }

  async function store(endpoint: WebhookEndpoint): Promise<boolean> {
    const { id, merchant, version } = endpoint;
    const change = { body: encodeEndpoint(endpoint), expectedVersion: version - 1 };
    try {
      return (await documents.put(collectionOf(merchant), id, change)) === 'stored';
    } finally {
      // Also when it failed: it may have been stored. Before its promise resolves, so that no commit after it meets the old ones.
      remembered.delete(merchant);
    }
  }

  async function makeSecret(merchant: string, id: string) {
    const secret = webhookSecretOf(random.bytes(SECRET_BYTES));
    return { secret, sealed: await sealer.seal(secret.reveal(), purposeOf(merchant, id)) };
  }

  return { ofMerchant, list, get, create, update, rotateSecret, disable, remove, abandon, openSecrets };
}

export type Endpoints = ReturnType<typeof createEndpoints>;

function collectionOf(merchant: string): string {
  return `webhook_endpoints/${merchant}`;
}

function purposeOf(merchant: string, id: string): string {
  return `${collectionOf(merchant)}/${id}`;
}

function contended(id: string): Fault {
  return new Fault('contended', `${id} is being changed by others all the time`, { retryable: true });
}
