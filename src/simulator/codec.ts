import type { Charge, Metadata, Operation, OperationKind, OperationSource, OperationStatus, Refusal } from './model.ts';

/**
 * The wire form. Written by hand, because a charge is written on every request and bigint has no JSON form of its own;
 * ids, codes and statuses are made here and need no escaping, everything that a caller sent does.
 */
export function encodeCharge(charge: Charge): string {
  const time = createTimeFormat();
  return (
    `{"object":"charge","id":"${charge.id}","reference":${JSON.stringify(charge.reference)}` +
    `,"status":"${charge.status}","amount":${charge.amount},"amount_authorized":${charge.amountAuthorized}` +
    `,"amount_capturable":${capturable(charge)},"amount_captured":${charge.amountCaptured}` +
    `,"amount_refunded":${charge.amountRefunded},"currency":"${charge.currency}"` +
    `,"decline_code":${quoted(charge.declineCode)},"redirect_url":${text(charge.redirectUrl)}` +
    `,"metadata":${JSON.stringify(charge.metadata)},"version":${charge.version}` +
    `,"captures":${nested(charge, charge.captures, time)},"refunds":${nested(charge, charge.refunds, time)}` +
    `,"voids":${nested(charge, charge.voids, time)}` +
    `,"created_at":"${time(charge.createdAt)}","updated_at":"${time(charge.updatedAt)}"}`
  );
}

/** An operation on its own carries the charge's metadata; within its charge it need not say it again. */
export function encodeOperation(charge: Charge, operation: Operation): string {
  return `${fields(charge, operation, createTimeFormat())},"metadata":${JSON.stringify(charge.metadata)}}`;
}

export function encodeList(bodies: string[]): string {
  return `{"object":"list","data":[${bodies.join(',')}]}`;
}

export function encodeRefusal(refusal: Refusal): string {
  const field = refusal.field === undefined ? {} : { field: refusal.field };
  return JSON.stringify({ error: { code: refusal.code, message: refusal.message, ...field } });
}

/** What can still be captured: only an authorized charge holds anything. */
export function capturable(charge: Charge): bigint {
  if (charge.status !== 'authorized') return 0n;
  const left = charge.amountAuthorized - charge.amountCaptured;
  return left > 0n ? left : 0n;
}

/** Reads back what `encodeCharge` wrote. The books hold nothing else, so the shape is not checked again. */
export function decodeCharge(body: string): Charge {
  const wire = JSON.parse(body) as WireCharge;
  return {
    id: wire.id,
    reference: wire.reference,
    status: wire.status,
    amount: BigInt(wire.amount),
    amountAuthorized: BigInt(wire.amount_authorized),
    amountCaptured: BigInt(wire.amount_captured),
    amountRefunded: BigInt(wire.amount_refunded),
    currency: wire.currency,
    declineCode: wire.decline_code,
    redirectUrl: wire.redirect_url,
    metadata: wire.metadata,
    version: wire.version,
    captures: wire.captures.map(decodeOperation),
    refunds: wire.refunds.map(decodeOperation),
    voids: wire.voids.map(decodeOperation),
    createdAt: Date.parse(wire.created_at),
    updatedAt: Date.parse(wire.updated_at),
  };
}

type WireCharge = {
  id: string;
  reference: string;
  status: Charge['status'];
  amount: number;
  amount_authorized: number;
  amount_captured: number;
  amount_refunded: number;
  currency: string;
  decline_code: string | null;
  redirect_url: string | null;
  metadata: Metadata;
  version: number;
  captures: WireOperation[];
  refunds: WireOperation[];
  voids: WireOperation[];
  created_at: string;
  updated_at: string;
};

type WireOperation = {
  object: OperationKind;
  id: string;
  reference: string | null;
  source: OperationSource;
  status: OperationStatus;
  amount: number;
  failure_code: string | null;
  version: number;
  created_at: string;
  updated_at: string;
};

function decodeOperation(wire: WireOperation): Operation {
  return {
    object: wire.object,
    id: wire.id,
    reference: wire.reference,
    source: wire.source,
    status: wire.status,
    amount: BigInt(wire.amount),
    failureCode: wire.failure_code,
    version: wire.version,
    createdAt: Date.parse(wire.created_at),
    updatedAt: Date.parse(wire.updated_at),
  };
}

function nested(charge: Charge, operations: Operation[], time: TimeFormat): string {
  if (operations.length === 0) return '[]';
  return `[${operations.map((operation) => `${fields(charge, operation, time)}}`).join(',')}]`;
}

/** An operation without its closing brace, so that more can be added. */
function fields(charge: Charge, operation: Operation, time: TimeFormat): string {
  return (
    `{"object":"${operation.object}","id":"${operation.id}","reference":${text(operation.reference)}` +
    `,"charge":"${charge.id}","charge_reference":${JSON.stringify(charge.reference)},"source":"${operation.source}"` +
    `,"status":"${operation.status}","amount":${operation.amount},"currency":"${charge.currency}"` +
    `,"failure_code":${quoted(operation.failureCode)},"version":${operation.version}` +
    `,"created_at":"${time(operation.createdAt)}","updated_at":"${time(operation.updatedAt)}"`
  );
}

function quoted(code: string | null): string {
  return code === null ? 'null' : `"${code}"`;
}

function text(value: string | null): string {
  return value === null ? 'null' : JSON.stringify(value);
}

type TimeFormat = (ms: number) => string;

/** All times of a new charge are the same one, and formatting it is dear. */
function createTimeFormat(): TimeFormat {
  let last = Number.NaN;
  let formatted = '';
  return (ms) => {
    if (ms !== last) {
      last = ms;
      formatted = new Date(ms).toISOString();
    }
    return formatted;
  };
}
