import type { OperationRequest } from '#core/provider/port.ts';
import type { DeclineTable, ErrorAnswer, StatusTable } from '../subject.ts';

// Written from the official description of checkout v72 and the pages of docs.adyen.com that src/providers/adyen/README.md names.

const PAYMENT = '0'.repeat(32);
export const MERCHANT_ACCOUNT = 'FlorinECOM';
export const PSP = 'NC6HT9CRT65ZGN82';

const AUTHORIZE: OperationRequest = {
  kind: 'authorize',
  reference: `op_${PAYMENT}_1`,
  payment: `pay_${PAYMENT}`,
  amountMinor: 1000n,
  currency: 'EUR',
  captures: true,
  final: false,
  stops: false,
  token: 'shopper_1:8415736344864224',
  returnUrl: 'https://florin.example/return/pay_1',
  targetReference: null,
  targetOwnReference: null,
  idempotencyKey: 'key',
};

export function operationAs(kind: OperationRequest['kind']): OperationRequest {
  if (kind === 'authorize') return AUTHORIZE;
  const target = { targetReference: PSP, targetOwnReference: AUTHORIZE.reference };
  return { ...AUTHORIZE, kind, reference: `op_${PAYMENT}_2`, captures: false, token: '', returnUrl: null, ...target };
}

export const ANSWER = {
  pspReference: PSP,
  resultCode: 'Authorised',
  merchantReference: AUTHORIZE.reference,
  amount: { currency: 'EUR', value: 1000 },
  action: {
    type: 'redirect',
    method: 'GET',
    url: 'https://checkoutshopper-test.adyen.com/checkoutshopper/threeDS/redirect?MD=x',
    paymentMethodType: 'scheme',
  },
};

export function answer(operation: OperationRequest, body: object, status = 200) {
  return {
    operation,
    response: { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) },
  };
}

function received(kind: 'capture' | 'void' | 'refund') {
  const operation = operationAs(kind);
  const amount = kind === 'void' ? {} : { amount: { currency: 'EUR', value: 1000 } };
  const of = { paymentPspReference: PSP, reference: operation.reference, merchantAccount: MERCHANT_ACCOUNT };
  return (status: unknown) => answer(operation, { ...of, ...amount, pspReference: 'D5B6V8NRTVCCZN82', status }, 201);
}

export const STATUSES: readonly StatusTable[] = [
  {
    name: 'PaymentResponse.resultCode',
    meanings: {
      Authorised: 'succeeded',
      PartiallyAuthorised: 'succeeded',
      Refused: 'declined',
      Error: 'declined',
      Cancelled: 'declined',
      RedirectShopper: 'requires_action',
      IdentifyShopper: 'requires_action',
      ChallengeShopper: 'requires_action',
      PresentToShopper: 'requires_action',
      Pending: 'pending',
      Received: 'pending',
      AuthenticationFinished: 'unknown',
      AuthenticationNotRequired: 'unknown',
      Success: 'unknown',
    },
    answer: (word) => answer(AUTHORIZE, { ...ANSWER, resultCode: word }),
  },
  { name: 'PaymentCaptureResponse.status', meanings: { received: 'pending' }, answer: received('capture') },
  { name: 'PaymentCancelResponse.status', meanings: { received: 'pending' }, answer: received('void') },
  { name: 'PaymentRefundResponse.status', meanings: { received: 'pending' }, answer: received('refund') },
];

export const DECLINES: DeclineTable = {
  codes: {
    2: 'do_not_honor',
    4: 'processing_error',
    5: 'invalid_payment_method',
    6: 'expired_card',
    8: 'invalid_payment_method',
    9: 'processing_error',
    11: 'authentication_failed',
    12: 'insufficient_funds',
    14: 'suspected_fraud',
    16: 'canceled',
    20: 'suspected_fraud',
    24: 'authentication_failed',
    28: 'insufficient_funds',
    31: 'suspected_fraud',
    38: 'authentication_failed',
  },
  answer: (code) =>
    answer(AUTHORIZE, { ...ANSWER, resultCode: 'Refused', refusalReason: 'Why', refusalReasonCode: code }),
};

export const ERRORS: readonly ErrorAnswer[] = [
  error('invalid card number', { status: 422, errorCode: '101', errorType: 'validation' }, 'rejected'),
  error('return URL missing', { status: 422, errorCode: '14_030', errorType: 'validation' }, 'rejected'),
  error('not allowed', { status: 403, errorCode: '010', errorType: 'security' }, 'rejected'),
  error('unauthorized', { status: 401, errorCode: '000', errorType: 'security' }, 'rejected'),
  error('not configured', { status: 422, errorCode: '905', errorType: 'configuration' }, 'rejected'),
  error('bad request', { status: 400, errorCode: '702', errorType: 'validation' }, 'rejected'),
  error('in progress', { status: 422, errorCode: '704', errorType: 'validation' }, 'unknown'),
  error('conflict', { status: 409, errorCode: '704', errorType: 'validation' }, 'unknown'),
  error('internal', { status: 422, errorCode: '901', errorType: 'internal' }, 'unknown'),
  error('no type', { status: 422, errorCode: '101' }, 'unknown'),
  error('a type that nobody knows', { status: 422, errorCode: '101', errorType: 'novel' }, 'unknown'),
];

function error(
  name: string,
  body: { status: number; errorCode: string; errorType?: string },
  outcome: ErrorAnswer['outcome'],
): ErrorAnswer {
  return { name, ...answer(AUTHORIZE, { ...body, message: 'No.' }, body.status), outcome };
}
