import { z } from 'zod';
import { amountSchema, textOf } from './payment.ts';

/** An operator's word. */
export const stateEvidenceSchema = z
  .strictObject({
    operation: textOf(64).meta({ description: 'The id of an operation of this payment' }),
    outcome: z.enum(['succeeded', 'not_happened', 'accept', 'return_money']).meta({
      description: 'Of a doubt: what happened. Of a conflict: keep what is there, or give the money back',
    }),
    reason: textOf(500).meta({ description: 'Kept with your name' }),
    provider_reference: textOf(255)
      .nullable()
      .default(null)
      .meta({ description: "Of a success: the provider's id of it" }),
    amount: amountSchema.nullable().default(null).meta({ description: 'Of a success; null: as much as was asked' }),
  })
  .meta({ id: 'StateEvidence' });
