import type { WebhookDeclarations } from '#api/declare.ts';
import { sentEventSchema, sentNoticeSchema } from '#api/schemas/eventAnswers.ts';
import { ENDPOINT_EVENT_TYPES, type MerchantEventType, PAYMENT_EVENT_TYPES } from '#core/webhooks/merchantEvents.ts';
import { PAYMENT, REFUND } from './samples.ts';
import { ENDPOINT, MERCHANT_EVENT, NOTICE_ID } from './webhookSamples.ts';

const SUMMARIES: { readonly [type in MerchantEventType]: string } = {
  'payment.created': 'A payment was created',
  'payment.requires_action': 'The customer has to do something, at `next_action`',
  'payment.authorized': 'Money is held, to be captured',
  'payment.captured': 'Money was taken, in part or all',
  'payment.succeeded': 'All that was authorised has been taken',
  'payment.declined': 'An attempt ended without money: `last_error` tells why',
  'payment.in_doubt': 'Something was sent and its outcome is not known: `amount_in_doubt`',
  'payment.resolved': 'Nothing is in doubt any more',
  'payment.canceled': 'The payment was canceled, and what was held is released',
  'payment.expired': 'What was held has lapsed, or the customer did nothing in time',
  'payment.failed': 'No attempt is left, or money that had been taken was taken back',
  'payment.conflicted': 'The provider did what nobody asked for: `conflict`',
  'refund.created': 'A refund was asked for, or found at the provider',
  'refund.succeeded': 'The provider has given the money back',
  'refund.failed': 'The refund did not happen',
  'refund.reversed': 'The refund had succeeded, and the money came back',
  'webhook_endpoint.disabled': 'Another endpoint of the merchant was switched off: it failed for days, or is gone',
  'webhook_endpoint.test': 'A test that was asked for',
};

/** A whole payment an example: one of each form is enough. */
const WITH_EXAMPLE: ReadonlySet<string> = new Set(['payment.succeeded', 'refund.succeeded']);

/** What merchants' endpoints are sent: the section `webhooks` of the document. */
export const WEBHOOKS: WebhookDeclarations = Object.fromEntries([
  ...PAYMENT_EVENT_TYPES.map((type) => {
    const data = type.startsWith('refund.') ? REFUND : PAYMENT;
    const examples = WITH_EXAMPLE.has(type) ? { [type]: { ...MERCHANT_EVENT, type, data } } : {};
    return [type, { summary: SUMMARIES[type], schema: sentEventSchema(type), examples }];
  }),
  ...ENDPOINT_EVENT_TYPES.map((type) => {
    const example = { ...MERCHANT_EVENT, id: NOTICE_ID, type, sequence: null, data: ENDPOINT };
    return [type, { summary: SUMMARIES[type], schema: sentNoticeSchema(type), examples: { [type]: example } }];
  }),
]);
