import type { Clock } from '#core/kit/world.ts';
import { type Histories, latest } from './history.ts';
import type { Perform } from './perform.ts';

/** Who reloads the page meanwhile learns nothing that we haven't just asked. */
const ASK_AGAIN_AFTER_MS = 3000;
const REMEMBERED_MAX = 10_000;

export type CompleteActionDeps = { histories: Histories; perform: Perform; clock: Clock };

/**
 * The customer is back from a challenge. The provider is asked what came of it, because the browser's word is worth nothing; the webhook may
 * have been faster. Returns where the merchant wants its customer; null where there is nowhere to go.
 */
export function createCompleteAction({ histories, perform, clock }: CompleteActionDeps) {
  const asked = new Map<string, number>();

  return async function completeAction(id: string): Promise<string | null> {
    const history = await histories.load(id);
    const payment = latest(history);
    const returnUrl = payment?.personal?.returnUrl ?? null;
    const waiting = payment?.operations.find((operation) => operation.outcome.status === 'requires_action');
    if (returnUrl !== null && waiting !== undefined && mayAsk(id))
      await perform.inquire(history, waiting.n, { scheduled: false });
    return returnUrl;
  };

  function mayAsk(id: string): boolean {
    const now = clock.monotonic();
    if ((asked.get(id) ?? Number.NEGATIVE_INFINITY) > now - ASK_AGAIN_AFTER_MS) return false;
    asked.delete(id);
    asked.set(id, now);
    const oldest = asked.keys().next();
    if (asked.size > REMEMBERED_MAX && !oldest.done) asked.delete(oldest.value);
    return true;
  }
}

export type CompleteAction = ReturnType<typeof createCompleteAction>;
