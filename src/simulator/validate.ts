import { isRefusal, type Metadata, type Refusal } from './model.ts';

const AMOUNT_MAX_MINOR = 999_999_999_999;
const REFERENCE_MAX_CHARACTERS = 255;
const TOKEN_MAX_CHARACTERS = 255;
const URL_MAX_CHARACTERS = 2048;
const METADATA_ENTRIES_MAX = 50;
const METADATA_KEY_MAX_CHARACTERS = 100;
const METADATA_VALUE_MAX_CHARACTERS = 1000;

type Body = Record<string, unknown>;

export type ChargeRequest = {
  reference: string;
  amount: bigint;
  currency: string;
  token: string;
  capture: boolean;
  returnUrl: string | null;
  metadata: Metadata;
};

export type CaptureRequest = { reference: string; amount: bigint; final: boolean };
export type VoidRequest = { reference: string };
export type RefundRequest = { reference: string; amount: bigint };
export type AmountRequest = { amount: bigint };
export type SettleRequest = { operation: string };

const CHARGE_FIELDS = new Set(['reference', 'amount', 'currency', 'token', 'capture', 'return_url', 'metadata']);
const CAPTURE_FIELDS = new Set(['reference', 'amount', 'final']);
const VOID_FIELDS = new Set(['reference']);
const REFUND_FIELDS = new Set(['reference', 'amount']);
const AMOUNT_FIELDS = new Set(['amount']);
const SETTLE_FIELDS = new Set(['capture', 'refund', 'outcome']);
const NO_FIELDS = new Set<string>();

const CHARGE_CHECKS = [
  checkReference,
  checkAmount,
  checkCurrency,
  checkToken,
  checkCapture,
  checkReturnUrl,
  checkMetadata,
];

export function parseCharge(text: string): ChargeRequest | Refusal {
  return parse(text, CHARGE_FIELDS, CHARGE_CHECKS, (body) => ({
    reference: body['reference'] as string,
    amount: BigInt(body['amount'] as number),
    currency: body['currency'] as string,
    token: body['token'] as string,
    capture: body['capture'] as boolean,
    returnUrl: (body['return_url'] as string | null | undefined) ?? null,
    metadata: (body['metadata'] as Metadata | undefined) ?? {},
  }));
}

export function parseCapture(text: string): CaptureRequest | Refusal {
  return parse(text, CAPTURE_FIELDS, [checkReference, checkAmount, checkFinal], (body) => ({
    reference: body['reference'] as string,
    amount: BigInt(body['amount'] as number),
    final: body['final'] as boolean,
  }));
}

export function parseVoid(text: string): VoidRequest | Refusal {
  return parse(text, VOID_FIELDS, [checkReference], (body) => ({ reference: body['reference'] as string }));
}

export function parseRefund(text: string): RefundRequest | Refusal {
  return parse(text, REFUND_FIELDS, [checkReference, checkAmount], (body) => ({
    reference: body['reference'] as string,
    amount: BigInt(body['amount'] as number),
  }));
}

export function parseAmount(text: string): AmountRequest | Refusal {
  return parse(text, AMOUNT_FIELDS, [checkAmount], (body) => ({ amount: BigInt(body['amount'] as number) }));
}

/** Exactly one of `capture` and `refund` names what the settlement decided about. */
export function parseSettle(text: string): SettleRequest | Refusal {
  const body = parseObject(text, SETTLE_FIELDS);
  if (isRefusal(body)) return body;
  if (body['outcome'] !== 'reversed') return invalid('outcome', `must be "reversed"`);
  const named = [body['capture'], body['refund']].filter((value) => value !== undefined);
  if (named.length !== 1) return invalid('capture', 'or refund, exactly one of them, must be there');
  return typeof named[0] === 'string' ? { operation: named[0] } : invalid('capture', 'or refund must be an id');
}

/** An empty body is as good as an empty object. */
export function parseNothing(text: string): Record<string, never> | Refusal {
  return text === '' ? {} : parse(text, NO_FIELDS, [], () => ({}));
}

/** A JSON object without unknown fields. */
export function parseObject(text: string, known: ReadonlySet<string>): Body | Refusal {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { refused: true, status: 400, code: 'invalid_json', message: 'The body is not valid JSON.' };
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { refused: true, status: 400, code: 'invalid_json', message: 'The body must be a JSON object.' };
  }
  for (const field in value) if (!known.has(field)) return invalid(field, 'is unknown here');
  return value as Body;
}

export function invalid(field: string, what: string): Refusal {
  return { refused: true, status: 400, code: 'invalid_request', message: `${field} ${what}.`, field };
}

/** Called with the body once it is known to be an object with no field but the known ones; the first problem counts. */
type Check = (body: Body) => Refusal | null;

function parse<Parsed>(
  text: string,
  known: ReadonlySet<string>,
  checks: readonly Check[],
  build: (body: Body) => Parsed,
): Parsed | Refusal {
  const body = parseObject(text, known);
  if (isRefusal(body)) return body;
  for (const check of checks) {
    const problem = check(body);
    if (problem !== null) return problem;
  }
  return build(body);
}

function checkReference(body: Body): Refusal | null {
  return checkText(body, 'reference', REFERENCE_MAX_CHARACTERS);
}

function checkToken(body: Body): Refusal | null {
  return checkText(body, 'token', TOKEN_MAX_CHARACTERS);
}

function checkText(body: Body, field: string, max: number): Refusal | null {
  const value = body[field];
  if (typeof value === 'string' && value.length > 0 && value.length <= max) return null;
  return invalid(field, `must be a string of 1 to ${max} characters`);
}

function checkAmount(body: Body): Refusal | null {
  const value = body['amount'];
  if (Number.isInteger(value) && (value as number) >= 1 && (value as number) <= AMOUNT_MAX_MINOR) return null;
  return invalid('amount', `must be an integer from 1 to ${AMOUNT_MAX_MINOR}`);
}

function checkCurrency(body: Body): Refusal | null {
  const value = body['currency'];
  if (typeof value === 'string' && /^[A-Z]{3}$/.test(value)) return null;
  return invalid('currency', 'must be three capitals');
}

function checkCapture(body: Body): Refusal | null {
  return checkBoolean(body, 'capture');
}

function checkFinal(body: Body): Refusal | null {
  return checkBoolean(body, 'final');
}

function checkBoolean(body: Body, field: string): Refusal | null {
  return typeof body[field] === 'boolean' ? null : invalid(field, 'must be true or false');
}

function checkReturnUrl(body: Body): Refusal | null {
  const value = body['return_url'];
  if (value === undefined || value === null) return null;
  if (typeof value === 'string' && value.length <= URL_MAX_CHARACTERS && URL.canParse(value)) return null;
  return invalid('return_url', `must be null or a URL of at most ${URL_MAX_CHARACTERS} characters`);
}

function checkMetadata(body: Body): Refusal | null {
  const value = body['metadata'];
  if (value === undefined) return null;
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return invalid('metadata', 'must be an object');
  let entries = 0;
  for (const key in value) {
    const entry = (value as Body)[key];
    entries += 1;
    const fits = key.length <= METADATA_KEY_MAX_CHARACTERS && typeof entry === 'string';
    if (!fits || entry.length > METADATA_VALUE_MAX_CHARACTERS) return invalid('metadata', 'must map keys to strings');
  }
  return entries <= METADATA_ENTRIES_MAX ? null : invalid('metadata', `has more than ${METADATA_ENTRIES_MAX} entries`);
}
