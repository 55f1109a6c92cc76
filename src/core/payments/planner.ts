import { defined } from '#core/kit/assert.ts';
import { deriveFingerprint, type IdSecret } from '#core/kit/id.ts';
import type { Breaker } from '#core/provider/breaker.ts';
import type { OperationRequest } from '#core/provider/port.ts';
import { requestHashOf } from '#core/provider/send.ts';
import { findOperation, type Operation, operationId, type Payment, providerReferenceOf } from './payment.ts';
import type { OperationIntent, PlannedPayment, Planner } from './plan.ts';
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
      };
    },
    capabilities: (account) => accounts.find(account)?.provider.capabilities ?? null,
  };

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
