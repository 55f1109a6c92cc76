import type { Outcome } from '#core/provider/port.ts';
import type { CreatePayment, Observation, PaymentCommand } from './commands.ts';
import { decide } from './decide/decide.ts';
import type { Decision } from './decide/rejections.ts';
import type { Evidence, PaymentEvent } from './events.ts';
import { evolve } from './evolve.ts';
import type { Payment } from './payment.ts';
import type { Planner, Sending } from './plan.ts';

/** For tests: a payment made of commands, as the platform makes it, with one provider that is always there. */

export const ID = `pay_${'0'.repeat(32)}`;
export const ACCOUNT = 'acct_1';
export const START = 1_700_000_000_000;

const CAPABILITIES = { multipleCaptures: true, voidsRest: true, idempotencyWindowMs: 1000, echoesReferences: true };

export const planner: Planner = {
  plan: (_, intent, now) => ({
    way: 'open',
    provider: 'double',
    account: ACCOUNT,
    adapterVersion: 1,
    requestHash: `hash-${intent.operation}`,
    idempotencyKey: `key-${intent.operation}`,
    sendBefore: now + 500,
    deadline: now + 1000,
  }),
  resend: (_, __, now) => ({ way: 'open', sendBefore: now + 500, deadline: now + 1000 }),
  capabilities: () => CAPABILITIES,
  strangeToken: () => null,
};

/** Its provider can't be asked, and remembers keys for so long. */
export const WINDOW_MS = 7 * 24 * 60 * 60 * 1000;
export const withoutLookup: Planner = {
  ...planner,
  plan: (payment, intent, now) => ({
    ...(planner.plan(payment, intent, now) as Extract<Sending, { way: 'open' }>),
    resend: { before: now + WINDOW_MS, origin: 'https://double.example' },
  }),
};

export const unavailable: Planner = {
  ...planner,
  plan: () => ({ way: 'unavailable', provider: 'double', account: ACCOUNT }),
};
export const singleCapture: Planner = {
  ...planner,
  capabilities: () => ({ ...CAPABILITIES, multipleCaptures: false, voidsRest: false }),
};

export const wholeCaptures: Planner = {
  ...planner,
  capabilities: () => ({ ...CAPABILITIES, partialCaptures: false }),
};

export function createCommand(changes: Partial<CreatePayment> = {}): CreatePayment {
  return {
    type: 'create',
    id: ID,
    merchant: 'mer_1',
    amountMinor: 1000n,
    currency: 'EUR',
    capture: 'manual',
    confirm: true,
    attemptsMax: null,
    allowPartial: false,
    personal: {
      paymentMethod: { type: 'card', token: 'tok' },
      customer: null,
      description: null,
      statementDescriptor: null,
      returnUrl: null,
      metadata: {},
    },
    ...changes,
  };
}

/** A command without its time, or an event as it came from elsewhere. */
export type Step = TestCommand | PaymentEvent;
type TestCommand = PaymentCommand extends infer Command
  ? Command extends unknown
    ? Omit<Command, 'now'> & { now?: number }
    : never
  : never;

const COMMANDS = new Set([
  'create',
  'confirm',
  'capture',
  'cancel',
  'refund',
  'observe',
  'discover',
  'state_evidence',
  'resolve_conflict',
  'pursue',
]);

/** Folds the steps; a command that is refused fails the test. Each step is a second after the one before. */
export function given(...steps: readonly Step[]): Payment {
  return givenBy(planner, ...steps);
}

export function givenBy(by: Planner, ...steps: readonly Step[]): Payment {
  let payment: Payment | null = null;
  for (const [index, step] of steps.entries()) {
    const decision = isCommand(step)
      ? when(payment, step, START + index * 1000, by)
      : ({ ok: true, value: [step] } as const);
    if (!decision.ok) throw new Error(`step ${index + 1}, ${step.type}, was refused: ${decision.error.code}`);
    payment = fold(payment, decision.value, START + index * 1000);
  }
  if (payment === null) throw new Error('no steps');
  return payment;
}

export function when(
  payment: Payment | null,
  command: TestCommand,
  now = START + 3_600_000,
  by: Planner = planner,
): Decision {
  return decide(payment, { now, ...command } as PaymentCommand, by);
}

export function fold(payment: Payment | null, events: readonly PaymentEvent[], at: number): Payment | null {
  const seq = (payment?.version ?? 0) + 1;
  return events.reduce<Payment | null>((before, event) => evolve(before, event, { stream: ID, seq, at }), payment);
}

function isCommand(step: Step): step is TestCommand {
  return COMMANDS.has(step.type);
}

export function evidence(changes: Partial<Evidence> = {}): Evidence {
  return {
    source: 'reply',
    account: ACCOUNT,
    providerReference: 'ref_a',
    providerVersion: null,
    rawHash: 'raw',
    by: null,
    ...changes,
  };
}

type Told = { outcome: Outcome['outcome'] } & Record<string, unknown>;

/** The provider says something of an operation. */
export function tell(operation: number, outcome: Told | string, proof: Partial<Evidence> = {}): TestCommand {
  const said = typeof outcome === 'string' ? { outcome } : outcome;
  const { source, account, rawHash } = evidence(proof);
  const seen = {
    amountMinor: null,
    currency: null,
    providerReference: proof.providerReference ?? `ref_${operation}`,
    providerVersion: proof.providerVersion ?? null,
  };
  const decline = { code: 'do_not_honor', providerCode: 'no', message: null };
  const full = {
    ...seen,
    capturedMinor: null,
    ...decline,
    redirectUrl: 'https://challenge.example',
    reason: 'odd',
    ...said,
  } as unknown as Outcome;
  const observation: Observation = { kind: 'told', outcome: full, proof: { source, account, rawHash } };
  return { type: 'observe', operation, observation };
}

export function inquire(operation: number, outcome: string, beganAt: number): TestCommand {
  const { outcome: said } = { outcome: { outcome } as unknown as Outcome };
  const observation: Observation = {
    kind: 'inquired',
    outcome: said,
    beganAt,
    scheduled: true,
    propagationMs: 2000,
    proof: { source: 'inquiry', account: ACCOUNT, rawHash: 'raw' },
  };
  return { type: 'observe', operation, observation };
}

export const unanswered = (operation: number): TestCommand => ({
  type: 'observe',
  operation,
  observation: { kind: 'unanswered', reason: 'no answer' },
});
export const notSent = (operation: number): TestCommand => ({
  type: 'observe',
  operation,
  observation: { kind: 'not_sent', reason: 'ECONNREFUSED' },
});
export const capture = (amountMinor: bigint | null, final: boolean | null = null): TestCommand => ({
  type: 'capture',
  amountMinor,
  final,
});
export const refund = (amountMinor: bigint | null): TestCommand => ({ type: 'refund', amountMinor, reason: null });
export const cancel: TestCommand = { type: 'cancel' };
export const confirm = (token: string | null = 'tok_2'): TestCommand => ({
  type: 'confirm',
  paymentMethod: token === null ? null : { type: 'card', token },
});
