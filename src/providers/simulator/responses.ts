import {
  integer,
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
import type { NotFound, OperationRequest, Outcome, ProviderResponse, Seen } from '#core/provider/port.ts';
import { CHARGE_STATUSES, DECLINES, ENTRY_STATUSES, IN_FLIGHT } from './statuses.ts';

export function readOperation(operation: OperationRequest, response: ProviderResponse): Outcome {
  const body = readJsonObject(response);
  if (isUnknown(body)) return body;
  if (response.status >= 400) return readError(response.status, body);
  return operation.stops ? readStopped(body) : readObject(body);
}

export function readInquiry(operation: OperationRequest, response: ProviderResponse): Outcome | NotFound {
  const body = readJsonObject(response);
  if (isUnknown(body)) return body;
  if (response.status !== 200) return unknown(`status ${response.status} to an inquiry`);
  if (operation.stops) return readStopInquiry(body);
  const found = body['data'];
  if (!Array.isArray(found)) return unknown('an inquiry was answered without a list');
  const object = found.find(
    (candidate): candidate is JsonObject => isObject(candidate) && candidate['reference'] === operation.reference,
  );
  if (object !== undefined) return readObject(object);
  return found.length === 0 ? { outcome: 'not_found' } : unknown('the list holds other objects than the one asked for');
}

/** A charge, capture, void or refund, wherever it comes from. */
export function readObject(object: JsonObject): Outcome {
  switch (text(object, 'object')) {
    case 'charge':
      return readCharge(object);
    case 'capture':
    case 'void':
    case 'refund':
      return readEntry(object);
    default:
      return unknown('an object of a kind that is not known');
  }
}

function readCharge(charge: JsonObject): Outcome {
  const seen = seenIn(charge, minorUnits(charge, 'amount_authorized'));
  const own = ownCapture(charge);
  const status = text(charge, 'status');
  // Canceled with something authorised: the authorisation took effect and was voided later, which is an operation of its own.
  const meaning =
    status === 'canceled' && (seen.amountMinor ?? 0n) > 0n ? 'succeeded' : meaningOf(CHARGE_STATUSES, status);
  switch (meaning) {
    case 'succeeded':
      if (own !== null && text(own, 'status') === 'reversed')
        return { outcome: 'reversed', ...declineOf('capture_failed'), ...seen };
      return {
        outcome: 'succeeded',
        capturedMinor: own !== null && text(own, 'status') === 'succeeded' ? minorUnits(own, 'amount') : 0n,
        ...seen,
      };
    case 'declined':
    case 'reversed':
      return {
        outcome: 'declined',
        ...(status === 'canceled' ? { ...declineOf(null), code: 'canceled' } : declineOf(text(charge, 'decline_code'))),
        ...seen,
      };
    case 'requires_action': {
      const redirectUrl = text(charge, 'redirect_url');
      return redirectUrl === null
        ? unknown('requires_action without a redirect_url')
        : { outcome: 'requires_action', redirectUrl, ...seen };
    }
    case 'pending':
      return { outcome: 'pending', ...seen };
    case null:
      return unknown(`charge status ${status ?? 'missing'}`);
  }
}

/** The capture that `capture: true` brings along: it is a part of the authorisation, not an operation that we asked for. */
function ownCapture(charge: JsonObject): JsonObject | null {
  const captures = charge['captures'];
  if (!Array.isArray(captures)) return null;
  return captures.find((capture): capture is JsonObject => isObject(capture) && capture['source'] === 'charge') ?? null;
}

function readEntry(entry: JsonObject): Outcome {
  const seen = seenIn(entry, minorUnits(entry, 'amount'));
  const status = text(entry, 'status');
  const meaning = meaningOf(ENTRY_STATUSES, status);
  switch (meaning) {
    case 'succeeded':
      return {
        outcome: 'succeeded',
        capturedMinor: text(entry, 'object') === 'capture' ? seen.amountMinor : 0n,
        ...seen,
      };
    case 'declined':
    case 'reversed':
      return { outcome: meaning, ...declineOf(text(entry, 'failure_code')), ...seen };
    case 'pending':
      return { outcome: 'pending', ...seen };
    case 'requires_action':
    case null:
      return unknown(`${text(entry, 'object')} status ${status ?? 'missing'}`);
  }
}

/** The answer to a stop is the charge. */
function readStopped(charge: JsonObject): Outcome {
  if (text(charge, 'status') !== 'canceled')
    return unknown(`stopped, and yet the charge is ${text(charge, 'status') ?? 'without a status'}`);
  return {
    outcome: 'succeeded',
    capturedMinor: 0n,
    ...SEEN_NOTHING,
  };
}

function readStopInquiry(charge: JsonObject): Outcome | NotFound {
  switch (text(charge, 'status')) {
    case 'canceled':
      return readStopped(charge);
    case 'requires_action':
    case 'pending':
      return { outcome: 'not_found' };
    case 'succeeded':
    case 'authorized':
    case 'declined':
      return { outcome: 'rejected', providerCode: 'charge_not_cancelable', message: null, ...SEEN_NOTHING };
    default:
      return unknown(`charge status ${text(charge, 'status') ?? 'missing'}`);
  }
}

/** Every refusal but that of a call that is still under way was made before anything was done. */
function readError(status: number, body: JsonObject): Outcome {
  const error = body['error'];
  if (!isObject(error)) return unknown(`status ${status} without an error`);
  const providerCode = text(error, 'code');
  if (providerCode === IN_FLIGHT) return unknown('the first call with this key is still under way');
  return { outcome: 'rejected', providerCode, message: text(error, 'message'), ...SEEN_NOTHING };
}

function declineOf(providerCode: string | null) {
  return {
    code: (providerCode === null ? null : meaningOf(DECLINES, providerCode)) ?? ('unknown' as const),
    providerCode,
    message: null,
  };
}

function seenIn(object: JsonObject, amountMinor: bigint | null): Seen {
  return {
    amountMinor,
    currency: text(object, 'currency'),
    providerReference: text(object, 'id'),
    providerVersion: integer(object, 'version'),
  };
}
