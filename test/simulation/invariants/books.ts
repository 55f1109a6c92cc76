import { positionOf } from '#core/payments/amounts.ts';
import { type Operation, operationId, type Payment, parseOperationId } from '#core/payments/payment.ts';
import type { Violation } from '../engine/violation.ts';
import { type Charge, capturableOf, type Kept, takenOf } from '../provider/model.ts';
import type { World } from '../world.ts';
import { checkStrays, isUnasked, strayEntries } from './unasked.ts';

/** The providers' books against ours, both ways. What a provider did twice, because it had forgotten a key, is compared without the second time. */
export function compareBooks(world: World): Violation | null {
  const found = new Map<string, Kept>();
  for (const kept of world.provider.books.all()) {
    if (isUnasked(world, kept)) continue;
    found.set(kept.charge.reference, kept);
    const violation = compareCharge(world, kept);
    if (violation !== null) return violation;
  }
  for (const payment of world.watch.payments()) {
    const violation = comparePayment(world, payment, found) ?? checkTaken(world, payment);
    if (violation !== null) return violation;
  }
  return checkStrays(world);
}

function compareCharge(world: World, kept: Kept): Violation | null {
  const { charge } = kept;
  const about = world.names.operation(charge.reference);
  const [payment, operation] = findOurs(world, charge.reference);
  if (payment === undefined || operation === undefined)
    return { invariant: 'no_stray_charge', about, what: `${charge.id} is of no payment that we know` };
  const isTaken = charge.amount_authorized > 0;
  const saysTaken = operation.outcome.status === 'succeeded' || operation.outcome.status === 'reversed';
  if (isTaken !== saysTaken && !wasTakenBack(charge))
    return {
      invariant: 'books',
      about,
      what: `${charge.id} is ${charge.status} (${charge.amount_authorized}), ours is ${operation.outcome.status}`,
    };
  const theirs = amountsAt(charge, strayAmounts(world, kept));
  const position = positionOf(payment, operation.n);
  const ours = {
    authorized: operation.outcome.status === 'succeeded' ? Number(operation.outcome.amountMinor) : theirs.authorized,
    captured: Number(position?.capturedMinor ?? 0n),
    refunded: Number(position?.refundedMinor ?? 0n),
    // A hold that has lapsed by its age is none of ours any more, whatever the provider shows.
    held: operation.lapsed ? theirs.held : Number(position?.capturableMinor ?? 0n),
  };
  for (const key of ['authorized', 'captured', 'refunded', 'held'] as const)
    if (ours[key] !== theirs[key])
      return { invariant: 'books', about, what: `${charge.id} has ${theirs[key]} ${key}, ours has ${ours[key]}` };
  return null;
}

/** Who hears of it only when the money has gone back hears of a failure: the amounts agree, and that is what counts. */
function wasTakenBack({ captures }: Charge): boolean {
  return captures[0]?.source === 'charge' && captures[0].status === 'reversed';
}

type BookAmounts = { authorized: number; captured: number; refunded: number; held: number };

function amountsAt(charge: Charge, stray: { captured: number; refunded: number }): BookAmounts {
  return {
    authorized: charge.amount_authorized,
    captured: charge.amount_captured - stray.captured,
    refunded: charge.amount_refunded - stray.refunded,
    held: charge.status === 'authorized' ? capturableOf(charge) + stray.captured : 0,
  };
}

function strayAmounts(world: World, kept: Kept): { captured: number; refunded: number } {
  const strays = strayEntries(world).filter((stray) => stray.kept === kept);
  const sum = (object: string) =>
    strays.reduce((total, { entry }) => total + (entry.object === object ? entry.amount : 0), 0);
  return { captured: sum('capture'), refunded: sum('refund') };
}

/** What we say took place has to be there. */
function comparePayment(world: World, payment: Payment, found: ReadonlyMap<string, Kept>): Violation | null {
  for (const operation of payment.operations) {
    const id = operationId(payment.id, operation.n);
    if (operation.kind !== 'authorize' || operation.outcome.status !== 'succeeded' || found.has(id)) continue;
    return {
      invariant: 'books',
      about: world.names.operation(id),
      what: 'we say that it took place, and the provider has no such charge',
    };
  }
  return null;
}

/** Over all its charges, no customer has paid more than the payment is for; what an operator accepted is accepted. */
function checkTaken(world: World, payment: Payment): Violation | null {
  const charges = world.provider.books.ofPayment(payment.id).filter((kept) => !isUnasked(world, kept));
  const live = charges.filter(({ charge }) => takenOf(charge) > 0);
  if (live.length < 2 || isShown(payment, live)) return null;
  const what = `it is charged by ${live.map(({ charge }) => `${charge.id} (${takenOf(charge)})`).join(' and ')}`;
  return { invariant: 'no_double_charge', about: world.names.payment(payment.id) ?? '', what };
}

/** Nobody could return it: its void and its refunds failed as often as they are tried, which the payment shows. */
function isShown(payment: Payment, live: readonly Kept[]): boolean {
  const wanted = live.filter(({ charge }) => {
    const { n } = parseOperationId(charge.reference) ?? { n: 0 };
    return payment.operations[n - 1]?.unwanted === null;
  });
  return wanted.length < 2;
}

function findOurs(world: World, reference: string): readonly [Payment | undefined, Operation | undefined] {
  const parsed = parseOperationId(reference);
  const payment = world.watch
    .histories()
    .get(parsed?.payment ?? '')
    ?.versions.at(-1)?.payment;
  return [payment, payment?.operations[(parsed?.n ?? 0) - 1]];
}
