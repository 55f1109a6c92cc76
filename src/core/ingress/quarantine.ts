import { err, ok, type Result } from '#core/kit/result.ts';
import type { Clock } from '#core/kit/world.ts';
import type { ProviderAccounts } from '#core/payments/ports.ts';
import { createScrubber } from '#core/provider/scrub.ts';
import type { Inbox, QuarantinedItem } from './ports.ts';
import { exactText } from './webhookId.ts';

export type QuarantineDeps = { inbox: Inbox; accounts: ProviderAccounts; clock: Clock };

/** `body`: masked by the provider's rules, and cut; null when the platform knows the provider no longer, and nobody knows what to mask. */
export type ShownItem = Omit<QuarantinedItem, 'body'> & { body: string | null };

/** For operators: webhooks that could not be told to a payment. None is ever dropped. */
export function createQuarantine({ inbox, accounts, clock }: QuarantineDeps) {
  async function list(
    cursor: string | null,
    limit: number,
  ): Promise<Result<{ items: readonly ShownItem[]; next: string | null }, { code: 'cursor_invalid' }>> {
    const page = await inbox.quarantined(cursor, limit);
    if (page === 'cursor_invalid') return err({ code: 'cursor_invalid' });
    return ok({ items: page.items.map((item) => ({ ...item, body: shownBody(item) })), next: page.next });
  }

  /** Worked on again at once, with all its attempts before it. */
  async function retry(id: string): Promise<Result<null, { code: 'quarantined_item_not_found' }>> {
    return (await inbox.release(id, clock.now())) ? ok(null) : err({ code: 'quarantined_item_not_found' });
  }

  function shownBody({ provider: name, body }: QuarantinedItem): string | null {
    const provider = accounts.provider(name);
    if (provider === null) return null;
    // A scrubber masks whole exchanges: the webhook is handed to it as an answer, and taken out of it again.
    const scrubbed = createScrubber(provider.scrub).response({
      status: 200,
      headers: {},
      body: exactText(body) ?? '',
    });
    return (JSON.parse(scrubbed) as { body: string }).body;
  }

  return { list, retry };
}

export type Quarantine = ReturnType<typeof createQuarantine>;
