import fc from 'fast-check';
import { CURRENCIES } from '#core/money/currencies.ts';
import { capabilitiesOf } from '#core/provider/capabilities.ts';
import type { OperationRequest } from '#core/provider/port.ts';
import type { Subject } from './subject.ts';

export const KINDS = ['authorize', 'capture', 'void', 'refund'] as const;
const ID_CHARACTERS = '0123456789abcdefghjkmnpqrstvwxyz';
const OPERATIONS_MAX = 99_999;

/** Whether a request for it says an amount: a void never does, nor a capture where the provider captures all or nothing. */
export function saysAmount({ provider, account }: Subject, { kind }: OperationRequest): boolean {
  return kind === 'capture' ? capabilitiesOf(provider, account).partialCaptures !== false : kind !== 'void';
}

/** A plain operation of each kind, and a stop. */
export function plainOperations(subject: Subject): readonly OperationRequest[] {
  const plain = KINDS.map((kind) => plainOperation(subject, kind));
  return [...plain, { ...plainOperation(subject, 'void'), stops: true }];
}

export function plainOperation(subject: Subject, kind: OperationRequest['kind']): OperationRequest {
  const payment = '0'.repeat(32);
  const n = 1 + KINDS.indexOf(kind);
  return {
    kind,
    reference: `op_${payment}_${n}`,
    payment: `pay_${payment}`,
    amountMinor: 12_340n,
    currency: 'EUR',
    captures: kind === 'authorize',
    final: kind === 'capture',
    token: kind === 'authorize' ? subject.tokens.approved : '',
    returnUrl: null,
    targetReference: kind === 'authorize' ? null : (subject.generate.targetReferences[0] ?? 'ref'),
    targetOwnReference: kind === 'authorize' ? null : `op_${payment}_1`,
    stops: false,
    idempotencyKey: `${'k'.repeat(42)}${n}`,
  };
}

let payments = 0;

/** An operation on a payment of its own, which no double has heard of. */
export function freshOperation(subject: Subject, kind: OperationRequest['kind'], n = 1): OperationRequest {
  payments += 1;
  const payment = `f${String(payments).padStart(31, '0')}`;
  const key = `${'f'.repeat(35)}${String(payments).padStart(6, '0')}_${n}`;
  return { ...plainOperation(subject, kind), ...named(payment, n), idempotencyKey: key };
}

/** The same payment's operation with another number. */
export function followUp(
  subject: Subject,
  kind: OperationRequest['kind'],
  { of, n, targetReference }: { of: OperationRequest; n: number; targetReference: string | null },
): OperationRequest {
  const ids = named(of.payment.slice('pay_'.length), n);
  const key = `${of.idempotencyKey.slice(0, -1)}${n}`;
  return {
    ...plainOperation(subject, kind),
    ...ids,
    targetReference,
    targetOwnReference: of.reference,
    idempotencyKey: key,
  };
}

function named(payment: string, n: number) {
  return { payment: `pay_${payment}`, reference: `op_${payment}_${n}` };
}

/** Operations as the platform can make them: all kinds, all currencies, the smallest and the largest amounts, any text where a merchant writes text. */
export function operations(subject: Subject): fc.Arbitrary<OperationRequest> {
  const { generate } = subject;
  const currencies = CURRENCIES.filter(generate.currencies);
  const id = fc.string({ unit: fc.constantFrom(...ID_CHARACTERS), minLength: 32, maxLength: 32 });
  const n = fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: OPERATIONS_MAX }));
  const token = generate.anyToken
    ? fc.oneof(
        fc.constantFrom(...generate.tokens),
        fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 }),
        fc.string({ unit: 'binary', minLength: 1, maxLength: 60 }),
      )
    : fc.constantFrom(...generate.tokens);
  const key = fc.string({ unit: fc.constantFrom(...'AZaz09-_'), minLength: 43, maxLength: 43 });
  return fc
    .record({
      kind: fc.constantFrom(...KINDS),
      id,
      n,
      amountMinor: fc.oneof(
        fc.constantFrom(1n, 2n, 10n, 100n, generate.amountMinorMax),
        fc.bigInt({ min: 1n, max: generate.amountMinorMax }),
        // Where the provider counts in coarser units, or wants a zero at the end.
        fc.bigInt({ min: 1n, max: generate.amountMinorMax / 1000n }).map((amount) => amount * 1000n),
      ),
      currency: fc.constantFrom(...currencies),
      captures: fc.boolean(),
      final: fc.boolean(),
      stops: fc.boolean(),
      token,
      host: fc.option(
        fc.constantFrom('https://shop.example', 'http://127.0.0.1:8080', 'https://xn--bcher-kva.example'),
      ),
      targetReference: fc.constantFrom(...generate.targetReferences),
      idempotencyKey: key,
    })
    .map(({ id: payment, n: number, host, kind, token: given, ...fields }) => ({
      ...fields,
      kind,
      reference: `op_${payment}_${number}`,
      payment: `pay_${payment}`,
      captures: kind === 'authorize' && fields.captures,
      final: kind === 'capture' && fields.final,
      stops: kind === 'void' && fields.stops,
      token: kind === 'authorize' ? given : '',
      returnUrl: kind === 'authorize' && host !== null ? `${host}/return/pay_${payment}` : null,
      targetReference: kind === 'authorize' ? null : fields.targetReference,
      targetOwnReference: kind === 'authorize' ? null : `op_${payment}_1`,
    }))
    .filter((operation) => subject.provider.takes?.(operation) !== false);
}
