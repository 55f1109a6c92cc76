import type { Books } from './books.ts';
import { approve, cancel as cancelCharge, captureWhole, decline, type Stamp, touch } from './charge.ts';
import { encodeCharge } from './codec.ts';
import type { NewId } from './ids.ts';
import type { Charge, ChargeRecord, Clock, Operation, Refusal } from './model.ts';
import { refuse } from './model.ts';
import type { Moments } from './moments.ts';
import type { Departure, Outbox } from './outbox.ts';
import { type Script, scriptOf } from './tokens.ts';
import type { ChargeRequest } from './validate.ts';

export type ChargingDeps = {
  books: Books;
  outbox: Outbox;
  moments: Moments;
  clock: Clock;
  newId: NewId;
  delayMs: () => number;
  /** Where customers reach the challenge page of a charge. */
  challengeUrl: (chargeId: string) => string;
};

/** What became of a request: done, with the body of its answer and how that leaves; or never arrived. */
export type Done = { body: string; delivery: Script['delivery'] };
export type Lost = { lost: true };

export type Charging = ReturnType<typeof createCharging>;

/** What the provider does with whole charges: takes them, cancels them, and lets their customers answer. */
export function createCharging(deps: ChargingDeps) {
  const { books, outbox, moments, clock, newId } = deps;

  function create(account: string, request: ChargeRequest): Done | Lost | Refusal {
    const script = scriptOf(request.token);
    if (script === undefined) return { ...refuse(400, 'invalid_token', 'The token is unknown.'), field: 'token' };
    if (script.first === 'lost') return { lost: true };
    const stamp: Stamp = { now: clock.now(), newId };
    const record = newRecord(account, request, stamp);
    const earlier = begin(record, script, stamp);
    const body = books.insert(record);
    // A webhook would give away what the other deliveries are for: that only an inquiry finds out.
    if (script.delivery === 'normal') {
      const reply = { changed: [], departure: 'after_reply' as const };
      if (earlier !== null) outbox.tell(record, { ...reply, chargeBody: earlier, version: 1 });
      outbox.tell(record, { ...reply, chargeBody: body, version: record.charge.version });
    }
    if (script.later !== null && (script.later !== 'dashboard_refund' || record.charge.amountCaptured > 0n)) {
      moments.schedule({ kind: script.later, charge: record.charge.id, operation: null }, stamp.now + deps.delayMs());
    }
    return { body, delivery: script.delivery };
  }

  /** Returns the wire form of a version that the charge had on the way, where a webhook is to tell of it. */
  function begin(record: ChargeRecord, script: Script, stamp: Stamp): string | null {
    const { charge } = record;
    switch (script.first) {
      case 'approve':
        if (script.duplicateWebhooks && record.captureWanted) return approveInTwoSteps(record, script, stamp);
        approve(record, script, stamp);
        return null;
      case 'decline':
        decline(charge, script.declineCode ?? 'do_not_honor');
        return null;
      case 'challenge':
        charge.status = 'requires_action';
        charge.redirectUrl = deps.challengeUrl(charge.id);
        return null;
      case 'pending':
      case 'lost':
        return null;
      default:
        return script.first satisfies never;
    }
  }

  function cancel(record: ChargeRecord): Done | Refusal {
    const refusal = cancelCharge(record.charge, clock.now());
    if (refusal !== null) return refusal;
    return { body: save(record, [], 'after_reply'), delivery: 'normal' };
  }

  /** The customer's answer. Only the first counts, so that the page can be sent twice. */
  function answerChallenge(record: ChargeRecord, approved: boolean): void {
    const { charge } = record;
    const script = scriptOf(record.token);
    if (charge.status !== 'requires_action' || script === undefined) return;
    if (!approved) {
      decline(charge, 'authentication_failed');
      touch(charge, clock.now());
      save(record, [], 'at_once');
    } else succeed(record, script);
  }

  /** A pending charge gets its outcome, or a declined one turns out to have been approved after all. */
  function settle(record: ChargeRecord, expected: Charge['status']): void {
    const script = scriptOf(record.token);
    if (record.charge.status === expected && script !== undefined) succeed(record, script);
  }

  function succeed(record: ChargeRecord, script: Script): void {
    const stamp: Stamp = { now: clock.now(), newId };
    touch(record.charge, stamp.now);
    approve(record, script, stamp);
    save(record, record.charge.captures, 'at_once');
  }

  function save(record: ChargeRecord, changed: Operation[], departure: Departure): string {
    const chargeBody = books.update(record.charge);
    outbox.tell(record, { chargeBody, version: record.charge.version, changed, departure });
    return chargeBody;
  }

  return { create, cancel, answerChallenge, settle };
}

/** So that duplicates have an older version to come in between with: authorized first, then succeeded. */
function approveInTwoSteps(record: ChargeRecord, script: Script, stamp: Stamp): string {
  approve({ ...record, captureWanted: false }, script, stamp);
  const authorized = encodeCharge(record.charge);
  touch(record.charge, stamp.now);
  captureWhole(record.charge, script, stamp);
  return authorized;
}

function newRecord(account: string, request: ChargeRequest, stamp: Stamp): ChargeRecord {
  const charge: Charge = {
    id: stamp.newId('sim_'),
    reference: request.reference,
    status: 'pending',
    amount: request.amount,
    amountAuthorized: 0n,
    amountCaptured: 0n,
    amountRefunded: 0n,
    currency: request.currency,
    declineCode: null,
    redirectUrl: null,
    metadata: request.metadata,
    version: 1,
    captures: [],
    refunds: [],
    voids: [],
    createdAt: stamp.now,
    updatedAt: stamp.now,
  };
  const { token, returnUrl, capture } = request;
  return { charge, account, token, returnUrl, captureWanted: capture };
}
