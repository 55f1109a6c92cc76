import { capturable } from './codec.ts';
import type { NewId } from './ids.ts';
import type { Charge, ChargeRecord, Operation, OperationKind, OperationSource, Refusal } from './model.ts';
import { refuse } from './model.ts';
import { approvedAmount, type Script } from './tokens.ts';

/** When a change is made, and where its new ids come from. */
export type Stamp = { now: number; newId: NewId };

/** What is asked for in a capture or a refund. */
export type Asked = { reference: string | null; amount: bigint; source: OperationSource };

const ID_PREFIX: Record<OperationKind, string> = { capture: 'simc_', void: 'simv_', refund: 'simr_' };

/** Every change of a charge raises its version, whatever of it changed. */
export function touch(charge: Charge, now: number): void {
  charge.version += 1;
  charge.updatedAt = now;
}

/** Approves a new, pending, challenged or wrongly declined charge, and captures it where that was asked for. */
export function approve(record: ChargeRecord, script: Script, stamp: Stamp): void {
  const { charge } = record;
  charge.status = 'authorized';
  charge.amountAuthorized = approvedAmount(script, charge.amount);
  charge.declineCode = null;
  charge.redirectUrl = null;
  if (record.captureWanted) captureWhole(charge, script, stamp);
}

/** The capture that a charge with `capture: true` brings along. It has no reference: nobody asked for it by itself. */
export function captureWhole(charge: Charge, script: Script, stamp: Stamp): Operation {
  const capture = newOperation(
    'capture',
    { reference: null, amount: charge.amountAuthorized, source: 'charge' },
    stamp,
  );
  charge.captures.push(capture);
  if (script.captureFails) fail(capture, 'capture_failed');
  else {
    charge.amountCaptured = charge.amountAuthorized;
    charge.status = 'succeeded';
  }
  return capture;
}

export function decline(charge: Charge, declineCode: string): void {
  charge.status = 'declined';
  charge.declineCode = declineCode;
  charge.redirectUrl = null;
}

/** Captures part or all of what is held; `final` releases the rest. A failed capture leaves the hold as it was. */
export function addCapture(
  record: ChargeRecord,
  script: Script,
  input: { asked: Asked; final: boolean; stamp: Stamp },
) {
  const { charge } = record;
  const { asked, final, stamp } = input;
  if (charge.status !== 'authorized') return refuse(409, 'charge_not_capturable', `The charge is ${charge.status}.`);
  const left = capturable(charge);
  if (asked.amount > left) return refuse(409, 'amount_exceeds_capturable', `No more than ${left} can be captured.`);
  const capture = newOperation('capture', asked, stamp);
  charge.captures.push(capture);
  touch(charge, stamp.now);
  if (script.captureFails) return fail(capture, 'capture_failed');
  charge.amountCaptured += asked.amount;
  if (final || asked.amount === left) charge.status = 'succeeded';
  return capture;
}

/** Releases what is still held: all of it, or what partial captures have left. */
export function addVoid(record: ChargeRecord, script: Script, input: { reference: string; stamp: Stamp }) {
  const { charge } = record;
  if (charge.status !== 'authorized') return refuse(409, 'charge_not_voidable', `The charge is ${charge.status}.`);
  const asked: Asked = { reference: input.reference, amount: capturable(charge), source: 'api' };
  const released = newOperation('void', asked, input.stamp);
  charge.voids.push(released);
  touch(charge, input.stamp.now);
  if (script.voidFails) return fail(released, 'void_failed');
  charge.status = charge.amountCaptured > 0n ? 'succeeded' : 'canceled';
  return released;
}

export function addRefund(record: ChargeRecord, asked: Asked, stamp: Stamp): Operation | Refusal {
  const { charge } = record;
  const left = charge.amountCaptured - charge.amountRefunded;
  if (charge.amountCaptured === 0n) return refuse(409, 'charge_not_refundable', `Nothing of the charge is captured.`);
  if (asked.amount > left) return refuse(409, 'amount_exceeds_refundable', `No more than ${left} can be refunded.`);
  const refund = newOperation('refund', asked, stamp);
  charge.refunds.push(refund);
  charge.amountRefunded += asked.amount;
  touch(charge, stamp.now);
  return refund;
}

/** Ends a charge that waits for its customer or its bank. */
export function cancel(charge: Charge, now: number): Refusal | null {
  if (charge.status !== 'requires_action' && charge.status !== 'pending') {
    return refuse(409, 'charge_not_cancelable', `The charge is ${charge.status}.`);
  }
  charge.status = 'canceled';
  charge.redirectUrl = null;
  touch(charge, now);
  return null;
}

/**
 * A capture that failed at settlement or a refund that bounced: the money goes back the way it came. The charge keeps
 * its status, as cards do; its amounts tell.
 */
export function reverse(charge: Charge, operation: Operation, now: number): Refusal | null {
  if (operation.status !== 'succeeded') {
    return refuse(409, `${operation.object}_not_reversible`, `The ${operation.object} is ${operation.status}.`);
  }
  operation.status = 'reversed';
  operation.version += 1;
  operation.updatedAt = now;
  if (operation.object === 'capture') charge.amountCaptured -= operation.amount;
  if (operation.object === 'refund') charge.amountRefunded -= operation.amount;
  touch(charge, now);
  return null;
}

function newOperation(object: OperationKind, asked: Asked, stamp: Stamp): Operation {
  return {
    object,
    id: stamp.newId(ID_PREFIX[object]),
    reference: asked.reference,
    source: asked.source,
    status: 'succeeded',
    amount: asked.amount,
    failureCode: null,
    version: 1,
    createdAt: stamp.now,
    updatedAt: stamp.now,
  };
}

function fail(operation: Operation, failureCode: string): Operation {
  operation.status = 'failed';
  operation.failureCode = failureCode;
  return operation;
}
