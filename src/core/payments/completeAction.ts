import { canonicalJson } from '#core/kit/canonicalJson.ts';
import type { Clock } from '#core/kit/world.ts';
import type { ReturnParameters } from '#core/provider/port.ts';
import { type Histories, latest } from './history.ts';
import { followersOf } from './owed.ts';
import { isOpen, type Operation, type Payment } from './payment.ts';
import type { Perform } from './perform.ts';

/** Who reloads the page meanwhile learns nothing that we haven't just asked. */
const ASK_AGAIN_AFTER_MS = 3000;
const ASKED_AT_ONCE_MAX = 5;
const REMEMBERED_MAX = 10_000;

export type CompleteActionDeps = { histories: Histories; perform: Perform; clock: Clock };

/**
 * The customer is back from a challenge. The provider is asked what came of it, because the browser's word is worth nothing; the webhook may
 * have been faster. Returns where the merchant wants its customer; null where there is nowhere to go.
 */
export function createCompleteAction({ histories, perform, clock }: CompleteActionDeps) {
  const asked = new Map<string, { at: number; about: Set<string> }>();

  /** `parameters`: of the address that the customer came back to. */
  return async function completeAction(id: string, parameters: ReturnParameters = {}): Promise<string | null> {
    const history = await histories.load(id);
    const payment = latest(history);
    const returnUrl = payment?.personal?.returnUrl ?? null;
    const waiting = payment?.operations.find((operation) => isWaiting(operation, payment));
    if (returnUrl !== null && waiting !== undefined && mayAsk(id, parameters))
      await perform.complete(history, waiting.n, parameters);
    return returnUrl;
  };

  /** Who comes back with something else may be the one who knows; but not for ever, because anybody can make something up. */
  function mayAsk(id: string, parameters: ReturnParameters): boolean {
    const now = clock.monotonic();
    const known = asked.get(id);
    const recent =
      known !== undefined && known.at > now - ASK_AGAIN_AFTER_MS ? known : { at: now, about: new Set<string>() };
    const about = canonicalJson(parameters);
    if (recent.about.has(about) || recent.about.size >= ASKED_AT_ONCE_MAX) return false;
    recent.about.add(about);
    asked.delete(id);
    asked.set(id, recent);
    const oldest = asked.keys().next();
    if (asked.size > REMEMBERED_MAX && !oldest.done) asked.delete(oldest.value);
    return true;
  }
}

/** Not of what is being stopped: the one excludes the other. */
function isWaiting({ n, outcome }: Operation, payment: Payment): boolean {
  return outcome.status === 'requires_action' && !followersOf(payment, n).some(isOpen);
}

export type CompleteAction = ReturnType<typeof createCompleteAction>;
