import { type Charge, capturableOf, type Entry, type Kept, type Refusal } from './model.ts';

/** What a provider does with charges. Each change raises the version of what it changes. */

const MISMATCH_MINOR = 100;

const DECLINES: Readonly<Record<string, string>> = {
  tok_declined: 'do_not_honor',
  tok_insufficient_funds: 'insufficient_funds',
  tok_late_success: 'do_not_honor',
};

/** What becomes of a new charge by itself. */
export function begin(kept: Kept, wrongAmount: boolean): void {
  const { charge, token } = kept;
  if (token === 'tok_requires_action') {
    charge.status = 'requires_action';
    charge.redirect_url = `https://bank.example/${charge.id}`;
  } else if (token === 'tok_pending') charge.status = 'pending';
  else if (DECLINES[token] !== undefined) decline(charge, DECLINES[token]);
  else approve(kept, wrongAmount);
}

export function approve(kept: Kept, wrongAmount: boolean): void {
  const { charge, token } = kept;
  charge.status = 'authorized';
  charge.decline_code = null;
  charge.redirect_url = null;
  charge.amount_authorized = charge.amount;
  if (wrongAmount || token === 'tok_amount_mismatch') charge.amount_authorized += MISMATCH_MINOR;
  if (token === 'tok_partial_approval' && charge.amount > 1) charge.amount_authorized = Math.floor(charge.amount / 2);
  if (!kept.captures) return;
  const own = entry(charge, 'capture', { reference: null, amount: charge.amount_authorized, source: 'charge' });
  if (token === 'tok_capture_fails') return fail(own, 'capture_failed');
  charge.amount_captured = charge.amount_authorized;
  charge.status = 'succeeded';
}

export function decline(charge: Charge, code: string): void {
  charge.status = 'declined';
  charge.decline_code = code;
  charge.redirect_url = null;
}

/** `id`: what it is called already. */
type Asked = { reference: string | null; amount: number; source: Entry['source']; id?: string | undefined };

export function capture({ charge, token }: Kept, asked: Asked & { final: boolean }): Entry | Refusal {
  if (charge.status !== 'authorized') return { status: 409, code: 'charge_not_capturable' };
  const left = capturableOf(charge);
  if (asked.amount > left) return { status: 409, code: 'amount_exceeds_capturable' };
  const made = entry(charge, 'capture', asked);
  charge.version += 1;
  if (token === 'tok_capture_fails') {
    fail(made, 'capture_failed');
    return made;
  }
  charge.amount_captured += asked.amount;
  if (asked.final || asked.amount === left) charge.status = 'succeeded';
  return made;
}

export function release(
  { charge, token }: Kept,
  { reference, id }: { reference: string | null; id?: string | undefined },
): Entry | Refusal {
  if (charge.status !== 'authorized') return { status: 409, code: 'charge_not_voidable' };
  const made = entry(charge, 'void', { reference, amount: capturableOf(charge), source: 'api', id });
  charge.version += 1;
  if (token === 'tok_void_fails') fail(made, 'void_failed');
  else charge.status = charge.amount_captured > 0 ? 'succeeded' : 'canceled';
  return made;
}

export function refund({ charge }: Kept, asked: Asked): Entry | Refusal {
  if (charge.amount_captured === 0) return { status: 409, code: 'charge_not_refundable' };
  if (asked.amount > charge.amount_captured - charge.amount_refunded)
    return { status: 409, code: 'amount_exceeds_refundable' };
  const made = entry(charge, 'refund', asked);
  charge.version += 1;
  charge.amount_refunded += asked.amount;
  return made;
}

export function cancel({ charge }: Kept): Charge | Refusal {
  if (charge.status !== 'requires_action' && charge.status !== 'pending')
    return { status: 409, code: 'charge_not_cancelable' };
  charge.status = 'canceled';
  charge.redirect_url = null;
  charge.version += 1;
  return charge;
}

/** It had succeeded, and fails at settlement; the money goes back the way it came. */
export function reverse(charge: Charge, made: Entry): void {
  made.status = 'reversed';
  made.version += 1;
  if (made.object === 'capture') charge.amount_captured -= made.amount;
  if (made.object === 'refund') charge.amount_refunded -= made.amount;
  charge.version += 1;
}

function entry(charge: Charge, object: Entry['object'], { reference, amount, source, id }: Asked): Entry {
  const list = { capture: charge.captures, void: charge.voids, refund: charge.refunds }[object];
  const made: Entry = {
    object,
    id: id ?? `${charge.id}_${object}${list.length + 1}`,
    reference,
    charge: charge.id,
    source,
    status: 'succeeded',
    amount,
    currency: charge.currency,
    failure_code: null,
    version: 1,
  };
  list.push(made);
  return made;
}

function fail(made: Entry, code: string): void {
  made.status = 'failed';
  made.failure_code = code;
}
