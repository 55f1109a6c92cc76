import {
  isObject,
  isUnknown,
  type JsonObject,
  meaningOf,
  parseObject,
  readJsonObject,
  SEEN_NOTHING,
  text,
  unknown,
} from '#core/provider/answer.ts';
import type { DeclineCode } from '#core/provider/declineCodes.ts';
import type { OperationRequest, Outcome, ProviderResponse, Seen } from '#core/provider/port.ts';
import { amountIn, type SeenAmount } from './amounts.ts';
import { RECEIVED, REFUSALS, RESULT_CODES } from './statuses.ts';

/** The request is already processed or in progress: of an operation that may have taken effect. 409 says the same. */
const IN_PROGRESS = '704';
/** Adyen did nothing: it could not read it, would not let us, or is not set up for it. `internal`, and what isn't here, may be anything. */
const REFUSED_TYPES: ReadonlySet<string> = new Set(['validation', 'security', 'configuration']);
const REFUSED_STATUSES: ReadonlySet<number> = new Set([400, 401, 403, 404, 422]);

export function readOperation(operation: OperationRequest, response: ProviderResponse): Outcome {
  const body = readJsonObject(response);
  if (isUnknown(body)) return body;
  if (response.status >= 400) return readError(response, body);
  if (response.status !== 200 && response.status !== 201) return unknown(`status ${response.status}`);
  return operation.kind === 'authorize' ? readPayment(operation, body) : readReceived(operation, body);
}

/**
 * The answer to the same bytes again. A refusal may be of this call alone (a key that was revoked meanwhile): it says nothing of the payment.
 */
export function readLater(operation: OperationRequest, response: ProviderResponse): Outcome {
  const outcome = readOperation(operation, response);
  return outcome.outcome === 'rejected' ? unknown(`refused: ${outcome.providerCode ?? 'no code'}`) : outcome;
}

/**
 * What the parameters that a customer came back with made of it. They may be those of another payment, made for less: only an answer that names
 * this one is about it. Where Adyen names none, its webhook tells.
 */
export function readCompletion(operation: OperationRequest, response: ProviderResponse): Outcome {
  const outcome = readLater(operation, response);
  const isNamed = parseObject(response.body)?.['merchantReference'] === operation.reference;
  return isNamed ? outcome : unknown('the answer does not say which payment it is about');
}

function readPayment({ reference }: OperationRequest, body: JsonObject): Outcome {
  const code = text(body, 'resultCode');
  const echoed = body['merchantReference'];
  if (echoed !== undefined && echoed !== reference) return unknown('the answer is about another payment');
  const amount = amountIn(body);
  if (amount === 'inexact') return unknown('an amount that can not be read');
  const seen = seenIn(body, amount);
  switch (meaningOf(RESULT_CODES, code)) {
    case 'succeeded':
      return succeeded(seen);
    case 'partly':
      return seen.amountMinor === null ? unknown('a part was authorised, and nobody says how much') : succeeded(seen);
    case 'refusal':
      return { outcome: 'declined', ...declineOf(body), ...seen };
    case 'canceled':
      return { outcome: 'declined', ...declineOf(body), code: 'canceled', ...seen };
    case 'requires_action':
      return readAction(body, seen);
    case 'pending':
      return { outcome: 'pending', ...seen };
    case 'nothing_certain':
    case null:
      return unknown(`resultCode ${code ?? 'missing'}`);
  }
}

function succeeded(seen: Seen): Outcome {
  // Held without a reference nothing could ever be done with it.
  if (seen.providerReference === null) return unknown('authorised, without a pspReference');
  return { outcome: 'succeeded', capturedMinor: 0n, ...seen };
}

/** A browser can follow a link, and no more. The payment's own reference comes with its result: one that stands here may be of the attempt. */
function readAction(body: JsonObject, seen: Seen): Outcome {
  const { action } = body;
  if (!isObject(action)) return unknown('an action is required, and none is told');
  const [type, method, redirectUrl] = [text(action, 'type'), text(action, 'method'), text(action, 'url')];
  return type === 'redirect' && method === 'GET' && redirectUrl !== null
    ? { outcome: 'requires_action', redirectUrl, ...seen, providerReference: null }
    : unknown(`an action that is no link: ${type} ${method}`);
}

/** Captures, cancels and refunds are received here, and become what they become by a webhook. */
function readReceived(
  { reference, targetReference, stops, targetOwnReference }: OperationRequest,
  body: JsonObject,
): Outcome {
  if (text(body, 'status') !== RECEIVED) return unknown(`status ${text(body, 'status') ?? 'missing'}`);
  const isOf =
    stops && targetOwnReference !== null
      ? body['paymentReference'] === targetOwnReference
      : body['paymentPspReference'] === targetReference;
  if (!isOf) return unknown('the answer is about another payment');
  if (body['reference'] !== undefined && body['reference'] !== reference)
    return unknown('the answer is about another operation');
  const amount = amountIn(body);
  return amount === 'inexact'
    ? unknown('an amount that can not be read')
    : { outcome: 'pending', ...seenIn(body, amount) };
}

function readError({ status, headers }: ProviderResponse, body: JsonObject): Outcome {
  const [errorType, providerCode] = [text(body, 'errorType'), text(body, 'errorCode')];
  const mayBeThere = providerCode === IN_PROGRESS || headers['transient-error'] !== undefined;
  if (mayBeThere || !REFUSED_STATUSES.has(status) || !REFUSED_TYPES.has(errorType ?? ''))
    return unknown(`status ${status}, ${errorType ?? 'no errorType'} ${providerCode ?? ''}`);
  return { outcome: 'rejected', providerCode, message: text(body, 'message'), ...SEEN_NOTHING };
}

export type Decline = { code: DeclineCode; providerCode: string | null; message: string | null };

function declineOf(body: JsonObject): Decline {
  const providerCode = text(body, 'refusalReasonCode');
  return { code: refusalOf(providerCode), providerCode, message: text(body, 'refusalReason') };
}

export function refusalOf(code: string | null): DeclineCode {
  return meaningOf(REFUSALS, code) ?? 'unknown';
}

/** Answers have no version and no time: a webhook, which has one, is newer than any of them. */
function seenIn(body: JsonObject, amount: SeenAmount): Seen {
  return { ...amount, providerReference: text(body, 'pspReference'), providerVersion: null };
}
