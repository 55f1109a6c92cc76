/** What the demo looks at of the API's answers. Amounts in minor units. */
export type Payment = {
  id: string;
  status: string;
  version: number;
  currency: string;
  amount_captured: number;
  amount_refunded: number;
  conflict: object | null;
  last_error: { code: string } | null;
  next_action: { url: string } | null;
  metadata: Readonly<Record<string, string>>;
  operations: readonly { id: string; evidence: string | null }[];
};

export type MerchantEvent = { id: string; type: string; sequence: number; data: { id: string; payment?: string } };

export type TrialBalance = {
  currencies: readonly { currency: string; debits: number; credits: number; difference: number }[];
};

/** In the provider's own books. */
export type Charge = { reference: string; amount_captured: number; amount_refunded: number };

/** A list's page. */
export type Page<Item> = { data: Item[]; next_cursor: string | null };
