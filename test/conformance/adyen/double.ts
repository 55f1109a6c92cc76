import { sha256 } from '#core/journal/commit.ts';
import type { ProviderRequest, ProviderResponse } from '#core/provider/port.ts';
import type { Double, DoubleBooks, ProviderAct } from '../subject.ts';
import { bodyOf, type Item, itemOf } from './events.ts';

// From docs.adyen.com: what is asked is received, and becomes what it becomes by a webhook. Amounts in Adyen's units.

const DASHBOARD_REFUND = 100;
type Amount = { currency: string; value: number };
type Body = {
  amount?: Amount;
  reference?: string;
  paymentReference?: string;
  merchantAccount?: string;
  metadata?: { payment: string };
  paymentMethod?: { storedPaymentMethodId: string };
  details?: { redirectResult: string };
};
type Payment = {
  psp: string;
  payment: string;
  reference: string;
  amount: Amount;
  state: 'challenge' | 'authorised' | 'refused' | 'canceled';
  approves: boolean | null;
  captured: number;
  refunded: number;
};
type Answer = { status: number; body: object };

/** A double of Adyen's checkout API with books, keys and webhooks of its own. */
export async function createAdyenDouble(now: () => number): Promise<Double> {
  const payments: Payment[] = [];
  const keys = new Map<string, { hash: string; answer: Answer }>();
  const told: string[] = [];
  let counter = 0;

  function once({ url, headers, body }: ProviderRequest): Answer {
    const key = headers['idempotency-key'] ?? '';
    const hash = sha256(`${url}\n${body}`);
    const known = keys.get(key);
    if (known !== undefined)
      return known.hash === hash ? known.answer : refusal('704', 'another request with this key');
    const answer = route(new URL(url).pathname.replace('/v72', ''), JSON.parse(body ?? '{}') as Body);
    keys.set(key, { hash, answer });
    return answer;
  }

  function route(path: string, body: Body): Answer {
    if (path === '/payments') return pay(body);
    if (path === '/payments/details') return complete(body.details?.redirectResult ?? '');
    if (path === '/cancels') return cancelByReference(body);
    const [, psp = '', verb] = /^\/payments\/([^/]+)\/(captures|cancels|refunds)$/.exec(path) ?? [];
    const payment = payments.find((each) => each.psp === psp);
    if (payment === undefined || verb === undefined) return refusal('167', 'Original pspReference required');
    const done = MODIFICATIONS[verb as keyof typeof MODIFICATIONS](payment, body.amount?.value ?? 0);
    const code = EVENT_CODES[verb as keyof typeof EVENT_CODES];
    const pspReference = nextPsp();
    const amount = body.amount ?? payment.amount;
    tell(code, {
      pspReference,
      merchantReference: body.reference ?? payment.reference,
      ...of(payment),
      amount,
      ...said(done),
    });
    return {
      status: 201,
      body: { ...body, paymentPspReference: psp, pspReference, status: 'received' },
    };
  }

  function pay({ amount, reference = '', metadata, paymentMethod }: Body): Answer {
    if (amount === undefined || reference === '') return refusal('100', 'Required field is missing');
    const kind = paymentMethod?.storedPaymentMethodId ?? '';
    const state = kind === 'challenge' ? 'challenge' : kind === 'declined' ? 'refused' : 'authorised';
    const facts = { amount, reference, payment: metadata?.payment ?? '', captured: 0, refunded: 0 };
    const made: Payment = { psp: nextPsp(), ...facts, state, approves: null };
    payments.push(made);
    if (state !== 'challenge') return decided(made);
    const url = `https://checkoutshopper-test.adyen.com/redirect?of=${made.psp}`;
    const action = { type: 'redirect', method: 'GET', url, paymentMethodType: 'scheme' };
    return { status: 200, body: { resultCode: 'RedirectShopper', action } };
  }

  function complete(redirectResult: string): Answer {
    const payment = payments.find(({ psp }) => redirectResult === `result of ${psp}`);
    if (payment === undefined || payment.approves === null) return refusal('101', 'Invalid redirectResult');
    if (payment.state === 'canceled') return { status: 200, body: { ...shown(payment), resultCode: 'Cancelled' } };
    if (payment.state !== 'challenge') return { status: 200, body: shown(payment) };
    payment.state = payment.approves ? 'authorised' : 'refused';
    return decided(payment);
  }

  function decided(payment: Payment): Answer {
    const refused = payment.state === 'refused';
    const names = { pspReference: payment.psp, merchantReference: payment.reference, amount: payment.amount };
    tell('AUTHORISATION', { ...names, success: String(!refused), ...(refused ? { reason: 'Refused' } : {}) });
    return { status: 200, body: shown(payment) };
  }

  function cancelByReference({ paymentReference = '', reference, merchantAccount }: Body): Answer {
    const payment = payments.findLast((each) => each.reference === paymentReference);
    const done = payment !== undefined && cancel(payment);
    const pspReference = nextPsp();
    const names = { pspReference, merchantReference: reference ?? paymentReference };
    tell('TECHNICAL_CANCEL', { ...names, ...(payment === undefined ? {} : of(payment)), ...said(done) });
    return { status: 201, body: { merchantAccount, paymentReference, reference, pspReference, status: 'received' } };
  }

  function tell(eventCode: string, changes: Partial<Item>): void {
    told.push(bodyOf(itemOf(eventCode, { eventDate: new Date(now()).toISOString(), ...changes })));
  }

  function nextPsp(): string {
    counter += 1;
    return `PSP${String(counter).padStart(13, '0')}`;
  }

  function act(what: ProviderAct, id: string): boolean {
    const payment = payments.findLast((each) => each.payment === id);
    if (payment === undefined) return false;
    const names = { pspReference: nextPsp(), merchantReference: payment.reference, ...of(payment) };
    switch (what) {
      case 'customer_approves':
      case 'customer_refuses':
        payment.approves = what === 'customer_approves';
        return payment.state === 'challenge';
      case 'refunds_in_dashboard': {
        const amount = { ...payment.amount, value: DASHBOARD_REFUND };
        tell('REFUND', { ...names, amount, ...said(refund(payment, DASHBOARD_REFUND)) });
        return true;
      }
      case 'captures_in_dashboard':
        tell('CAPTURE', { ...names, amount: payment.amount, ...said(capture(payment, payment.amount.value)) });
        return true;
    }
  }

  return {
    handle: async (request) => {
      const { status, body } = once(request);
      return { status, headers: {}, body: JSON.stringify(body) } satisfies ProviderResponse;
    },
    takeWebhooks: async () => told.splice(0),
    act: async (what, payment) => act(what, payment),
    returnParameters: async (id) => {
      const payment = payments.findLast((each) => each.payment === id);
      return payment === undefined ? {} : { redirectResult: `result of ${payment.psp}` };
    },
    books: async (id) => booksOf(payments.filter(({ payment }) => payment === id)),
    close: async () => {},
  };
}

const MODIFICATIONS = { captures: capture, cancels: cancel, refunds: refund };
const EVENT_CODES = { captures: 'CAPTURE', cancels: 'CANCELLATION', refunds: 'REFUND' };

/** Once, and the rest is released. */
function capture(payment: Payment, value: number): boolean {
  if (payment.state !== 'authorised' || payment.captured > 0 || value > payment.amount.value) return false;
  payment.captured = value;
  return true;
}

function cancel(payment: Payment): boolean {
  if (payment.state === 'refused' || payment.state === 'canceled' || payment.captured > 0) return false;
  payment.state = 'canceled';
  return true;
}

function refund(payment: Payment, value: number): boolean {
  if (payment.refunded + value > payment.captured) return false;
  payment.refunded += value;
  return true;
}

function shown({ psp, reference, amount, state }: Payment): object {
  const names = { pspReference: psp, merchantReference: reference, amount };
  return state === 'refused'
    ? { ...names, resultCode: 'Refused', refusalReason: 'Refused', refusalReasonCode: '2' }
    : { ...names, resultCode: 'Authorised' };
}

function of({ psp, amount }: Payment) {
  return { originalReference: psp, amount };
}

function said(done: boolean) {
  return { success: String(done), ...(done ? {} : { reason: 'Not possible' }) };
}

function refusal(errorCode: string, message: string): Answer {
  return { status: 422, body: { status: 422, errorCode, message, errorType: 'validation' } };
}

function booksOf(payments: readonly Payment[]): DoubleBooks {
  const held = payments.filter(({ state, captured }) => state === 'authorised' && captured === 0);
  const sum = (of_: (payment: Payment) => number, all = payments) =>
    BigInt(all.reduce((total, payment) => total + of_(payment), 0));
  return {
    authorizations: payments.filter(({ state }) => state === 'authorised' || state === 'canceled').length,
    heldMinor: sum(({ amount }) => amount.value, held),
    capturedMinor: sum(({ captured }) => captured),
    refundedMinor: sum(({ refunded }) => refunded),
  };
}
