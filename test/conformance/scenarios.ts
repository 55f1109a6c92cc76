import type { CaptureMode } from '#core/payments/events.ts';
import type { PaymentStatus } from '#core/payments/status.ts';
import { capabilitiesOf } from '#core/provider/capabilities.ts';
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

/** All that can happen at this provider. */
export function scenariosOf({ provider, account, tokens }: Subject): readonly Scenario[] {
  return [
    ...plain(tokens.approved),
    ...(capabilitiesOf(provider, account).partialCaptures === false ? [] : [inPart(tokens.approved)]),
    declined(tokens.declined.token),
    ...inDashboard(tokens.approved),
    ...(capabilitiesOf(provider, account).multipleCaptures ? [inParts(tokens.approved)] : []),
    ...(tokens.challenge === null ? [] : challenged(tokens.challenge)),
  ];
}

const NONE = { heldMinor: 0n, capturedMinor: 0n, refundedMinor: 0n };
const TAKEN = { ...NONE, capturedMinor: AMOUNT_MINOR };

function plain(token: string): readonly Scenario[] {
  const sale = { token, capture: 'automatic' } as const;
  const hold = { token, capture: 'manual' } as const;
  return [
    { name: 'a sale', ...sale, steps: [], end: { status: ['succeeded'], ...TAKEN } },
    {
      name: 'held, captured',
      ...hold,
      steps: [{ do: 'capture', amountMinor: AMOUNT_MINOR, final: true }],
      end: { status: ['succeeded'], ...TAKEN },
    },
    { name: 'held, voided', ...hold, steps: [{ do: 'cancel' }], end: { status: ['canceled'], ...NONE } },
    {
      name: 'a sale, refunded in two parts',
      ...sale,
      steps: [
        { do: 'refund', amountMinor: 2500n },
        { do: 'refund', amountMinor: 7500n },
      ],
      end: { status: ['succeeded'], ...TAKEN, refundedMinor: AMOUNT_MINOR },
    },
    {
      name: 'a sale, refunded twice by the same amount',
      ...sale,
      steps: [
        { do: 'refund', amountMinor: 2000n },
        { do: 'refund', amountMinor: 2000n },
      ],
      end: { status: ['succeeded'], ...TAKEN, refundedMinor: 4000n },
    },
  ];
}

/** What is left is released with the capture. */
function inPart(token: string): Scenario {
  return {
    name: 'held, captured in part, the rest released',
    token,
    capture: 'manual',
    steps: [{ do: 'capture', amountMinor: 4000n, final: true }],
    end: { status: ['partially_captured'], ...TAKEN, capturedMinor: 4000n },
  };
}

function declined(token: string): Scenario {
  const end = { status: ['requires_payment_method'] as const, ...NONE };
  return { name: 'declined', token, capture: 'automatic', steps: [], end };
}

function inDashboard(token: string): readonly Scenario[] {
  return [
    {
      name: 'a sale, refunded in part in the dashboard',
      token,
      capture: 'automatic',
      steps: [{ do: 'refunds_in_dashboard' }],
      end: { status: ['succeeded'], ...TAKEN, refundedMinor: 100n },
      flagged: true,
    },
    {
      name: 'held, captured in the dashboard',
      token,
      capture: 'manual',
      steps: [{ do: 'captures_in_dashboard' }],
      end: { status: ['succeeded'], ...TAKEN },
      flagged: true,
    },
  ];
}

function inParts(token: string): Scenario {
  return {
    name: 'held, captured in two equal parts and a last one',
    token,
    capture: 'manual',
    steps: [
      { do: 'capture', amountMinor: 3000n, final: false },
      { do: 'capture', amountMinor: 3000n, final: false },
      { do: 'capture', amountMinor: 4000n, final: true },
    ],
    end: { status: ['succeeded'], ...TAKEN },
  };
}

function challenged(token: string): readonly Scenario[] {
  const sale = { token, capture: 'automatic' } as const;
  return [
    {
      name: 'a challenge, passed',
      ...sale,
      steps: [{ do: 'customer_approves' }],
      end: { status: ['succeeded'], ...TAKEN },
    },
    {
      name: 'a challenge, passed, held and captured',
      token,
      capture: 'manual',
      steps: [{ do: 'customer_approves' }, { do: 'capture', amountMinor: AMOUNT_MINOR, final: true }],
      end: { status: ['succeeded'], ...TAKEN },
    },
    {
      name: 'a challenge, failed',
      ...sale,
      steps: [{ do: 'customer_refuses' }],
      end: { status: ['requires_payment_method'], ...NONE },
    },
    { name: 'a challenge, canceled', ...sale, steps: [{ do: 'cancel' }], end: { status: ['canceled'], ...NONE } },
    {
      name: 'a challenge that nobody comes back from',
      ...sale,
      steps: [{ do: 'wait_for_lapse' }],
      end: { status: ['expired'], ...NONE },
    },
  ];
}
