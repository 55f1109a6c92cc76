import { z } from 'zod';
import type { CircuitState } from '#core/provider/breaker.ts';
import { listSchemaOf } from './common.ts';

/** What is answered about where payments go. */
export const providerListSchema = listSchemaOf(
  'ProviderList',
  z
    .strictObject({
      object: z.literal('provider'),
      provider: z.string(),
      account: z.string().meta({ description: 'Your account at the provider' }),
      only_named: z.boolean().meta({ description: 'It takes a new payment only where a token names it' }),
      capabilities: z.strictObject({
        multiple_captures: z.boolean().meta({ description: 'An authorisation can be captured more than once' }),
        voids_rest: z.boolean().meta({ description: 'What is left after a partial capture can be given back at once' }),
        idempotency_window_ms: z
          .number()
          .min(0)
          .meta({ description: 'How long the provider remembers an idempotency key, milliseconds' }),
        echoes_references: z.boolean().meta({ description: 'Its webhooks carry our ids' }),
      }),
      health: z.enum(['closed', 'open', 'half_open'] satisfies CircuitState[]).meta({
        description:
          'The circuit breaker, as the process that answers sees it. `open`: the provider does not answer, and new payments are not sent; `half_open`: it is being tried',
      }),
    })
    .meta({ id: 'Provider', description: 'A place where your new payments can go' }),
);
