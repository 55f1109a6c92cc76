import { defined } from '#core/kit/assert.ts';
import { canonicalJson } from '#core/kit/canonicalJson.ts';
import { Fault } from '#core/kit/fault.ts';
import { deriveFingerprint, type IdSecret } from '#core/kit/id.ts';
import type { Breaker } from '#core/provider/breaker.ts';
import { capabilitiesOf } from '#core/provider/capabilities.ts';
import type { OperationRequest, ReturnParameters } from '#core/provider/port.ts';
import { requestHashOf } from '#core/provider/send.ts';
import type { ResendTerms } from './events.ts';
import { findOperation, type Operation, operationId, type Payment, providerReferenceOf } from './payment.ts';
import type { OperationIntent, PlannedPayment, Planner, Resending, Sending } from './plan.ts';
import type { ConnectedAccount, MerchantAccounts, ProviderAccounts } from './ports.ts';
import { strangeTokenIn, tokenFor, waysOf } from './ways.ts';

export type PlannerDeps = {
  accounts: ProviderAccounts;
  breaker: Breaker;
  idSecret: IdSecret;
  returnUrlOf: (payment: string) => string;
};

/** What a plan is made with: the accounts of one merchant, as they are known now. */
type Context = Omit<PlannerDeps, 'accounts'> & { own: MerchantAccounts };

/** Where operations go and what exactly will leave, from the merchant's accounts. */
export function createPlanner({ accounts, ...deps }: PlannerDeps) {
  /** `merchant`: whose accounts are planned with; null: nobody's. */
  async function plannerFor(merchant: string | null): Promise<Planner> {
    const own = merchant === null ? NO_ACCOUNTS : await accounts.of(merchant);
    const context = { ...deps, own };
    return {
      plan: (payment, intent, now) => plan(context, { payment, intent, now }),
      resend: (payment, operation, now) => resend(context, { payment, operation, now }),
      capabilities: (id) => {
        const way = own.find(id);
        return way === null ? null : capabilitiesOf(way.provider, way.account);
      },
      strangeToken: (method) => strangeTokenIn(method, own, (name) => accounts.provider(name) !== null),
    };
  }

  /** An operation that has been sent, as it was described to its provider. */
  async function describeSent(
    payment: Payment,
    n: number,
  ): Promise<{ connected: ConnectedAccount; operation: OperationRequest; sentAt: number }> {
    const own = await accounts.of(payment.merchant);
    const operation: Operation = defined(findOperation(payment, n), `${payment.id} has no operation ${n}`);
    const connected = own.find(operation.account);
    // Its credentials may be readable again in a while, or by another version: no bug of the payment's.
    if (connected === null)
      throw new Fault('provider_account_unavailable', `account ${operation.account} can't be used now`, {
        retryable: true,
      });
    const intent = { ...operation, operation: n };
    const idempotencyKey = operation.sending?.idempotencyKey ?? '';
    const described = describe({ ...deps, own }, { payment, intent, connected, idempotencyKey });
    // The time of its commit may be that of another machine's clock, whose commit came before it.
    const { sendBefore } = operation.sending ?? {};
    const decidedAt =
      sendBefore === undefined ? operation.createdAt : sendBefore - connected.account.timing.sendWithinMs;
    return { connected, operation: described, sentAt: Math.min(operation.createdAt, decidedAt) };
  }

  /** Under a key of its own: the operation's is that of its first request, and other parameters are another question. */
  async function describeCompletion(payment: Payment, n: number, parameters: ReturnParameters) {
    const { connected, operation } = await describeSent(payment, n);
    const told = canonicalJson(parameters);
    const parts = ['completion', payment.merchant, payment.id, String(n), told] as const;
    return { connected, operation: { ...operation, idempotencyKey: deriveFingerprint(deps.idSecret, ...parts) } };
  }

  return { plannerFor, describeSent, describeCompletion };
}

export type PlannerParts = ReturnType<typeof createPlanner>;

const NO_ACCOUNTS: MerchantAccounts = { inOrder: [], onlyNamed: [], find: () => null };

function plan(
  context: Context,
  { payment, intent, now }: { payment: PlannedPayment; intent: OperationIntent; now: number },
): Sending {
  const parts = ['provider', payment.merchant, payment.id, String(intent.operation)];
  const idempotencyKey = deriveFingerprint(context.idSecret, ...parts);
  const asked = (connected: ConnectedAccount) => describe(context, { payment, intent, connected, idempotencyKey });
  const ways = waysFor(payment, intent, context.own).filter((way) => way.provider.takes?.(asked(way)) !== false);
  const [first] = ways;
  if (first === undefined) return { way: 'none' };
  const connected = ways.find(({ account }) => context.breaker.mayPass(account.id));
  if (connected === undefined) return { way: 'unavailable', provider: first.provider.name, account: first.account.id };
  const { provider, account } = connected;
  const request = provider.request(asked(connected), account);
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
}

/** Byte by byte what was sent, or not at all. */
function resend(
  context: Context,
  { payment, operation, now }: { payment: PlannedPayment; operation: Operation; now: number },
): Resending {
  const { n, account: id, sending } = operation;
  const connected = context.own.find(id);
  if (connected === null || sending === null) return changed('its account is no longer connected');
  const { provider, account } = connected;
  if (provider.inquiry.kind !== 'none' || provider.version !== sending.adapterVersion)
    return changed('its request was built by another version of the adapter');
  const intent = { ...operation, operation: n };
  const { idempotencyKey } = sending;
  const request = provider.request(describe(context, { payment, intent, connected, idempotencyKey }), account);
  if (requestHashOf(request) !== sending.requestHash)
    return changed('its request can no longer be built as it was sent');
  if (originOf(request.url) !== sending.resend?.origin) return changed('its provider is reached elsewhere now');
  if (!context.breaker.mayPass(account.id)) return { way: 'unavailable' };
  const { sendWithinMs, exchangeMs } = account.timing;
  return { way: 'open', sendBefore: now + sendWithinMs, deadline: now + exchangeMs };
}

/** What is done to an authorisation goes where the authorisation went. */
function waysFor(
  payment: PlannedPayment,
  { target }: OperationIntent,
  own: MerchantAccounts,
): readonly ConnectedAccount[] {
  if (target === null) return waysOf(payment, own);
  const { account } = defined(payment.operations[target - 1], `${payment.id} has no operation ${target}`);
  const way = own.find(account);
  return way === null ? [] : [way];
}

type Described = {
  payment: PlannedPayment;
  intent: OperationIntent;
  connected: ConnectedAccount;
  idempotencyKey: string;
};

/** The same request for the same operation, whenever it is built. */
function describe(
  { own, returnUrlOf }: Context,
  { payment, intent, connected, idempotencyKey }: Described,
): OperationRequest {
  const target = intent.target === null ? undefined : payment.operations[intent.target - 1];
  const method = payment.personal?.paymentMethod ?? null;
  return {
    kind: intent.kind,
    reference: operationId(payment.id, intent.operation),
    payment: payment.id,
    amountMinor: intent.amountMinor,
    currency: payment.currency,
    captures: intent.captures,
    final: intent.final,
    token: (method === null ? null : tokenFor(method, connected, own)) ?? '',
    returnUrl: payment.personal?.returnUrl == null ? null : returnUrlOf(payment.id),
    targetReference: target === undefined ? null : providerReferenceOf(target),
    targetOwnReference: intent.target === null ? null : operationId(payment.id, intent.target),
    stops: intent.stops,
    idempotencyKey,
  };
}

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
