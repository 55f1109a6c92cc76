import { type JsonObject, integer, isUnknown, minorUnits, readJsonObject, text, unknown } from '#core/provider/answer.ts';
import type { NotFound, OperationRequest, Outcome, ProviderResponse, Seen } from '#core/provider/port.ts';
import { CHARGE_STATUSES, DECLINES } from './statuses.ts';

export function readCharge(_: OperationRequest, response: ProviderResponse): Outcome {
  const body = readJsonObject(response);
  if (isUnknown(body)) return body;
  if (response.status >= 400) return readError(response.status, body);
  return chargeOutcome(body);
}

export function readInquiry(operation: OperationRequest, response: ProviderResponse): Outcome | NotFound {
  const body = readJsonObject(response);
  if (isUnknown(body)) return body;
  const found = body['data'];
  if (response.status !== 200 || !Array.isArray(found)) return unknown(`status ${response.status} without a list`);
  const charge = found.find((object) => isObject(object) && object['reference'] === operation.reference) as JsonObject | undefined;
  if (charge !== undefined) return chargeOutcome(charge);
  return found.length === 0 ? { outcome: 'not_found' } : unknown('the list holds other objects than the one asked for');
}

function chargeOutcome(charge: JsonObject): Outcome {
  const status = text(charge, 'status');
  const known = status !== null && Object.hasOwn(CHARGE_STATUSES, status) ? CHARGE_STATUSES[status as keyof typeof CHARGE_STATUSES] : null;
  switch (known) {
    case 'succeeded':
      return { outcome: 'succeeded', ...seenIn(charge) };
    case 'declined': {
      const providerCode = text(charge, 'decline_code');
      const code = providerCode !== null && Object.hasOwn(DECLINES, providerCode) ? DECLINES[providerCode] : undefined;
      return { outcome: 'declined', code: code ?? 'unknown', providerCode, message: null, ...seenIn(charge) };
    }
    case null:
      return unknown(`status word ${status ?? 'missing'}`);
  }
}

/** 409 (the first call is still under way) says nothing; every other refusal was made before anything was done. */
function readError(status: number, body: JsonObject): Outcome {
  const error = body['error'];
  if (status === 409 || !isObject(error)) return unknown(`status ${status}`);
  return {
    outcome: 'rejected',
    providerCode: text(error, 'code'),
    message: text(error, 'message'),
    amountMinor: null,
    currency: null,
    providerReference: null,
    providerVersion: null,
  };
}

function seenIn(charge: JsonObject): Seen {
  return {
    amountMinor: minorUnits(charge, 'amount_authorized') ?? minorUnits(charge, 'amount'),
    currency: text(charge, 'currency'),
    providerReference: text(charge, 'id'),
    providerVersion: integer(charge, 'version'),
  };
}

function isObject(value: unknown): value is JsonObject {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
