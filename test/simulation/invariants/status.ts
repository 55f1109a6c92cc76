import type { History } from '#core/payments/history.ts';
import { latest } from '#core/payments/history.ts';
import { operationId, type Payment } from '#core/payments/payment.ts';
import { type PaymentStatus, statusOf } from '#core/payments/status.ts';
import type { Violation } from '../engine/violation.ts';
import type { World } from '../world.ts';

/** The status is made from the operations; here it is compared with what the provider did and what people asked for, without the platform's own sums. */
export function checkStatus(world: World): Violation | null {
  for (const history of world.watch.histories().values()) {
    const payment = latest(history);
    const expected = payment === null ? null : mayBe(world, history, payment);
    if (payment === null || expected === null) continue;
    const status = statusOf(payment);
    if (expected.includes(status)) continue;
    const what = `it is ${status}, and should be ${expected.join(' or ')}`;
    return { invariant: 'status', about: world.names.payment(payment.id) ?? '', what };
  }
  return null;
}

/** Null: an operator decides or has decided, or the provider did what it can't be told from. */
function mayBe(world: World, history: History, payment: Payment): readonly PaymentStatus[] | null {
  const authorizations = payment.operations.filter(({ kind }) => kind === 'authorize');
  const isResolved = history.versions.some(({ events }) => events.some(({ type }) => type === 'conflict.resolved'));
  if (isResolved || payment.conflicts.length > 0 || authorizations.some(({ unwanted }) => unwanted !== null))
    return null;
  const succeeded = authorizations.filter(({ outcome }) => outcome.status === 'succeeded');
  const [authorization] = succeeded;
  if (authorization === undefined) return withoutMoney(history, payment);
  const kept = world.provider.books.named(operationId(payment.id, authorization.n));
  const [charge] = kept.map(({ made }) => made);
  if (succeeded.length > 1 || kept.length !== 1 || charge?.object !== 'charge') return null;
  const strays = world.watch.strays().some((stray) => stray.kept.charge === charge);
  const { amount_authorized: authorized, amount_captured: captured, captures } = charge;
  if (strays) return null;
  if (captured >= authorized) return ['succeeded'];
  if (captured > 0) return ['partially_captured'];
  if (captures.some(({ status }) => status === 'reversed'))
    return ['failed', 'expired', 'canceled', 'requires_capture'];
  return [wasCanceled(history) ? 'canceled' : 'expired'];
}

function withoutMoney(history: History, { operations, attemptsMax }: Payment): readonly PaymentStatus[] {
  if (wasCanceled(history)) return ['canceled'];
  const attempts = operations.filter(({ kind, sending }) => kind === 'authorize' && sending !== null).length;
  if (operations.some(({ outcome }) => outcome.status === 'reversed')) return ['failed'];
  if (operations.some(({ kind, cause }) => kind === 'void' && cause === 'lapsed'))
    return ['expired', 'failed', 'requires_payment_method'];
  if (attemptsMax !== null && attempts >= attemptsMax) return ['failed'];
  return attempts === 0 ? ['requires_confirmation', 'requires_payment_method'] : ['requires_payment_method'];
}

/** A cancel of the merchant was written, and took effect. */
function wasCanceled({ versions }: History): boolean {
  const canceled = versions.flatMap(({ command }, at) => (command?.name === 'cancel' ? [at + 1] : []));
  const payment = versions.at(-1)?.payment;
  return canceled.some((seq) => {
    const voids = payment?.operations.filter(({ command, kind }) => command === seq && kind === 'void') ?? [];
    return voids.length === 0 || voids.some(({ outcome }) => outcome.status === 'succeeded');
  });
}
