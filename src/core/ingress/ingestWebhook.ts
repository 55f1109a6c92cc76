import { sha256 } from '#core/journal/commit.ts';
import type { Log } from '#core/kit/log.ts';
import type { Clock } from '#core/kit/world.ts';
import type { Rejection } from '#core/payments/decide/rejections.ts';
import { type Histories, latest } from '#core/payments/history.ts';
import { parseOperationId } from '#core/payments/payment.ts';
import type { Perform, TimelessCommand } from '#core/payments/perform.ts';
import type { ProviderAccounts } from '#core/payments/ports.ts';
import type { WebhookNotice } from '#core/provider/port.ts';
import { type About, findSubject } from './findSubject.ts';
import type { Inbox, InboxItem, IngestResult, QuarantineReason, References, WaitReason } from './ports.ts';
import { exactText } from './webhookId.ts';

export type IngestWebhookDeps = {
  inbox: Inbox;
  references: References;
  accounts: ProviderAccounts;
  histories: Histories;
  perform: Perform;
  clock: Clock;
  log: Log;
};

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
/** After each attempt in vain; after the last one a person has to look. */
const RETRY_AFTER_MS = [
  5 * SECOND_MS,
  30 * SECOND_MS,
  2 * MINUTE_MS,
  10 * MINUTE_MS,
  HOUR_MS,
  6 * HOUR_MS,
  24 * HOUR_MS,
];
/** Another writer got there first this many times in a row: something is wrong, and a later attempt looks again. */
const APPEND_ATTEMPTS_MAX = 16;
const PAYMENT_ID = /^pay_[0-9a-z]{32}$/;

type Verdict =
  | { kind: 'finished'; result: IngestResult }
  | { kind: 'wait'; reason: WaitReason }
  | { kind: 'refuse'; reason: QuarantineReason };

/** What one webhook of the inbox says, told to the payment that it is about. Repeating it changes nothing. */
export function createIngestWebhook(deps: IngestWebhookDeps) {
  const { inbox, references, accounts, histories, perform, clock, log } = deps;

  /** Throws only when the inbox itself can't be written: then the item is still due. */
  async function ingest(item: InboxItem): Promise<void> {
    const verdict = await judge(item).catch((fault: unknown): Verdict => {
      log.error('a webhook could not be worked on', { item: item.id, provider: item.provider, fault });
      return { kind: 'wait', reason: 'fault' };
    });
    if (verdict.kind === 'finished') return await inbox.finish(item.id, verdict.result);
    const attempts = item.attempts + 1;
    const waitMs = verdict.kind === 'wait' ? RETRY_AFTER_MS[item.attempts] : undefined;
    if (verdict.kind === 'wait' && waitMs !== undefined)
      return await inbox.retryAt(item.id, { at: clock.now() + waitMs, attempts, reason: verdict.reason });
    await inbox.quarantine(item.id, { attempts, reason: verdict.reason });
    log.error('a webhook was quarantined', { item: item.id, provider: item.provider, reason: verdict.reason });
  }

  async function judge(item: InboxItem): Promise<Verdict> {
    const connected = await accounts.find(item.account);
    if (connected === null) return { kind: 'wait', reason: 'account_unknown' };
    const { webhooks, capabilities } = connected.provider;
    const body = exactText(item.body) ?? '';
    if (webhooks.isOf?.(body, connected.account) === false) return { kind: 'finished', result: 'ignored' };
    const notice = webhooks.read(body);
    if (notice === null && webhooks.isOther?.(body) === true) return { kind: 'finished', result: 'ignored' };
    // Kept where an operator sees it: once the adapter has the word, it is read again.
    if (notice === null) return { kind: 'refuse', reason: 'not_understood' };
    if (notice.outcome.outcome === 'unknown') return { kind: 'refuse', reason: 'outcome_unknown' };
    const payment = await findPayment(notice, item.account);
    if (payment === null) return { kind: 'wait', reason: 'payment_unknown' };
    const about = { notice, account: item.account, echoesReferences: capabilities.echoesReferences };
    return await tell(payment, about, sha256(body));
  }

  async function findPayment(notice: WebhookNotice, account: string): Promise<string | null> {
    const { outcome, targetReference } = notice;
    const named = namedPayment(notice);
    if (named !== null) return named;
    const own = 'providerReference' in outcome ? outcome.providerReference : null;
    for (const reference of [own, targetReference]) {
      const found = reference === null ? null : await references.find(account, reference);
      if (found !== null) return found;
    }
    return null;
  }

  /** The subject is sought again after each lost race: what another writer has just discovered must not be discovered twice. */
  async function tell(id: string, about: About, rawHash: string): Promise<Verdict> {
    for (let tried = 0; tried < APPEND_ATTEMPTS_MAX; tried += 1) {
      const history = await histories.load(id);
      const payment = latest(history);
      if (payment === null) return { kind: 'wait', reason: 'payment_unknown' };
      const subject = findSubject(payment, about);
      if (subject.kind === 'wait' || subject.kind === 'refuse') return subject;
      const attempted = await perform.attempt(history, commandFor(subject, about, rawHash), null);
      if (attempted === 'conflict') continue;
      if (!attempted.ok) return refusal(attempted.error);
      const changed = attempted.value.versions.length > history.versions.length;
      return { kind: 'finished', result: changed ? 'applied' : 'no_change' };
    }
    return { kind: 'wait', reason: 'fault' };
  }

  /** Items with the same lane are about the same payment, as far as can be told without looking anything up. */
  function laneOf(item: InboxItem): string {
    const notice = noticeIn(item);
    if (notice === null) return item.id;
    const { outcome, targetReference } = notice;
    const reference = targetReference ?? ('providerReference' in outcome ? outcome.providerReference : null);
    return namedPayment(notice) ?? (reference === null ? item.id : `${item.account} ${reference}`);
  }

  function noticeIn({ provider, body }: InboxItem): WebhookNotice | null {
    try {
      return accounts.provider(provider)?.webhooks.read(exactText(body) ?? '') ?? null;
    } catch {
      // It fails again where the failure is counted.
      return null;
    }
  }

  return { ingest, laneOf };
}

export type IngestWebhook = ReturnType<typeof createIngestWebhook>;

/** Our own id, as the provider echoes it. */
function namedPayment({ reference, payment }: WebhookNotice): string | null {
  const parsed = reference === null ? null : parseOperationId(reference);
  if (parsed !== null) return parsed.payment;
  return payment !== null && PAYMENT_ID.test(payment) ? payment : null;
}

function commandFor(
  subject: Extract<ReturnType<typeof findSubject>, { kind: 'operation' | 'discovery' }>,
  { notice: { outcome }, account }: About,
  rawHash: string,
): TimelessCommand {
  const proof = { source: 'webhook', account, rawHash } as const;
  if (subject.kind === 'discovery')
    return { type: 'discover', kind: subject.of, target: subject.target, outcome, proof };
  return { type: 'observe', operation: subject.operation, observation: { kind: 'told', outcome, proof } };
}

function refusal({ code }: Rejection): Verdict {
  switch (code) {
    case 'account_mismatch':
    case 'reference_mismatch':
      return { kind: 'refuse', reason: code };
    default:
      return { kind: 'wait', reason: 'operation_unknown' };
  }
}
