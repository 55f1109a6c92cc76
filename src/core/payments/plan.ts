import type { Capabilities } from '#core/provider/port.ts';
import type { OperationSent, OperationWithheld, SendingFacts } from './events.ts';
import type { Operation, Payment } from './payment.ts';
import type { PaymentMethod } from './paymentMethod.ts';

/** An operation before it is sent. */
export type OperationIntent = Pick<
  OperationSent,
  'operation' | 'kind' | 'amountMinor' | 'target' | 'captures' | 'final' | 'stops'
>;

/** How an operation will go; `unavailable`: the provider is known to be out of reach; `none`: the merchant has no account for it. */
export type Sending =
  | ({ way: 'open' } & SendingFacts)
  | { way: 'unavailable'; provider: string; account: string }
  | { way: 'none' };

/** How an operation would go once more; `changed`: it can't be as it was, and why. */
export type Resending =
  | { way: 'open'; sendBefore: number; deadline: number }
  | { way: 'unavailable' }
  | { way: 'changed'; reason: string };

/** What deciders must know of providers: pure functions over configuration, handed in. */
export type Planner = {
  plan: (payment: PlannedPayment, intent: OperationIntent, now: number) => Sending;
  resend: (payment: PlannedPayment, operation: Operation, now: number) => Resending;
  /** Null for an account that is no longer configured. */
  capabilities: (account: string) => Capabilities | null;
  /** The place of the first token that names an account which isn't the merchant's, or an unknown provider; null: none does. */
  strangeToken: (method: PaymentMethod) => number | null;
};

export type PlannedPayment = Pick<Payment, 'id' | 'merchant' | 'currency' | 'personal' | 'operations'>;

type Context = {
  planner: Planner;
  now: number;
  command: number | null;
  cause?: OperationSent['cause'];
  reason?: OperationSent['reason'];
};

/** The event that asks for an operation: `sent`, or `withheld` where its provider is out of reach; null where there is no way at all. */
export function ask(
  payment: PlannedPayment,
  intent: OperationIntent,
  { planner, now, command, cause = null, reason = null }: Context,
): OperationSent | OperationWithheld | null {
  const sending = planner.plan(payment, intent, now);
  switch (sending.way) {
    case 'open': {
      const { way: _, ...facts } = sending;
      return { type: 'operation.sent', ...intent, command, cause, reason, ...facts };
    }
    case 'unavailable':
      return {
        type: 'operation.withheld',
        ...intent,
        command,
        cause,
        reason,
        provider: sending.provider,
        account: sending.account,
        because: 'the provider is out of reach',
      };
    case 'none':
      return null;
  }
}
