import { owed } from '#core/payments/owed.ts';
import { type Operation, operationId, type Payment } from '#core/payments/payment.ts';
import type { Planner } from '#core/payments/plan.ts';
import {
  ACCOUNT,
  cancel,
  capture,
  confirm,
  createCommand,
  inquire,
  notSent,
  refund,
  type Step,
  singleCapture,
  tell,
  unanswered,
  unavailable,
} from '#core/payments/testKit.ts';

/** Something to do to a payment. `by`: the providers as they are at that moment, if they are not as usual. */
export type Try = { step: Step; at?: number; by?: Planner };

/** Late enough for an inquiry that finds nothing to prove that there is nothing. */
const LATE = 9_000_000_000_000;
const BY = { name: 'operator', reason: 'seen at the provider' };
const OUTCOMES = ['succeeded', 'declined', 'reversed', 'rejected', 'pending', 'requires_action', 'unknown'] as const;
const withoutAccount: Planner = { ...unavailable, plan: () => ({ way: 'none' }) };
const withStrangers: Planner = { ...unavailable, strangeToken: () => 0 };

/** The payments that exploring begins with: whatever is asked for at the creation and changes what follows. */
export const CREATIONS: readonly Try[] = [
  { step: createCommand() },
  { step: createCommand({ attemptsMax: 1 }) },
  { step: createCommand({ allowPartial: true }) },
  { step: createCommand({ confirm: false }) },
  { step: createCommand({ confirm: false, personal: { ...createCommand().personal, paymentMethod: null } }) },
  { step: createCommand({ capture: 'automatic' }) },
  { step: createCommand(), by: unavailable },
];

/** What is refused whatever the state is, so that it needs no search: it must turn up in the table of rejections all the same. */
export const HOPELESS: readonly Try[] = [
  { step: createCommand({ personal: { ...createCommand().personal, paymentMethod: null } }) },
  { step: createCommand(), by: withStrangers },
  { step: createCommand(), by: withoutAccount },
  { step: cancel },
];

/** What merchants ask, what workers do, what providers and operators say: all of it, sensible or not. `version` is newer than all before. */
export function triesOf(payment: Payment, version: number): Try[] {
  return [
    ...commands(),
    ...owed(payment).map(({ step, operation, dueAt }) => ({
      step: { type: 'pursue', step, operation } as Step,
      at: dueAt,
    })),
    ...payment.operations.flatMap((operation) => told(operation, version)),
  ];
}

function commands(): Try[] {
  const asked = [
    confirm(),
    capture(400n, false),
    capture(null),
    capture(400n, true),
    cancel,
    refund(300n),
    refund(null),
  ];
  const resolved = (['accept', 'return_money'] as const).map(
    (resolution): Step => ({ type: 'resolve_conflict', operation: 1, resolution, by: BY }),
  );
  return [...asked, ...resolved].map((step) => ({ step }));
}

function told(operation: Operation, version: number): Try[] {
  const { n, kind } = operation;
  const proof = { providerVersion: version };
  const said: Step[] = [
    // Only an authorisation sends a customer anywhere.
    ...OUTCOMES.filter((outcome) => outcome !== 'requires_action' || kind === 'authorize').map((outcome) =>
      tell(n, outcome, proof),
    ),
    tell(n, { outcome: 'succeeded', amountMinor: operation.amountMinor + 100n }, proof),
    inquire(n, 'not_found', LATE),
    { type: 'observe', operation: n, observation: { kind: 'inquiry_unanswered', reason: 'no answer' } },
    unanswered(n),
    notSent(n),
    ...(['succeeded', 'not_happened'] as const).map(
      (outcome): Step => ({ type: 'state_evidence', operation: n, outcome, by: BY }),
    ),
  ];
  if (kind === 'authorize') {
    said.push(
      tell(n, { outcome: 'succeeded', amountMinor: 500n }, proof),
      discovery('refund', n),
      discovery('capture', n),
    );
    if (operation.captures) said.push(tell(n, { outcome: 'succeeded', capturedMinor: 0n }, proof));
  }
  return said.map((step) => ({ step }));
}

function discovery(kind: 'capture' | 'refund', target: number, account = ACCOUNT): Step {
  const seen = { amountMinor: 250n, currency: 'EUR', providerReference: `found_${kind}`, providerVersion: null };
  return {
    type: 'discover',
    kind,
    target,
    outcome: { outcome: 'succeeded', capturedMinor: null, ...seen },
    proof: { source: 'webhook', account, rawHash: 'raw' },
  };
}

/** What is tried in each state only to see it refused: it leads nowhere, or has its own planner. */
export function refusalsOf(payment: Payment): Try[] {
  const missing = payment.operations.length + 1;
  const steps: Step[] = [
    createCommand(),
    confirm(null),
    capture(2000n),
    refund(2000n),
    tell(missing, 'succeeded'),
    tell(1, 'succeeded', { account: 'another', providerReference: null }),
    tell(1, 'succeeded', { providerReference: operationId(payment.id, 99) }),
    discovery('refund', missing),
    discovery('refund', 1, 'another'),
    { type: 'state_evidence', operation: missing, outcome: 'succeeded', by: BY },
    ...payment.operations.map(({ n }): Step => ({ type: 'pursue', step: 'time_out', operation: n })),
    { type: 'pursue', step: 'lapse', operation: missing },
  ];
  const elsewhere = [capture(null), cancel, refund(null)].map((step) => ({ step, by: unavailable }));
  const nowhere = [withoutAccount, withStrangers].map((by) => ({ step: confirm(), by }));
  return [...steps.map((step) => ({ step })), ...elsewhere, ...nowhere, { step: capture(null), by: singleCapture }];
}
