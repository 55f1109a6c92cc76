import { tellWebhook } from '../engine/telling.ts';
import type { World } from '../world.ts';
import { ACCOUNTS, connectedOf, wireOf } from './accounts.ts';
import type { Books } from './books.ts';
import type { Charge, Entry, Kept } from './model.ts';
import { lieOf, type Signed, simulatorWire } from './wire.ts';

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const DAY_MS = 24 * 60 * MINUTE_MS;
const USUAL_MS_MAX = 800;
const HELD_MS_MAX = 90 * MINUTE_MS;
const RETRY_MS = [SECOND_MS, 5 * SECOND_MS, 30 * SECOND_MS, 5 * MINUTE_MS, 30 * MINUTE_MS];

export type Outbox = ReturnType<typeof createOutbox>;

/** Webhooks, each sent again until it is taken. `askedFor`: an inquiry would tell the same, so the webhook may be lost. */
export function createOutbox(world: World, books: Books) {
  const { scheduler, faults, chance } = world;
  const heldUntil = new Map(ACCOUNTS.map(({ connected }) => [connected.account.id, holdOf(connected.account.id)]));
  let events = 0;

  function tell(kept: Kept, made: Charge | Entry, askedFor: boolean): void {
    const about = world.names.operation(kept.charge.reference);
    events += 1;
    for (const body of wireOf(kept.account).events(kept, made, telling(kept.account)))
      send(kept, { body, about }, askedFor);
  }

  function telling(account: string) {
    return { n: events, now: scheduler.now(), account: connectedOf(account).account };
  }

  function send(kept: Kept, { body, about }: Omit<Event, 'tried'>, askedFor: boolean): void {
    if (askedFor && faults.happens('webhook_lost', about)) return;
    books.say(body, kept.account);
    const dice = chance.of('webhooks', about);
    const later = (ms: number) => void scheduler.after(ms, () => deliver(kept, { body, about, tried: 0 }));
    later(delayOf(kept.account, about));
    if (faults.happens('webhook_twice', about)) later(dice.between(0, 5 * SECOND_MS));
    if (faults.happens('webhook_forged', about)) scheduler.after(USUAL_MS_MAX, () => forge(kept, body));
    if (faults.happens('webhook_crossed', about)) scheduler.after(USUAL_MS_MAX, () => cross(kept, body));
  }

  /** An outage of what sends webhooks begins with the run; what is told before it ends comes after it. */
  function holdOf(account: string): number {
    const holds = faults.happens('webhook_outage', account);
    return holds ? scheduler.now() + chance.of('webhook outage', account).between(10 * SECOND_MS, HELD_MS_MAX) : 0;
  }

  function delayOf(account: string, about: string): number {
    const dice = chance.of('webhooks', about);
    const heldMs = (heldUntil.get(account) ?? 0) - scheduler.now();
    if (heldMs > 0) return heldMs + dice.between(0, USUAL_MS_MAX);
    if (faults.happens('webhook_early', about)) return 0;
    if (faults.happens('webhook_days_late', about)) return dice.between(DAY_MS, 2 * DAY_MS);
    if (faults.happens('webhook_late', about)) return dice.between(SECOND_MS, 20 * MINUTE_MS);
    return dice.between(50, USUAL_MS_MAX);
  }

  type Event = { body: string; about: string; tried: number };

  function deliver(kept: Kept, { body, about, tried }: Event): void {
    const process = world.anyProcess(`webhooks ${about}`);
    const again = () => {
      const wait = RETRY_MS[Math.min(tried, RETRY_MS.length - 1)] ?? 0;
      scheduler.after(wait, () => deliver(kept, { body, about, tried: tried + 1 }));
    };
    if (process === null) return again();
    let isTaken = false;
    const incoming = {
      ...addressOf(kept.account),
      headers: wireOf(kept.account).headers(body, telling(kept.account)),
      body: Buffer.from(body),
    };
    world.trace.say(
      kept.account,
      `=> ${process.name} webhook ${body}`,
      () => `=> ${process.name}: webhook about ${about}, ${tellWebhook(body)}`,
    );
    process.platform.receiveWebhook(incoming).then(
      (result) => {
        isTaken = true;
        if (result.ok) world.watch.taken(result.value.id, { about, charge: kept.charge.id });
        else
          world.violate({
            invariant: 'genuine_webhooks',
            about,
            what: `a genuine webhook was refused: ${result.error.code}`,
          });
      },
      () => {},
    );
    scheduler.after(10 * SECOND_MS, () => {
      if (!isTaken) again();
    });
  }

  /** Somebody who does not know the secret says that a payment has succeeded. */
  function forge(kept: Kept, body: string): void {
    const { headers, body: lie } = wireOf(kept.account).forge(body, telling(kept.account));
    submit(kept.account, { headers, body: lie }, (ok) => {
      if (ok)
        world.violate({
          invariant: 'genuine_webhooks',
          about: kept.charge.id,
          what: 'a webhook that nobody signed was taken',
        });
    });
  }

  /** Another account, which knows its own secret, tells of a payment that isn't its own. */
  function cross(kept: Kept, body: string): void {
    if (wireOf(kept.account) !== simulatorWire) return;
    const other = kept.account === 'north' ? 'south' : 'north';
    const lie = lieOf(body, `evt_crossed_${events}`);
    books.say(lie, other);
    submit(other, { headers: simulatorWire.headers(lie, telling(other)), body: lie }, () => {});
  }

  function submit(account: string, { headers, body }: Signed, then: (ok: boolean) => void): void {
    const process = world.anyProcess(`webhooks ${account}`);
    if (process === null) return;
    world.trace.say(
      'somebody',
      `=> ${process.name} webhook ${body}`,
      () => `=> ${process.name}: webhook in the name of ${account}, ${tellWebhook(body)}`,
    );
    process.platform.receiveWebhook({ ...addressOf(account), headers, body: Buffer.from(body) }).then(
      (result) => then(result.ok),
      () => {},
    );
  }

  return { tell };
}

function addressOf(account: string) {
  return { provider: connectedOf(account).provider.name, account };
}
