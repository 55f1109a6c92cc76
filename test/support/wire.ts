/** A payment as the API shows it: what tests look at. Amounts in minor units. */
export type ShownPayment = {
  id: string;
  version: number;
  status: 'requires_payment_method' | 'processing' | 'in_doubt' | 'succeeded' | 'failed';
  amount: number;
  currency: string;
  amount_captured: number;
  operations: ShownOperation[];
};

export type ShownOperation = { id: string; status: string; provider_reference: string | null };
