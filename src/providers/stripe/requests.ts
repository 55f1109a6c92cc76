import { defined } from '#core/kit/assert.ts';
import { credentialOf } from '#core/provider/accountForm.ts';
import type { Asked, OperationRequest, ProviderAccount, ProviderRequest } from '#core/provider/port.ts';
import { unitsOf } from './amounts.ts';

/** What answers look like is pinned with it; webhooks have the version of their endpoint. */
const API_VERSION = '2026-08-26.dahlia';
const PAGE_LIMIT = 100;
const SECOND_MS = 1000;
/** What is listed is right while Stripe's clock and ours differ by less. */
export const CLOCKS_DIFFER_MS = 10 * SECOND_MS;
const CLOCKS_DIFFER_S = CLOCKS_DIFFER_MS / SECOND_MS;

type Fields = Readonly<Record<string, string | undefined>>;

/** What Stripe has no units for can't be asked for. */
export function takes({ kind, amountMinor, currency }: OperationRequest): boolean {
  return kind === 'void' || unitsOf(amountMinor, currency) !== null;
}

export function operationRequest(operation: OperationRequest, account: ProviderAccount): ProviderRequest {
  const intent = `/v1/payment_intents/${encodeURIComponent(operation.targetReference ?? '')}`;
  switch (operation.kind) {
    case 'authorize':
      return post(operation, account, { path: '/v1/payment_intents', fields: intentFields(operation, account) });
    case 'capture':
      return post(operation, account, { path: `${intent}/capture`, fields: captureFields(operation, account) });
    case 'void':
      return post(operation, account, { path: `${intent}/cancel`, fields: {} });
    case 'refund':
      return post(operation, account, { path: '/v1/refunds', fields: refundFields(operation) });
  }
}

function intentFields(operation: OperationRequest, { settings }: ProviderAccount): Fields {
  const { currency, token, captures, returnUrl } = operation;
  const allowsSeveral = !captures && settings['multicapture'] === 'yes';
  return {
    amount: amountOf(operation),
    currency: currency.toLowerCase(),
    confirm: 'true',
    capture_method: captures ? 'automatic' : 'manual',
    payment_method: token,
    'payment_method_types[0]': 'card',
    'payment_method_options[card][request_multicapture]': allowsSeveral ? 'if_available' : undefined,
    return_url: returnUrl ?? undefined,
    // With nowhere to come back to, a challenge is a decline.
    error_on_requires_action: returnUrl === null ? 'true' : undefined,
    ...named(operation),
  };
}

/** Our mark on the payment intent is set by the very call that captures: who reads the intent later knows that it took effect. */
function captureFields(operation: OperationRequest, { settings }: ProviderAccount): Fields {
  const units = amountOf(operation);
  return {
    amount_to_capture: units,
    final_capture: settings['multicapture'] === 'yes' ? String(operation.final) : undefined,
    [`metadata[${captureMark(operation.reference)}]`]: units,
    'metadata[last_capture]': operation.reference,
  };
}

function refundFields(operation: OperationRequest): Fields {
  return {
    payment_intent: operation.targetReference ?? '',
    amount: amountOf(operation),
    ...named(operation),
  };
}

function amountOf({ amountMinor, currency }: OperationRequest): string {
  return String(
    defined(unitsOf(amountMinor, currency) ?? undefined, `${amountMinor} ${currency} has a part of a unit`),
  );
}

function named({ reference, payment }: OperationRequest): Fields {
  return { 'metadata[reference]': reference, 'metadata[payment]': payment };
}

/** Metadata keys have 40 characters at most, fewer than our references. */
export function captureMark(reference: string): string {
  return `capture_${reference.slice(reference.lastIndexOf('_') + 1)}`;
}

/** Lists, and never Stripe's search: that is behind by up to a minute, and some countries don't have it. */
export function inquiryRequest(operation: OperationRequest, account: ProviderAccount, asked: Asked): ProviderRequest {
  const target = operation.targetReference ?? '';
  switch (operation.kind) {
    case 'authorize':
      return get(account, '/v1/payment_intents', { ...createdAround(asked.sentAt, account), ...pageAfter(asked) });
    case 'capture':
    case 'void':
      return get(account, `/v1/payment_intents/${encodeURIComponent(target)}`, {});
    case 'refund':
      return get(account, '/v1/refunds', { payment_intent: target, ...pageAfter(asked) });
  }
}

/** It reached Stripe before its deadline or not at all. */
function createdAround(sentAt: number, { timing }: ProviderAccount): Fields {
  const latest = sentAt + timing.exchangeMs;
  return {
    'created[gte]': String(Math.floor(sentAt / SECOND_MS) - CLOCKS_DIFFER_S),
    'created[lte]': String(Math.ceil(latest / SECOND_MS) + CLOCKS_DIFFER_S),
  };
}

function pageAfter({ after }: Asked): Fields {
  return { limit: String(PAGE_LIMIT), starting_after: after ?? undefined };
}

function get(account: ProviderAccount, path: string, fields: Fields): ProviderRequest {
  const query = encode(fields);
  const url = `${account.baseUrl}${path}${query === '' ? '' : `?${query}`}`;
  return { method: 'GET', url, headers: headersFor(account), body: null };
}

function post(
  operation: OperationRequest,
  account: ProviderAccount,
  { path, fields }: { path: string; fields: Fields },
): ProviderRequest {
  return {
    method: 'POST',
    url: `${account.baseUrl}${path}`,
    headers: {
      ...headersFor(account),
      'content-type': 'application/x-www-form-urlencoded',
      'idempotency-key': operation.idempotencyKey,
    },
    body: encode(fields),
  };
}

function headersFor(account: ProviderAccount): Record<string, string> {
  const connected = account.settings['connected_account'];
  return {
    authorization: `Bearer ${credentialOf(account, 'secret_key').reveal()}`,
    'stripe-version': API_VERSION,
    ...(connected === undefined ? {} : { 'stripe-account': connected }),
  };
}

/** In the order in which they are written here, so that the same operation is the same bytes. */
function encode(fields: Fields): string {
  return Object.entries(fields)
    .flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${encodeURIComponent(value.toWellFormed())}`]))
    .join('&');
}
