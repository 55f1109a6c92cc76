import { assert } from '#core/kit/assert.ts';
import { err, ok, type Result } from '#core/kit/result.ts';
import type { Clock } from '#core/kit/world.ts';
import type { ConnectedAccount, ProviderAccounts } from '#core/payments/ports.ts';
import type { Provider } from '#core/provider/port.ts';
import type { Inbox } from './ports.ts';
import { exactText, webhookId } from './webhookId.ts';

export type ReceiveWebhookDeps = { accounts: ProviderAccounts; inbox: Inbox; clock: Clock };

/** `account`: as the URL names it; null when it names only the provider. Header names are lower-case. */
export type IncomingWebhook = {
  provider: string;
  account: string | null;
  headers: Readonly<Record<string, string | undefined>>;
  body: Uint8Array;
};

export type ReceiveRejection = { code: 'provider_not_found' } | { code: 'signature_invalid' };

/** Proves and keeps what a provider tells. It is durable when this resolves; the work on it comes after. */
export function createReceiveWebhook({ accounts, inbox, clock }: ReceiveWebhookDeps) {
  const refused = new Map<string, number>();

  async function receive(
    incoming: IncomingWebhook,
  ): Promise<Result<{ id: string; stored: 'received' | 'duplicate' }, ReceiveRejection>> {
    const candidates = await candidatesFor(incoming);
    if (candidates.length === 0) return err({ code: 'provider_not_found' });
    const text = exactText(incoming.body);
    const now = clock.now();
    const delivery = { headers: incoming.headers, body: text ?? '' };
    const proven =
      text === null
        ? undefined
        : candidates.find(({ provider, account }) => provider.webhooks.isGenuine(delivery, account, now));
    if (proven === undefined) {
      refused.set(incoming.provider, (refused.get(incoming.provider) ?? 0) + 1);
      return err({ code: 'signature_invalid' });
    }
    const account = proven.account.id;
    const { provider } = incoming;
    const events = eventsIn(proven.provider, delivery.body).map((text) => ({
      id: webhookId(account, eventOf(proven.provider, text)),
      body: text === delivery.body ? incoming.body : Buffer.from(text),
    }));
    const stored = await Promise.all(
      events.map(({ id, body }) => inbox.receive({ id, provider, account, body, receivedAt: now })),
    );
    const [first] = events;
    assert(first !== undefined, 'a delivery without an event');
    return ok({ id: first.id, stored: stored.includes('received') ? 'received' : 'duplicate' });
  }

  async function candidatesFor({ provider, account }: IncomingWebhook): Promise<readonly ConnectedAccount[]> {
    if (account === null) return accounts.unnamed(provider);
    const named = await accounts.find(account);
    return named?.provider.name === provider ? [named] : [];
  }

  /** How many were refused since the start, by provider: not kept, because anybody can send them. */
  return { receive, refused: (): Readonly<Record<string, number>> => Object.fromEntries(refused) };
}

export type ReceiveWebhook = ReturnType<typeof createReceiveWebhook>['receive'];

/** At least one: what holds none that is known is kept whole. */
function eventsIn({ webhooks }: Provider, body: string): readonly string[] {
  try {
    const events = webhooks.split?.(body) ?? [body];
    return events.length === 0 ? [body] : events;
  } catch {
    return [body];
  }
}

/** An adapter that fails on a body must not keep it from being stored: it fails again where that is shown. */
function eventOf(provider: Provider, body: string): { id: string } | { body: string } {
  try {
    const notice = provider.webhooks.read(body);
    return notice === null ? { body } : { id: notice.id };
  } catch {
    return { body };
  }
}
