import {
  isObject,
  isUnknown,
  type JsonObject,
  meaningOf,
  minorUnits,
  readJsonObject,
  SEEN_NOTHING,
  text,
  unknown,
} from '#core/provider/answer.ts';
import type { NextPage, NotFound, OperationRequest, Outcome, ProviderResponse } from '#core/provider/port.ts';
import { declineIn, declineOf, readCapture, readIntent, seenIn } from './intents.ts';
import { INTENT_STATUSES, REFUND_STATUSES } from './statuses.ts';

export function readOperation(operation: OperationRequest, response: ProviderResponse): Outcome {
  const body = readJsonObject(response);
  if (isUnknown(body)) return body;
  if (response.status >= 400) return readError(response.status, body);
  switch (operation.kind) {
    case 'authorize':
      return readIntent(body);
    case 'capture':
      return readCapture(body, operation.reference) ?? unknown('an answer to a capture that does not show it');
    case 'void':
      return isCanceled(body) ? VOIDED : unknown(`an answer to a void: it is ${text(body, 'status')}`);
    case 'refund':
      return readRefund(body);
  }
}

const VOIDED: Outcome = { outcome: 'succeeded', capturedMinor: 0n, ...SEEN_NOTHING };

/** Source: docs.stripe.com/api/errors. What Stripe says of its own failures, and of a key that is in use, says nothing of the first call. */
function readError(status: number, body: JsonObject): Outcome {
  const error = body['error'];
  const type = isObject(error) ? text(error, 'type') : null;
  if (!isObject(error) || type === null) return unknown(`status ${status} without an error`);
  if (type === 'card_error') {
    const intent = error['payment_intent'];
    const providerReference = isObject(intent) ? text(intent, 'id') : null;
    return { outcome: 'declined', ...declineIn(error), ...SEEN_NOTHING, providerReference };
  }
  if (type !== 'invalid_request_error' || status === 409) return unknown(`status ${status}, ${type}`);
  return { outcome: 'rejected', providerCode: text(error, 'code'), message: text(error, 'message'), ...SEEN_NOTHING };
}

export function readRefund(refund: JsonObject, version: number | null = null): Outcome {
  const seen = seenIn(refund, minorUnits(refund, 'amount'), version);
  if (text(refund, 'object') !== 'refund' || seen === null) return unknown('a refund that lacks a part');
  const status = text(refund, 'status');
  const meaning = meaningOf(REFUND_STATUSES, status);
  switch (meaning) {
    case 'succeeded':
      return { outcome: 'succeeded', capturedMinor: 0n, ...seen };
    case 'pending':
      return { outcome: 'pending', ...seen };
    case 'declined':
    case 'reversed': {
      const providerCode = text(refund, 'failure_reason') ?? status;
      const code = status === 'canceled' ? 'canceled' : declineOf(providerCode);
      // The money came back: it had left before.
      const outcome = text(refund, 'failure_balance_transaction') === null ? 'declined' : 'reversed';
      // Events have whole seconds. Of the same one the failure came last: nothing comes after it.
      const providerVersion = version === null ? null : version + 1;
      return { outcome, code, providerCode, message: null, ...seen, providerVersion };
    }
    case 'unknown':
    case null:
      return unknown(`a refund that is ${status ?? 'without a status'}`);
  }
}

export function readInquiry(operation: OperationRequest, response: ProviderResponse): Outcome | NotFound | NextPage {
  const body = readJsonObject(response);
  if (isUnknown(body)) return body;
  if (response.status !== 200) return unknown(`status ${response.status} to an inquiry`);
  switch (operation.kind) {
    case 'authorize':
      return findIn(body, operation, readIntent);
    case 'refund':
      return findIn(body, operation, readRefund);
    case 'capture':
      return readCapture(body, operation.reference) ?? absentIn(body, ['requires_capture', 'succeeded', 'canceled']);
    case 'void':
      if (isCanceled(body)) return VOIDED;
      if (text(body, 'status') !== 'succeeded')
        return absentIn(body, ['requires_capture', 'requires_action', 'requires_payment_method', 'processing']);
      return isIntent(body)
        ? { outcome: 'rejected', providerCode: 'payment_intent_unexpected_state', message: null, ...SEEN_NOTHING }
        : unknown('no payment intent');
  }
}

/** By our reference in the metadata; what moved money, should there be two of them. */
function findIn(
  list: JsonObject,
  { reference }: OperationRequest,
  read: (object: JsonObject) => Outcome,
): Outcome | NotFound | NextPage {
  const data = list['data'];
  if (text(list, 'object') !== 'list' || !Array.isArray(data) || !data.every(isObject)) return unknown('no list');
  const outcomes = data.filter((object) => referenceIn(object) === reference).map((object) => read(object));
  const found = outcomes.find(({ outcome }) => outcome === 'succeeded') ?? outcomes[0];
  if (found !== undefined) return found;
  const last = data.at(-1);
  const after = last === undefined ? null : text(last, 'id');
  if (list['has_more'] === true && after !== null) return { outcome: 'more', after };
  return list['has_more'] === false ? { outcome: 'not_found' } : unknown('a list that does not say whether it ends');
}

export function referenceIn(object: JsonObject): string | null {
  const metadata = object['metadata'];
  return isObject(metadata) ? text(metadata, 'reference') : null;
}

function absentIn(intent: JsonObject, statuses: readonly string[]): NotFound | Outcome {
  const status = text(intent, 'status');
  const isClear = isIntent(intent) && status !== null && statuses.includes(status);
  return isClear ? { outcome: 'not_found' } : unknown(`a payment intent that is ${status}`);
}

function isCanceled(intent: JsonObject): boolean {
  return isIntent(intent) && text(intent, 'status') === 'canceled';
}

function isIntent(object: JsonObject): boolean {
  return text(object, 'object') === 'payment_intent' && meaningOf(INTENT_STATUSES, text(object, 'status')) !== null;
}
