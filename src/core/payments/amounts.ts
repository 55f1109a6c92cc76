import { isOpen, type Operation, type Payment } from './payment.ts';

/** Minor units. What the provider is known to have done with one authorisation, and what is still possible. */
export type Position = {
  authorization: Operation;
  authorizedMinor: bigint;
  capturedMinor: bigint;
  refundedMinor: bigint;
  /** Held, not captured, and not spoken for by a capture under way; 0 once the hold is over. */
  capturableMinor: bigint;
  /** Captured, not refunded, and not spoken for by a refund under way. */
  refundableMinor: bigint;
  /** The provider holds something that can be captured or voided: not voided or being voided, not lapsed, not closed by a final capture. */
  isLive: boolean;
  isVoided: boolean;
  /** A capture, void or refund of it is under way. */
  hasOpenFollower: boolean;
};

/** Minor units of the payment's currency, over all its authorisations. */
export type Amounts = {
  authorizedMinor: bigint;
  capturedMinor: bigint;
  refundedMinor: bigint;
  capturableMinor: bigint;
  refundableMinor: bigint;
  /** Asked for, with an outcome that nobody knows. */
  inDoubtMinor: bigint;
};

export function amountsOf(payment: Payment): Amounts {
  const positions = positionsOf(payment);
  const total = (amountOf: (position: Position) => bigint) =>
    positions.reduce((sum, position) => sum + amountOf(position), 0n);
  return {
    authorizedMinor: total((position) => position.authorizedMinor),
    capturedMinor: total((position) => position.capturedMinor),
    refundedMinor: total((position) => position.refundedMinor),
    capturableMinor: captureTarget(positions)?.capturableMinor ?? 0n,
    refundableMinor: total((position) => position.refundableMinor),
    inDoubtMinor: payment.operations.reduce(
      (sum, { outcome, amountMinor }) => (outcome.status === 'unknown' ? sum + amountMinor : sum),
      0n,
    ),
  };
}

/** One position an authorisation that took effect, or that money was moved of all the same, in their order. One pass over the operations. */
export function positionsOf(payment: Payment): readonly Position[] {
  const tallies = new Map<number, Tally>();
  for (const operation of payment.operations) {
    if (operation.kind === 'authorize') {
      tallies.set(operation.n, begin(operation));
      continue;
    }
    const tally = operation.target === null ? undefined : tallies.get(operation.target);
    if (tally !== undefined) count(tally, operation);
  }
  return [...tallies.values()].filter(tookEffect).map(close);
}

export function positionOf(payment: Payment, authorization: number): Position | undefined {
  return positionsOf(payment).find((position) => position.authorization.n === authorization);
}

/** The hold that captures take from: the last that is live and wanted. */
export function captureTarget(positions: readonly Position[]): Position | undefined {
  return positions.findLast((position) => position.isLive && position.authorization.unwanted === null);
}

type Tally = {
  authorization: Operation;
  captured: bigint;
  /** Of the hold: captured, reversed after it was captured, or asked for. */
  used: bigint;
  refunded: bigint;
  refunding: bigint;
  isVoided: boolean;
  isEnding: boolean;
  isClosed: boolean;
  hasOpenFollower: boolean;
};

function begin(authorization: Operation): Tally {
  const own = authorization.outcome.status === 'succeeded' ? authorization.outcome.capturedMinor : 0n;
  return {
    authorization,
    captured: own,
    used: own,
    refunded: 0n,
    refunding: 0n,
    isVoided: false,
    isEnding: false,
    isClosed: false,
    hasOpenFollower: false,
  };
}

function tookEffect({ authorization, captured, refunded, refunding }: Tally): boolean {
  const { status } = authorization.outcome;
  return status === 'succeeded' || status === 'reversed' || captured > 0n || refunded > 0n || refunding > 0n;
}

function count(tally: Tally, operation: Operation): void {
  const { outcome, amountMinor } = operation;
  const open = isOpen(operation);
  const succeeded = outcome.status === 'succeeded';
  tally.hasOpenFollower ||= open;
  switch (operation.kind) {
    case 'capture':
      if (succeeded) tally.captured += outcome.capturedMinor;
      // A capture that was reversed has used up its part of the hold all the same.
      if (succeeded || outcome.status === 'reversed') tally.used += outcome.amountMinor;
      if (open) tally.used += amountMinor;
      tally.isClosed ||= operation.final && (succeeded || outcome.status === 'reversed');
      break;
    case 'void':
      tally.isVoided ||= succeeded;
      tally.isEnding ||= open;
      break;
    case 'refund':
      if (succeeded) tally.refunded += outcome.amountMinor;
      if (open) tally.refunding += amountMinor;
      break;
    case 'authorize':
      break;
  }
}

function close({
  authorization,
  captured,
  used,
  refunded,
  refunding,
  isVoided,
  isEnding,
  isClosed,
  hasOpenFollower,
}: Tally): Position {
  const held = authorization.outcome.status === 'succeeded' ? authorization.outcome.amountMinor : 0n;
  const own = authorization.outcome.status === 'succeeded' ? authorization.outcome.capturedMinor : 0n;
  const isLive = held > own && !authorization.lapsed && !isVoided && !isEnding && !isClosed;
  return {
    authorization,
    authorizedMinor: isVoided ? captured : held,
    capturedMinor: captured,
    refundedMinor: refunded,
    capturableMinor: isLive ? positive(held - used) : 0n,
    refundableMinor: positive(captured - refunded - refunding),
    isLive,
    isVoided,
    hasOpenFollower,
  };
}

function positive(amountMinor: bigint): bigint {
  return amountMinor > 0n ? amountMinor : 0n;
}
