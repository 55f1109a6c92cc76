import { z } from 'zod';
import { PROBLEM_CODES } from '#api/problems.ts';
import { GROWS, minorUnitsSchema } from '#api/schemas/common.ts';
import { paymentStatusSchema } from './answers.ts';

/** RFC 9457, as problems.ts makes it. */
export const problemSchema = z
  .strictObject({
    type: z.string().meta({ description: 'A URN for the code', examples: ['urn:florin:problem:payment_not_found'] }),
    title: z.string(),
    status: z.int().min(400).max(599),
    detail: z.string().meta({ description: 'For people' }),
    instance: z.string().meta({ description: 'The path of the request' }),
    code: z.enum(PROBLEM_CODES).meta({
      id: 'ProblemCode',
      description: 'For programs; more may come: go by the status where you know no better',
      ...GROWS,
    }),
    outcome: z.enum(['not_attempted', 'declined', 'unknown']).meta({
      description:
        '`not_attempted`: nothing was asked of a provider. `unknown`: look at the payment, or repeat with the same Idempotency-Key',
    }),
    safe_to_retry: z.boolean().meta({ description: 'The very same request may help if it is repeated' }),
    errors: z.array(
      z.strictObject({
        pointer: z.string().meta({ description: 'RFC 6901 into the body or query, or the name of a header' }),
        detail: z.string(),
      }),
    ),
    trace_id: z.string().regex(/^[0-9a-f]{32}$/),
    payment_status: paymentStatusSchema.optional(),
    amount_capturable: minorUnitsSchema.optional().meta({ description: 'What is left to capture' }),
    amount_refundable: minorUnitsSchema.optional().meta({ description: 'What is left to refund' }),
  })
  .meta({ id: 'Problem', description: 'RFC 9457: what is wrong with a request, or with us' });
