import assert from 'node:assert/strict';
import { credentialOf } from '#core/provider/accountForm.ts';
import type { KitClock, WebhookFault } from './faults.ts';
import type { Platform } from './platform.ts';
import type { Double, Subject } from './subject.ts';

const LATE_MS = 5 * 60 * 1000;

/** Signs what the double tells and brings it to the platform, with one thing that goes wrong. */
export function createPostman(
  subject: Subject,
  {
    double,
    clock,
    platform,
    fault,
  }: { double: Double; clock: KitClock; platform: Platform; fault: WebhookFault | null },
) {
  const { provider, account, otherAccount, webhooks } = subject;
  const secretOf = (of: typeof account) => credentialOf(of, webhooks.secretField).reveal();
  let isFirst = true;

  async function deliver(): Promise<void> {
    const bodies = await double.takeWebhooks();
    const lost = fault === 'webhook_lost' && isFirst && bodies.length > 0;
    if (bodies.length > 0) isFirst = false;
    if (fault === 'webhook_late' && bodies.length > 0) clock.advance(LATE_MS);
    for (const body of lost ? bodies.slice(1) : bodies) await bring(body);
    await platform.ingestDue();
  }

  async function bring(body: string): Promise<void> {
    const sign = (secret: string) => webhooks.sign(body, { secrets: [secret], at: clock.now() });
    const receive = async ({ headers, body: bytes }: ReturnType<typeof sign>) =>
      (
        await platform.receiveWebhook({
          provider: provider.name,
          account: account.id,
          headers,
          body: Buffer.from(bytes),
        })
      ).ok;
    if (fault === 'webhook_forged') assert.ok(!(await receive(sign('nobody knows'))), 'a forged webhook was taken');
    if (fault === 'webhook_crossed')
      assert.ok(!(await receive(sign(secretOf(otherAccount)))), 'one of another account was taken');
    assert.ok(await receive(sign(secretOf(account))), 'a genuine webhook was refused');
    if (fault === 'webhook_twice') assert.ok(await receive(sign(secretOf(account))), 'the second delivery was refused');
  }

  return { deliver };
}
