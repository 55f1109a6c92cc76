import { defined } from '#core/kit/assert.ts';
import { deriveFingerprint, type IdSecret } from '#core/kit/id.ts';
import type { Breaker } from '#core/provider/breaker.ts';
import type { OperationRequest } from '#core/provider/port.ts';
import { requestHashOf } from '#core/provider/send.ts';
import type { ResendTerms } from './events.ts';
import { findOperation, type Operation, operationId, type Payment, providerReferenceOf } from './payment.ts';
import type { OperationIntent, PlannedPayment, Planner, Resending } from './plan.ts';
import type { ConnectedAccount, ProviderAccounts } from './ports.ts';

export type PlannerDeps = {
  accounts: ProviderAccounts;
  breaker: Breaker;
  idSecret: IdSecret;
  returnUrlOf: (payment: string) => string;
};

/** Where operations go and what exactly will leave, from the configured accounts. */
export function createPlanner({ accounts, breaker, idSecret, returnUrlOf }: PlannerDeps) {
  const planner: Planner = {
    plan: (payment, intent, now) => {
      const connected = wayOf(payment, intent);
      if (connected === null) return { way: 'none' };
      const { provider, account } = connected;
      if (!breaker.mayPass(account.id)) return { way: 'unavailable', provider: provider.name, account: account.id };
      const idempotencyKey = deriveFingerprint(
        idSecret,
        'provider',
        payment.merchant,
        payment.id,
        String(intent.operation),
      );
      const request = provider.request(describe(payment, intent, idempotencyKey), account);
      return {
        way: 'open',
        provider: provider.name,
        account: account.id,
        adapterVersion: provider.version,
        requestHash: requestHashOf(request),
        idempotencyKey,
        sendBefore: now + account.timing.sendWithinMs,
        deadline: now + account.timing.exchangeMs,
        ...resendTerms(connected, request.url, now),
      };
    },
    resend,
    capabilities: (account) => accounts.find(account)?.provider.capabilities ?? null,
  };

  /** Byte by byte what was sent, or not at all. */
  function resend(payment: PlannedPayment, operation: Operation, now: number): Resending {
    const { n, account: id, sending } = operation;
    const connected = accounts.find(id);
    if (connected === null || sending === null) return changed('its account is no longer connected');
    const { provider, account } = connected;
    if (provider.inquiry.kind !== 'none' || provider.version !== sending.adapterVersion)
      return changed('its request was built by another version of the adapter');
    const request = provider.request(
      describe(payment, { ...operation, operation: n }, sending.idempotencyKey),
      account,
    );
    if (requestHashOf(request) !== sending.requestHash)
      return changed('its request can no longer be built as it was sent');
    if (originOf(request.url) !== sending.resend?.origin) return changed('its provider is reached elsewhere now');
    if (!breaker.mayPass(account.id)) return { way: 'unavailable' };
    const { sendWithinMs, exchangeMs } = account.timing;
    return { way: 'open', sendBefore: now + sendWithinMs, deadline: now + exchangeMs };
  }

  /** What is done to an authorisation goes where the authorisation went. */
  function wayOf(payment: PlannedPayment, intent: OperationIntent): ConnectedAccount | null {
    if (intent.target === null) return accounts.choose(payment.merchant);
    const target = defined(payment.operations[intent.target - 1], `${payment.id} has no operation ${intent.target}`);
    return accounts.find(target.account);
  }

  /** The same request for the same operation, whenever it is built. */
  function describe(payment: PlannedPayment, intent: OperationIntent, idempotencyKey: string): OperationRequest {
    const target = intent.target === null ? undefined : payment.operations[intent.target - 1];
    return {
      kind: intent.kind,
      reference: operationId(payment.id, intent.operation),
      payment: payment.id,
      amountMinor: intent.amountMinor,
      currency: payment.currency,
      captures: intent.captures,
      final: intent.final,
      token: payment.personal?.paymentMethod?.token ?? '',
      returnUrl: payment.personal?.returnUrl == null ? null : returnUrlOf(payment.id),
      targetReference: target === undefined ? null : providerReferenceOf(target),
      stops: intent.stops,
      idempotencyKey,
    };
  }

  /** An operation that has been sent, as it was described to its provider. */
  function describeSent(payment: Payment, n: number): { connected: ConnectedAccount; operation: OperationRequest } {
    const operation: Operation = defined(findOperation(payment, n), `${payment.id} has no operation ${n}`);
    const connected = defined(accounts.find(operation.account) ?? undefined, `no account ${operation.account}`);
    const intent = { ...operation, operation: n };
    return { connected, operation: describe(payment, intent, operation.sending?.idempotencyKey ?? '') };
  }

  return { planner, describeSent };
}

export type PlannerParts = ReturnType<typeof createPlanner>;

/** Of the time that a provider remembers a key, this many tenths are used: clocks differ, and what it says is rounded. */
const WINDOW_TENTHS_USED = 9;

function resendTerms({ provider }: ConnectedAccount, url: string, now: number): { resend?: ResendTerms } {
  if (provider.inquiry.kind !== 'none') return {};
  const usedMs = Math.floor((provider.capabilities.idempotencyWindowMs * WINDOW_TENTHS_USED) / 10);
  return { resend: { before: now + usedMs, origin: originOf(url) } };
}

function originOf(url: string): string {
  return new URL(url).origin;
}

function changed(reason: string): Resending {
  return { way: 'changed', reason };
}
