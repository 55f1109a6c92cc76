import { err, ok } from '#core/kit/result.ts';
import type { PaymentCommand } from '#core/payments/commands.ts';
import { findOperation, type Operation, type Payment, providerReferenceOf } from '#core/payments/payment.ts';
import { evidenceOf } from './observe.ts';
import type { Decision } from './rejections.ts';

/** Money that moved without our asking. Only what has succeeded is a fact to fold; whatever else it is will be told again. */
export function decideDiscovery(payment: Payment, command: Extract<PaymentCommand, { type: 'discover' }>): Decision {
  const { kind, outcome, proof } = command;
  const target = findOperation(payment, command.target);
  if (target === undefined) return err({ code: 'operation_not_found' });
  if (target.account !== proof.account) return err({ code: 'account_mismatch' });
  if (outcome.outcome !== 'succeeded' || outcome.amountMinor === null) return ok([]);
  if (
    payment.operations.some((operation) =>
      isSame(operation, { kind, account: proof.account, reference: outcome.providerReference }),
    )
  )
    return ok([]);
  return ok([
    {
      type: 'operation.discovered',
      operation: payment.operations.length + 1,
      kind,
      amountMinor: outcome.amountMinor,
      currency: outcome.currency ?? payment.currency,
      target: target.n,
      provider: target.provider,
      evidence: evidenceOf(outcome, proof),
    },
  ]);
}

/** Told twice, by two ways: it moved money once. */
function isSame(
  operation: Operation,
  { kind, account, reference }: { kind: string; account: string; reference: string | null },
): boolean {
  return (
    operation.kind === kind &&
    operation.account === account &&
    reference !== null &&
    providerReferenceOf(operation) === reference
  );
}
