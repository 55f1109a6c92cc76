import type { StateEvidenceRequest } from '#core/payments/operator.ts';
import { type Conflict, isOpen, type Operation, operationId, type Payment } from '#core/payments/payment.ts';
import { type Charge, type Entry, isLive } from '../provider/model.ts';
import type { World } from '../world.ts';

const HOUR_MS = 60 * 60 * 1000;
const DAY_MS = 24 * HOUR_MS;
const LOOK_EVERY_MS = 6 * HOUR_MS;
/** Then nothing new comes any more, until holds lapse after a week. */
const BUSY_MS = 3 * DAY_MS;
const QUIET_MS = 4 * DAY_MS;
/** A doubt that is older than this is looked up in the provider's own console. */
const DOUBT_MS = DAY_MS;
const BY = { name: 'Olga', reason: 'looked it up in the console of the provider' };

/** Somebody who looks at what waits for a person, and decides. */
export function scheduleOperator(world: World): void {
  const { scheduler } = world;
  const quietFrom = scheduler.now() + BUSY_MS;
  const retried = new Set<string>();

  function look(): void {
    mistake(world);
    scheduler.after(
      scheduler.now() > quietFrom && scheduler.now() < quietFrom + LOOK_EVERY_MS ? QUIET_MS : LOOK_EVERY_MS,
      look,
    );
    for (const payment of world.watch.payments()) {
      const request = decide(payment);
      if (request !== null) state(payment, request);
    }
    for (const [id, { kind }] of world.storage.inbox.states)
      if (kind === 'quarantined' && !retried.has(id)) {
        retried.add(id);
        world
          .anyProcess('operator')
          ?.platform.quarantine.retry(id)
          .catch(() => retried.delete(id));
      }
  }

  function decide(payment: Payment): Omit<StateEvidenceRequest, 'payment' | 'by'> | null {
    const [conflict] = payment.conflicts;
    if (conflict !== undefined)
      return { operation: conflict.operation, outcome: resolutionOf(world, payment, conflict) };
    const doubted = payment.operations.find((operation) => isDoubted(operation, scheduler.now()));
    if (doubted === undefined) return null;
    if (!world.watch.isTold(payment.id, doubted.n))
      world.violate({
        invariant: 'operators',
        about: `${world.names.payment(payment.id)}.${doubted.n}`,
        what: 'it has been in doubt for a day, and no operator was told',
      });
    const made = whatTookPlace(world, payment, doubted);
    if (made === undefined) return { operation: doubted.n, outcome: 'not_happened' };
    const amount = made.object === 'charge' ? made.amount_authorized : made.amount;
    const seen = { providerReference: made.id, amountMinor: BigInt(amount) };
    return { operation: doubted.n, outcome: 'succeeded', ...(doubted.stops ? {} : { seen }) };
  }

  function state(payment: Payment, request: Omit<StateEvidenceRequest, 'payment' | 'by'>): void {
    const process = world.anyProcess('operator');
    if (process === null) return;
    world.trace.say(
      'operator',
      `says of ${world.names.payment(payment.id)}.${request.operation}: ${request.outcome} => ${process.name}`,
    );
    process.platform.stateEvidence({ payment: payment.id, by: BY, ...request }).catch(() => {});
  }

  scheduler.after(HOUR_MS, look);
}

function isDoubted(operation: Operation, now: number): boolean {
  return isOpen(operation) && operation.outcome.status === 'unknown' && now - operation.outcome.since > DOUBT_MS;
}

/** Nobody is to pay twice; else it is a matter of taste, and what can't be returned is accepted. Only an authorisation can be given back. */
function resolutionOf(
  world: World,
  { id, operations }: Payment,
  { operation, reason }: Conflict,
): 'accept' | 'return_money' {
  if (operations[operation - 1]?.kind !== 'authorize') return 'accept';
  const isTwice = world.provider.books.ofPayment(id).filter(({ charge }) => isLive(charge)).length > 1;
  if (isTwice || reason === 'second_authorization' || reason === 'late_success') return 'return_money';
  return reason !== 'return_failed' && world.chance.of('operator').next() < 0.5 ? 'return_money' : 'accept';
}

function whatTookPlace(world: World, payment: Payment, { n, stops, target }: Operation): Charge | Entry | undefined {
  const { books } = world.provider;
  if (!stops)
    return books
      .named(operationId(payment.id, n))
      .find(({ made }) => made.status === 'succeeded' || made.status === 'authorized')?.made;
  return books.named(operationId(payment.id, target ?? 0)).find(({ made }) => made.status === 'canceled')?.made;
}

/** Somebody who takes a payment for another: what is certain must stay as it is. */
function mistake(world: World): void {
  const payments = world.watch.payments();
  if (payments.length === 0) return;
  const { id, operations } = world.chance.of('mistakes').pick(payments);
  const certain = operations.find(({ outcome }) => outcome.status === 'succeeded' || outcome.status === 'declined');
  if (certain === undefined) return;
  const outcome = certain.outcome.status === 'succeeded' ? 'not_happened' : 'succeeded';
  const about = `${world.names.payment(id)}.${certain.n}`;
  world
    .anyProcess('operator')
    ?.platform.stateEvidence({ payment: id, operation: certain.n, outcome, by: BY })
    .then(
      ({ ok }) => {
        if (ok)
          world.violate({ invariant: 'operators', about, what: `an operator made ${outcome} of what was certain` });
      },
      () => {},
    );
}
