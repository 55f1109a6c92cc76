/** What a provider has in its books, in the shape in which it goes over the wire. Amounts in minor units. */
export type Charge = {
  object: 'charge';
  id: string;
  reference: string;
  status: 'succeeded' | 'authorized' | 'declined' | 'requires_action' | 'pending' | 'canceled';
  amount: number;
  amount_authorized: number;
  amount_captured: number;
  amount_refunded: number;
  currency: string;
  decline_code: string | null;
  redirect_url: string | null;
  metadata: { payment: string };
  version: number;
  captures: Entry[];
  refunds: Entry[];
  voids: Entry[];
};

export type Entry = {
  object: 'capture' | 'void' | 'refund';
  id: string;
  reference: string | null;
  charge: string;
  source: 'api' | 'charge' | 'dashboard';
  status: 'succeeded' | 'failed' | 'reversed';
  amount: number;
  currency: string;
  failure_code: string | null;
  version: number;
};

/** What the books hold beside the charge. */
export type Kept = {
  account: string;
  charge: Charge;
  token: string;
  captures: boolean;
  /** The request came long after we had given it up. */
  late: boolean;
  /** It was declined, and then approved. */
  changedItsMind: boolean;
  /** A second object with a reference that was there already: the key of the first had been forgotten. */
  stray: boolean;
  /** When it was made. */
  at: number;
  /** Who stopped it before it was decided, where the provider tells by whose wish. */
  stop: { id: string; reference: string } | null;
  /** What the customer brings back from the challenge, where the provider decides only when it is told that. */
  brings: 'approval' | 'refusal' | null;
};

export type Refusal = { status: number; code: string };

export function isRefusal(value: object): value is Refusal {
  return 'code' in value && 'status' in value && !('object' in value);
}

export function capturableOf({ status, amount_authorized: authorized, amount_captured: captured }: Charge): number {
  return status === 'authorized' ? authorized - captured : 0;
}

/** Whether a customer's money is held or taken. */
export function isLive(charge: Charge): boolean {
  return capturableOf(charge) > 0 || charge.amount_captured > charge.amount_refunded;
}

/** What a customer is charged or may be: taken and not given back, and held. */
export function takenOf(charge: Charge): number {
  return charge.amount_captured - charge.amount_refunded + capturableOf(charge);
}
