import type { Provider } from '#core/provider/port.ts';
import { chargeRequest, inquiryRequest } from './requests.ts';
import { readCharge, readInquiry } from './responses.ts';

/** The provider that comes with the platform. Its API: docs/reference/simulator.md. */
export const simulator: Provider = {
  name: 'simulator',
  version: 1,
  request: chargeRequest,
  read: readCharge,
  inquiry: { kind: 'strong', request: inquiryRequest, read: readInquiry },
  scrub: { headers: [], fields: ['token'] },
};
