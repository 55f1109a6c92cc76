import type {
  Lookup,
  NextPage,
  NotFound,
  OperationRequest,
  Outcome,
  Provider,
  ProviderAccount,
  ProviderRequest,
  ProviderResponse,
} from '#core/provider/port.ts';

const SENT_AT = 1_700_000_000_000;

/** Null where the provider can't be asked. */
export function lookupOf({ inquiry }: Provider): Lookup | null {
  return inquiry.kind === 'none' ? null : inquiry;
}

/** What is sent of an operation, and what asks for it. */
export function requestsOf(
  provider: Provider,
  operation: OperationRequest,
  account: ProviderAccount,
): readonly ProviderRequest[] {
  const lookup = lookupOf(provider);
  const request = provider.request(operation, account);
  return lookup === null ? [request] : [request, lookup.request(operation, account, { sentAt: SENT_AT, after: null })];
}

/** How an answer is read that isn't the reply itself: to an inquiry, or to the same bytes again. */
export function readAgain(
  { inquiry }: Provider,
  operation: OperationRequest,
  response: ProviderResponse,
): Outcome | NotFound | NextPage {
  return inquiry.kind === 'none' ? inquiry.readResent(operation, response) : inquiry.read(operation, response);
}
