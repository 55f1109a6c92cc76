import type { Declarations, WebhookDeclarations } from '#api/declare.ts';
import { CHANGE_ROUTES } from './changes.ts';
import { DOCS_ROUTES } from './docs.ts';
import { LEDGER_ROUTES } from './ledger.ts';
import { OPERATION_ROUTES, PLATFORM_ROUTES, PROVIDER_WEBHOOK_ROUTES } from './operations.ts';
import { PAYMENT_ROUTES } from './payments.ts';
import { PROVIDER_ACCOUNT_ROUTES } from './providerAccounts.ts';
import { PROVIDER_ROUTES } from './providers.ts';
import { WEBHOOKS } from './sentWebhooks.ts';
import { EVENT_ROUTES, WEBHOOK_ROUTES } from './webhooks.ts';

/** Every route of the API, in the order of the document. A test holds that these and no others are registered. */
export const DECLARED_ROUTES: Declarations = {
  ...PAYMENT_ROUTES,
  ...CHANGE_ROUTES,
  ...EVENT_ROUTES,
  ...WEBHOOK_ROUTES,
  ...LEDGER_ROUTES,
  ...PROVIDER_ROUTES,
  ...PROVIDER_ACCOUNT_ROUTES,
  ...PROVIDER_WEBHOOK_ROUTES,
  ...OPERATION_ROUTES,
  ...PLATFORM_ROUTES,
  ...DOCS_ROUTES,
};

/** Those that the document describes. */
export const DOCUMENTED_ROUTES: Declarations = Object.fromEntries(
  Object.entries(DECLARED_ROUTES).filter(([, { forBrowsers }]) => forBrowsers !== true),
);

/** What merchants' endpoints are sent: the section `webhooks` of the document. */
export const DECLARED_WEBHOOKS: WebhookDeclarations = WEBHOOKS;
