import { type Payment, providerReferenceOf } from '#core/payments/payment.ts';
import type { EchoesReferences } from './ports.ts';

export type KeptReference = { account: string; reference: string; payment: string };

/** What has to be kept of these payments to find them again by the provider's own references. */
export function keptReferences(payments: readonly Payment[], echoes: EchoesReferences): readonly KeptReference[] {
  return payments.flatMap((payment) =>
    payment.operations.flatMap((operation) => {
      const reference = providerReferenceOf(operation);
      if (reference === null || echoes(operation.provider)) return [];
      return [{ account: operation.account, reference, payment: payment.id }];
    }),
  );
}
