import { err, type Result } from '#core/kit/result.ts';
import type { OperatorSeen } from './commands.ts';
import type { Rejection } from './decide/rejections.ts';
import type { OperatorStatement } from './events.ts';
import { type Histories, type History, latest } from './history.ts';
import type { Payment } from './payment.ts';
import type { Perform } from './perform.ts';

export type StateEvidenceRequest = {
  payment: string;
  operation: number;
  /** About the operation (a doubt), or about a conflict that it caused. */
  outcome: 'succeeded' | 'not_happened' | 'accept' | 'return_money';
  by: OperatorStatement;
  /** succeeded: what the provider's own console shows. */
  seen?: OperatorSeen;
};

/** What an operator knows or decides, with a name and a reason; of all merchants. */
export function createStateEvidence({ histories, perform }: { histories: Histories; perform: Perform }) {
  return async function stateEvidence({
    payment: id,
    operation,
    outcome,
    by,
    seen,
  }: StateEvidenceRequest): Promise<Result<Payment, Rejection>> {
    const history: History = await histories.load(id);
    if (latest(history) === null) return err({ code: 'payment_not_found' });
    const isResolution = outcome === 'accept' || outcome === 'return_money';
    const changed = await perform.change(
      history,
      isResolution
        ? { type: 'resolve_conflict', operation, resolution: outcome, by }
        : { type: 'state_evidence', operation, outcome, by, ...(seen === undefined ? {} : { seen }) },
    );
    if (!changed.ok) return changed;
    const payment = latest(changed.value);
    return payment === null ? err({ code: 'payment_not_found' }) : { ok: true, value: payment };
  };
}

export type StateEvidence = ReturnType<typeof createStateEvidence>;
