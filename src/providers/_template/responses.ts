import { isUnknown, meaningOf, readJsonObject, SEEN_NOTHING, text, unknown } from '#core/provider/answer.ts';
import type { NextPage, NotFound, OperationRequest, Outcome, ProviderResponse } from '#core/provider/port.ts';
import { DECLINES, STATUSES } from './statuses.ts';

/** What isn't explicit is unknown. Never throws for what a provider answers. */
export function readOperation(_operation: OperationRequest, response: ProviderResponse): Outcome {
  const body = readJsonObject(response);
  if (isUnknown(body)) return body;
  if (response.status >= 400) return unknown(`status ${response.status}`);
  const status = text(body, 'status');
  const meaning = meaningOf(STATUSES, status);
  switch (meaning) {
    case 'succeeded':
      return { outcome: meaning, capturedMinor: null, ...SEEN_NOTHING };
    case 'pending':
      return { outcome: meaning, ...SEEN_NOTHING };
    case 'declined':
    case 'reversed': {
      const providerCode = text(body, 'code');
      const code = meaningOf(DECLINES, providerCode) ?? 'unknown';
      return { outcome: meaning, code, providerCode, message: null, ...SEEN_NOTHING };
    }
    case 'unknown':
    case null:
      return unknown(`status ${status ?? 'missing'}`);
  }
}

export function readInquiry(_operation: OperationRequest, response: ProviderResponse): Outcome | NotFound | NextPage {
  const body = readJsonObject(response);
  return isUnknown(body) ? body : unknown('an inquiry that nobody reads yet');
}
