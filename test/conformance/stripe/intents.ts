/** What Stripe keeps of a payment, as its API shows it; only what the adapter and the tests need. Amounts in Stripe's units. */
export type Intent = {
  id: string;
  object: 'payment_intent';
  status: string;
  amount: number;
  amount_capturable: number;
  amount_received: number;
  currency: string;
  capture_method: string;
  cancellation_reason: string | null;
  created: number;
  client_secret: string;
  last_payment_error: object | null;
  latest_charge: string | null;
  livemode: boolean;
  metadata: Record<string, string>;
  next_action: object | null;
  payment_method: string | null;
};

export type Refund = {
  id: string;
  object: 'refund';
  status: string;
  amount: number;
  currency: string;
  payment_intent: string;
  charge: string | null;
  created: number;
  metadata: Record<string, string>;
  reason: string | null;
  balance_transaction: string | null;
  failure_balance_transaction?: string;
  failure_reason?: string;
};

export type Failure = { status: number; error: Record<string, unknown> };
export type Fields = ReadonlyMap<string, string>;
export type Told = (type: string, object: object) => void;

const DECLINED_METHODS: Readonly<Record<string, string>> = {
  pm_card_chargeDeclined: 'generic_decline',
  pm_card_chargeDeclinedInsufficientFunds: 'insufficient_funds',
};
const CHALLENGED_METHOD = 'pm_card_authenticationRequired';

export function refuse(status: number, code: string, type = 'invalid_request_error'): Failure {
  return { status, error: { type, code, message: `The double refuses: ${code}.` } };
}

export function isFailure(value: object): value is Failure {
  return 'error' in value && 'status' in value && typeof value.status === 'number';
}

/** Creates and confirms in one call. */
export function createIntent(id: string, fields: Fields, { now, tell }: { now: number; tell: Told }): Intent | Failure {
  const amount = wholeNumber(fields.get('amount'));
  if (amount === null) return refuse(400, 'parameter_invalid_integer');
  const intent: Intent = {
    id,
    object: 'payment_intent',
    status: 'requires_confirmation',
    amount,
    amount_capturable: 0,
    amount_received: 0,
    currency: fields.get('currency') ?? '',
    capture_method: fields.get('capture_method') ?? 'automatic',
    cancellation_reason: null,
    created: Math.floor(now / 1000),
    client_secret: `${id}_secret_x`,
    last_payment_error: null,
    latest_charge: null,
    livemode: false,
    metadata: metadataIn(fields),
    next_action: null,
    payment_method: fields.get('payment_method') ?? null,
  };
  tell('payment_intent.created', intent);
  const method = intent.payment_method ?? '';
  const decline = DECLINED_METHODS[method];
  if (decline !== undefined) return declineIntent(intent, decline, tell);
  if (method !== CHALLENGED_METHOD) return approveIntent(intent, tell);
  const url = fields.get('return_url');
  if (url === undefined) return declineIntent(intent, 'authentication_required', tell);
  intent.status = 'requires_action';
  intent.next_action = {
    type: 'redirect_to_url',
    redirect_to_url: { url: `https://hooks.stripe.example/${id}`, return_url: url },
  };
  tell('payment_intent.requires_action', intent);
  return intent;
}

export function approveIntent(intent: Intent, tell: Told): Intent {
  intent.next_action = null;
  intent.latest_charge = intent.id.replace('pi_', 'ch_');
  intent.last_payment_error = null;
  if (intent.capture_method === 'manual') {
    intent.status = 'requires_capture';
    intent.amount_capturable = intent.amount;
    tell('charge.succeeded', { id: intent.latest_charge, object: 'charge' });
    tell('payment_intent.amount_capturable_updated', intent);
  } else {
    intent.status = 'succeeded';
    intent.amount_received = intent.amount;
    tell('payment_intent.succeeded', intent);
    tell('charge.succeeded', { id: intent.latest_charge, object: 'charge' });
  }
  return intent;
}

export function declineIntent(intent: Intent, code: string, tell: Told): Failure {
  const isChallenge = code.startsWith('authentication');
  const reason = isChallenge ? { code } : { code: 'card_declined', decline_code: code };
  const error = { type: 'card_error', message: 'Your card was declined.', ...reason };
  intent.status = 'requires_payment_method';
  intent.next_action = null;
  intent.last_payment_error = error;
  tell('payment_intent.payment_failed', intent);
  return { status: 402, error: { ...error, payment_intent: { ...intent } } };
}

export function captureIntent(intent: Intent, fields: Fields, tell: Told): Intent | Failure {
  if (intent.status !== 'requires_capture') return refuse(400, 'payment_intent_unexpected_state');
  const amount = wholeNumber(fields.get('amount_to_capture') ?? String(intent.amount_capturable));
  if (amount === null || amount > intent.amount_capturable) return refuse(400, 'amount_too_large');
  Object.assign(intent.metadata, metadataIn(fields));
  intent.amount_received += amount;
  const isFinal = fields.get('final_capture') !== 'false' || intent.amount_capturable === amount;
  intent.amount_capturable = isFinal ? 0 : intent.amount_capturable - amount;
  if (isFinal) intent.status = 'succeeded';
  tell('charge.captured', { id: intent.latest_charge, object: 'charge' });
  tell(isFinal ? 'payment_intent.succeeded' : 'payment_intent.amount_capturable_updated', intent);
  return intent;
}

export function metadataIn(fields: Fields): Record<string, string> {
  const metadata: Record<string, string> = {};
  for (const [name, value] of fields) {
    const key = /^metadata\[(.{1,40})\]$/.exec(name)?.[1];
    if (key !== undefined) metadata[key] = value;
  }
  return metadata;
}

export function wholeNumber(text: string | undefined): number | null {
  return text !== undefined && /^[1-9]\d{0,14}$/.test(text) ? Number(text) : null;
}
