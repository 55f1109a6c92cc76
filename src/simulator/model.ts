/** What the simulated provider keeps about a charge. Amounts are minor units; times are milliseconds since 1970. */

type ChargeStatus = 'succeeded' | 'authorized' | 'declined' | 'requires_action' | 'pending' | 'canceled';

export type OperationKind = 'capture' | 'void' | 'refund';

export type OperationStatus = 'succeeded' | 'pending' | 'failed' | 'reversed';

/** Who asked for it: the API, the charge itself (`capture: true`), or somebody in the provider's own dashboard. */
export type OperationSource = 'api' | 'charge' | 'dashboard';

export type Operation = {
  object: OperationKind;
  id: string;
  reference: string | null;
  source: OperationSource;
  status: OperationStatus;
  amount: bigint;
  failureCode: string | null;
  /** Counts the changes of this operation, from 1. */
  version: number;
  createdAt: number;
  updatedAt: number;
};

export type Metadata = Record<string, string>;

export type Charge = {
  id: string;
  reference: string;
  status: ChargeStatus;
  /** What was asked for. */
  amount: bigint;
  /** What was approved, which may be more or less. */
  amountAuthorized: bigint;
  amountCaptured: bigint;
  amountRefunded: bigint;
  currency: string;
  declineCode: string | null;
  redirectUrl: string | null;
  metadata: Metadata;
  /** Counts the changes of this charge and of what hangs on it, from 1. */
  version: number;
  captures: Operation[];
  refunds: Operation[];
  voids: Operation[];
  createdAt: number;
  updatedAt: number;
};

/** A charge and what the provider keeps to itself about it. */
export type ChargeRecord = {
  charge: Charge;
  account: string;
  token: string;
  returnUrl: string | null;
  captureWanted: boolean;
};

/** What a merchant's account at this provider is. */
export type Account = {
  id: string;
  apiKey: string;
  webhookUrl?: string;
  webhookSecret?: string;
};

/** A request the provider says no to, with the HTTP status it says it with. */
export type Refusal = { refused: true; status: number; code: string; message: string; field?: string };

/** Milliseconds since 1970. */
export type Clock = { now(): number };

export type Log = (message: string, fields?: Record<string, unknown>) => void;

export function refuse(status: number, code: string, message: string): Refusal {
  return { refused: true, status, code, message };
}

export function isRefusal(value: object): value is Refusal {
  return 'refused' in value;
}
