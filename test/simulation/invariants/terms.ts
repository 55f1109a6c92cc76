import { positionsOf } from '#core/payments/amounts.ts';
import type { Version } from '#core/payments/history.ts';
import { isOpen, type Payment } from '#core/payments/payment.ts';
import type { Violation } from '../engine/violation.ts';
import type { Order } from '../people/orders.ts';
import { MERCHANTS } from '../provider/accounts.ts';
import type { World } from '../world.ts';

const LASTS_MS = 8 * 60 * 60 * 1000;
const SENT_MS = 5 * 60 * 1000;

/** Null when a commit keeps to what the merchant asked for. */
export function breachOf(order: Order, { payment, events }: Version): string | null {
  const { merchant, amountMinor, currency, capture, attemptsMax, allowPartial } = order;
  const asked = { merchant, amountMinor, currency, capture, attemptsMax, allowPartial };
  const differs = Object.entries(asked).find(([field, value]) => payment[field as keyof typeof asked] !== value);
  if (differs !== undefined) return `its ${differs[0]} is not what was asked for, ${differs[1]}`;
  for (const event of events)
    if (event.type === 'operation.sent' && event.account !== MERCHANTS[merchant])
      return `operation ${event.operation} goes to ${event.account}, and ${merchant} is at ${MERCHANTS[merchant]}`;
  const attempts = payment.operations.filter(({ kind, sending }) => kind === 'authorize' && sending !== null).length;
  return attemptsMax !== null && attempts > attemptsMax
    ? `it is tried ${attempts} times, and ${attemptsMax} were allowed`
    : null;
}

/** What merchants wished is so in the end, unless an operator has accepted something else. */
export function checkWishes(world: World): Violation | null {
  for (const history of world.watch.histories().values()) {
    const payment = history.versions.at(-1)?.payment;
    const isAccepted = history.versions.some(({ events }) =>
      events.some((event) => event.type === 'conflict.resolved' && event.resolution === 'accept'),
    );
    const what = payment === undefined || isAccepted ? null : wishOf(payment);
    if (what !== null) return { invariant: 'wishes', about: world.names.payment(history.stream) ?? '', what };
  }
  return null;
}

function wishOf(payment: Payment): string | null {
  for (const { authorization, isVoided } of positionsOf(payment)) {
    const { outcome, unwanted, lapsed, amountMinor, n } = authorization;
    if (outcome.status !== 'succeeded' || unwanted !== null || isVoided || lapsed) continue;
    if (payment.cancel === 'wanted') return `it was canceled in doubt, and operation ${n} stands`;
    if (outcome.amountMinor < amountMinor && !payment.allowPartial)
      return `operation ${n} is for less than was asked, which the merchant does not take`;
  }
  return null;
}

/** Some hours after the faults have ended: where the provider's inquiries are to be trusted, no doubt is left, and nothing waits for its time-out. */
export function checkDoubts(world: World): Violation | null {
  const now = world.scheduler.now();
  for (const payment of world.watch.payments())
    for (const operation of payment.operations.filter(isOpen)) {
      const { outcome, account, n, createdAt } = operation;
      const isMute = world.accounts.look(account)?.provider.inquiry.kind === 'none';
      const isStrong = world.accounts.look(account)?.provider.inquiry.kind === 'strong';
      const lasts =
        (outcome.status === 'unknown' && isStrong && now - outcome.since > LASTS_MS) ||
        // Nobody can ask: then it is shown to an operator.
        (outcome.status === 'unknown' && isMute && outcome.overdueAt === undefined && now - outcome.since > LASTS_MS) ||
        (outcome.status === 'sent' && now - createdAt > SENT_MS);
      if (!lasts) continue;
      const what = `operation ${n} is ${outcome.status} for hours, and the provider would tell`;
      return { invariant: 'doubt_ends_in_time', about: world.names.payment(payment.id) ?? '', what };
    }
  return null;
}
