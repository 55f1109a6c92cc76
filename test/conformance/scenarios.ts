import type { CaptureMode } from '#core/payments/events.ts';
import type { PaymentStatus } from '#core/payments/status.ts';
import type { Subject } from './subject.ts';

export const AMOUNT_MINOR = 10_000n;

export type Step =
  | { do: 'capture'; amountMinor: bigint; final: boolean }
  | { do: 'refund'; amountMinor: bigint }
  | { do: 'cancel' }
  | { do: 'customer_approves' | 'customer_refuses' | 'refunds_in_dashboard' | 'captures_in_dashboard' }
  /** Nobody comes back from the challenge. */
  | { do: 'wait_for_lapse' };

/** A payment from its beginning to its end, and what is true then. */
export type Scenario = {
  name: string;
  token: string;
  capture: CaptureMode;
  steps: readonly Step[];
  end: { status: readonly PaymentStatus[]; heldMinor: bigint; capturedMinor: bigint; refundedMinor: bigint };
  /** Money that moved without our asking is flagged. */
  flagged?: boolean;
};

/** Null in place of a scenario that the provider can't have. */
export function scenariosOf({ provider, tokens }: Subject): readonly Scenario[] {
  const { multipleCaptures } = provider.capabilities;
  const all = AMOUNT_MINOR;
  const none = { heldMinor: 0n, capturedMinor: 0n, refundedMinor: 0n };
  const taken = { ...none, capturedMinor: all };
  const sale = { token: tokens.approved, capture: 'automatic' } as const;
  const hold = { token: tokens.approved, capture: 'manual' } as const;
  const scenarios: Scenario[] = [
    { name: 'a sale', ...sale, steps: [], end: { status: ['succeeded'], ...taken } },
    {
      name: 'held, captured',
      ...hold,
      steps: [{ do: 'capture', amountMinor: all, final: true }],
      end: { status: ['succeeded'], ...taken },
    },
    {
      name: 'held, captured in part, the rest released',
      ...hold,
      steps: [{ do: 'capture', amountMinor: 4000n, final: true }],
      end: { status: ['partially_captured'], ...taken, capturedMinor: 4000n },
    },
    { name: 'held, voided', ...hold, steps: [{ do: 'cancel' }], end: { status: ['canceled'], ...none } },
    {
      name: 'a sale, refunded in two parts',
      ...sale,
      steps: [
        { do: 'refund', amountMinor: 2500n },
        { do: 'refund', amountMinor: 7500n },
      ],
      end: { status: ['succeeded'], ...taken, refundedMinor: all },
    },
    {
      name: 'a sale, refunded twice by the same amount',
      ...sale,
      steps: [
        { do: 'refund', amountMinor: 2000n },
        { do: 'refund', amountMinor: 2000n },
      ],
      end: { status: ['succeeded'], ...taken, refundedMinor: 4000n },
    },
    {
      name: 'declined',
      token: tokens.declined.token,
      capture: 'automatic',
      steps: [],
      end: { status: ['requires_payment_method'], ...none },
    },
    {
      name: 'a sale, refunded in part in the dashboard',
      ...sale,
      steps: [{ do: 'refunds_in_dashboard' }],
      end: { status: ['succeeded'], ...taken, refundedMinor: 100n },
      flagged: true,
    },
    {
      name: 'held, captured in the dashboard',
      ...hold,
      steps: [{ do: 'captures_in_dashboard' }],
      end: { status: ['succeeded'], ...taken },
      flagged: true,
    },
  ];
  if (multipleCaptures)
    scenarios.push({
      name: 'held, captured in two equal parts and a last one',
      ...hold,
      steps: [
        { do: 'capture', amountMinor: 3000n, final: false },
        { do: 'capture', amountMinor: 3000n, final: false },
        { do: 'capture', amountMinor: 4000n, final: true },
      ],
      end: { status: ['succeeded'], ...taken },
    });
  return tokens.challenge === null ? scenarios : [...scenarios, ...challenged(tokens.challenge, taken, none)];
}

type Money = Omit<Scenario['end'], 'status'>;

function challenged(token: string, taken: Money, none: Money): readonly Scenario[] {
  const sale = { token, capture: 'automatic' } as const;
  return [
    {
      name: 'a challenge, passed',
      ...sale,
      steps: [{ do: 'customer_approves' }],
      end: { status: ['succeeded'], ...taken },
    },
    {
      name: 'a challenge, passed, held and captured',
      token,
      capture: 'manual',
      steps: [{ do: 'customer_approves' }, { do: 'capture', amountMinor: AMOUNT_MINOR, final: true }],
      end: { status: ['succeeded'], ...taken },
    },
    {
      name: 'a challenge, failed',
      ...sale,
      steps: [{ do: 'customer_refuses' }],
      end: { status: ['requires_payment_method'], ...none },
    },
    { name: 'a challenge, canceled', ...sale, steps: [{ do: 'cancel' }], end: { status: ['canceled'], ...none } },
    {
      name: 'a challenge that nobody comes back from',
      ...sale,
      steps: [{ do: 'wait_for_lapse' }],
      end: { status: ['expired'], ...none },
    },
  ];
}
