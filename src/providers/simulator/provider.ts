import type { Provider } from '#core/provider/port.ts';
import { simulatorAccount } from './account.ts';
import { inquiryRequest, operationRequest } from './requests.ts';
import { readInquiry, readOperation } from './responses.ts';
import { isGenuine, isOther, readNotice } from './webhooks.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

/** The provider that comes with the platform. Its API: docs/reference/simulator.md. */
export const simulator = {
  name: 'simulator',
  version: 1,
  capabilities: { multipleCaptures: true, voidsRest: true, idempotencyWindowMs: DAY_MS, echoesReferences: true },
  account: simulatorAccount,
  request: operationRequest,
  read: readOperation,
  inquiry: { kind: 'strong', request: inquiryRequest, read: readInquiry },
  webhooks: { isGenuine, read: readNotice, isOther },
  scrub: { headers: [], fields: ['token', 'return_url', 'redirect_url'] },
} satisfies Provider;
