import type { Provider } from '#core/provider/port.ts';
import { templateAccount } from './account.ts';
import { inquiryRequest, operationRequest } from './requests.ts';
import { readInquiry, readOperation } from './responses.ts';
import { isGenuine, isOther, readNotice } from './webhooks.ts';

/** What is known of it and what isn't: README.md. */
export const template = {
  name: 'template',
  version: 1,
  capabilities: { multipleCaptures: false, voidsRest: false, idempotencyWindowMs: 0, echoesReferences: false },
  account: templateAccount,
  request: operationRequest,
  read: readOperation,
  inquiry: { kind: 'eventual', request: inquiryRequest, read: readInquiry },
  webhooks: { isGenuine, read: readNotice, isOther },
  scrub: { headers: [], fields: [] },
} satisfies Provider;
