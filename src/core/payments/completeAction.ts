import { type Histories, latest } from './history.ts';
import type { Perform } from './perform.ts';

/**
 * The customer is back from a challenge. The provider is asked what came of it, because the browser's word is worth nothing; the webhook may
 * have been faster. Returns where the merchant wants its customer; null where there is nowhere to go.
 */
export function createCompleteAction({ histories, perform }: { histories: Histories; perform: Perform }) {
  return async function completeAction(id: string): Promise<string | null> {
    const history = await histories.load(id);
    const payment = latest(history);
    const waiting = payment?.operations.find((operation) => operation.outcome.status === 'requires_action');
    if (waiting !== undefined) await perform.inquire(history, waiting.n);
    return payment?.personal?.returnUrl ?? null;
  };
}

export type CompleteAction = ReturnType<typeof createCompleteAction>;
