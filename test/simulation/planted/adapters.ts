import type { Provider, ProviderResponse } from '#core/provider/port.ts';
import { onProvider, type PlantedBugs } from './plant.ts';

/** Bugs of the adapters of Adyen and Stripe, where an answer says less than it seems to. */
export const ADAPTER_BUGS: PlantedBugs = {
  adyen_received_as_done: {
    wrong: 'a capture that Adyen has received counts as captured',
    plant: only('adyen', ({ read }) => ({
      read: (operation, response) => {
        const outcome = read(operation, response);
        return operation.kind === 'capture' && outcome.outcome === 'pending'
          ? { ...outcome, outcome: 'succeeded', capturedMinor: outcome.amountMinor }
          : outcome;
      },
    })),
  },
  adyen_failure_as_success: {
    wrong: 'a webhook of Adyen is read without its `success`',
    plant: only('adyen', ({ webhooks }) => ({
      webhooks: {
        ...webhooks,
        read: (body) => webhooks.read(body.replace('"success":"false"', '"success":"true"')),
      },
    })),
  },
  adyen_krona_without_decimals: {
    wrong: 'amounts in ISK are read as if Adyen counted them in whole ones',
    plant: only('adyen', ({ webhooks }) => ({
      webhooks: {
        ...webhooks,
        read: (body) => webhooks.read(body.replace(/"value":(\d+),"currency":"ISK"/, '"value":$100,"currency":"ISK"')),
      },
    })),
  },
  stripe_processing_as_success: {
    wrong: 'a payment intent of Stripe that is processing counts as paid',
    plant: only('stripe', replaced('"status":"processing"', '"status":"requires_capture"')),
  },
  stripe_failed_refund_as_done: {
    wrong: 'a refund of Stripe counts as done, whatever became of it',
    plant: only('stripe', replaced('"status":"failed"', '"status":"succeeded"')),
  },
  stripe_dashboard_unseen: {
    wrong: 'of what Stripe has received, what bears none of our marks is not read',
    plant: only('stripe', ({ webhooks }) => ({
      webhooks: {
        ...webhooks,
        read: (body) => {
          const notice = webhooks.read(body);
          return notice?.kind === 'capture' && notice.reference === null ? null : notice;
        },
      },
    })),
  },
  stripe_voided_as_never_held: {
    wrong: 'a hold that Stripe has let go is read as one that was never there',
    plant: only('stripe', replaced(/"latest_charge":"\w+"/, '"latest_charge":null')),
  },
};

function only(name: string, change: (provider: Provider) => Partial<Provider>) {
  return onProvider((provider) => (provider.name === name ? change(provider) : {}));
}

/** Wherever the provider says it: in replies, in answers to questions, in webhooks. */
function replaced(said: string | RegExp, heard: string) {
  return ({ read, inquiry, webhooks }: Provider): Partial<Provider> => {
    const mishear = (response: ProviderResponse) => ({ ...response, body: response.body.replace(said, heard) });
    return {
      read: (operation, response) => read(operation, mishear(response)),
      ...(inquiry.kind === 'none'
        ? {}
        : { inquiry: { ...inquiry, read: (operation, response) => inquiry.read(operation, mishear(response)) } }),
      webhooks: { ...webhooks, read: (body) => webhooks.read(body.replace(said, heard)) },
    };
  };
}
