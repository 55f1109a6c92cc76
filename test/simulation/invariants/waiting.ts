import { owed } from '#core/payments/owed.ts';
import { isOpen, type Payment } from '#core/payments/payment.ts';
import { statusOf } from '#core/payments/status.ts';
import type { Violation } from '../engine/violation.ts';
import type { World } from '../world.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

/** Who may still have to do something when everything has come to rest; nobody: it is final. */
const WAITS_FOR = {
  requires_payment_method: 'the merchant',
  requires_confirmation: 'the merchant',
  succeeded: 'nobody',
  canceled: 'nobody',
  failed: 'nobody',
  expired: 'nobody',
  partially_captured: 'nobody',
} as const;

/** Doubts have ended, challenges and holds have lapsed, operators have decided: every payment is final or waits for somebody by name. */
export function checkWaiting(world: World): Violation | null {
  for (const payment of world.watch.payments()) {
    const what = whyNot(payment, world.scheduler.now());
    if (what !== null) return { invariant: 'nothing_waits', about: world.names.payment(payment.id) ?? '', what };
  }
  return checkWebhooks(world);
}

function whyNot(payment: Payment, now: number): string | null {
  const open = payment.operations.find(isOpen);
  if (open !== undefined) return `operation ${open.n} (${open.kind}) is still ${open.outcome.status}`;
  const [step] = owed(payment);
  if (step !== undefined) return `it owes: ${step.step} of operation ${step.operation}`;
  const [conflict] = payment.conflicts;
  if (conflict !== undefined)
    // An operator has it before him, and has tried what can be tried.
    return now - conflict.since < DAY_MS ? null : `its conflict is not resolved: ${conflict.reason}`;
  const status = statusOf(payment);
  if (status in WAITS_FOR || isGivenToOperators(payment)) return null;
  return `it is ${status}, and nobody owes it a step`;
}

/** What could not be returned is shown as unwanted, for a person to see to. */
function isGivenToOperators(payment: Payment): boolean {
  return payment.operations.some((operation) => operation.unwanted !== null || operation.lapsed);
}

/** Taken webhooks were worked on, or are shown. */
function checkWebhooks(world: World): Violation | null {
  for (const [id, { about }] of world.watch.takenWebhooks()) {
    const state = world.storage.inbox.states.get(id);
    if (state === undefined)
      return { invariant: 'webhooks_kept', about, what: 'a webhook was answered with 2xx, and is not there' };
    if (state.kind === 'waiting') return { invariant: 'webhooks_kept', about, what: 'a webhook still waits' };
  }
  return null;
}
