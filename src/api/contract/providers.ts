import { declare } from '#api/declare.ts';
import { providerListSchema } from '#api/schemas/providerAnswers.ts';
import { listOf } from './samples.ts';

export const PROVIDER_ROUTES = declare({
  listProviders: {
    method: 'get',
    path: '/v1/providers',
    tag: 'Providers',
    summary: 'List where payments can go',
    description:
      'The accounts that take your new payments, the first choice first: what each can do, and whether it answers.',
    scopes: ['payments:read'],
    responses: {
      200: {
        description: 'All of them',
        schema: providerListSchema,
        examples: {
          page: listOf({
            object: 'provider',
            provider: 'simulator',
            account: 'simulator',
            only_named: false,
            capabilities: {
              multiple_captures: true,
              voids_rest: true,
              idempotency_window_ms: 86_400_000,
              echoes_references: true,
            },
            health: 'closed',
          }),
        },
      },
    },
  },
});
