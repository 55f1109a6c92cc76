import type { EchoesReferences } from '#core/ingress/ports.ts';
import type { Provider } from '#core/provider/port.ts';
import { adyen } from '#providers/adyen/provider.ts';
import { simulator } from '#providers/simulator/provider.ts';
import { stripe } from '#providers/stripe/provider.ts';

/** All that merchants can be connected to. */
export const PROVIDERS: readonly Provider[] = [adyen, simulator, stripe];

/** Whether a provider's webhooks carry our own ids, by the provider's name. */
export const echoesReferences: EchoesReferences = (name) =>
  PROVIDERS.find((provider) => provider.name === name)?.capabilities.echoesReferences === true;
