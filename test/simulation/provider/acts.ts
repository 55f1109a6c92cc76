import type { World } from '../world.ts';
import { ACCOUNTS, canBeAsked, completes, wireOf } from './accounts.ts';
import type { Books } from './books.ts';
import { approve, begin, cancel, capture, decline, refund, release, reverse } from './charges.ts';
import { type Charge, capturableOf, type Entry, isRefusal, type Kept, type Refusal } from './model.ts';
import type { Outbox } from './outbox.ts';

const SECOND_MS = 1000;
const HOUR_MS = 3600 * SECOND_MS;
const MOMENT_MS_MAX = 20 * SECOND_MS;
const REVERSAL_MS_MAX = 30 * HOUR_MS;
const BOUNCES_MAX = 4;
/** Some customers never come back from their challenge. */
const COMES_BACK = 0.8;
const APPROVES = 0.7;

type Asked = { account: string; about: string; late: boolean };
type Body = {
  reference?: string;
  amount?: number;
  currency?: string;
  token?: string;
  capture?: boolean;
  final?: boolean;
  id?: string;
  metadata?: { payment: string };
};

export type Acts = ReturnType<typeof createActs>;

/** What providers do: what they are asked to, and what happens by itself a while later. */
export function createActs(world: World, books: Books, outbox: Outbox) {
  const { scheduler, faults, chance, trace } = world;

  function post(path: string, body: Body, asked: Asked): Charge | Entry | Refusal {
    const [, id = '', verb] = /^\/v1\/charges\/([^/]*)\/(\w+)$/.exec(path) ?? [];
    if (path === '/v1/charges') return create(body, asked);
    const kept = books.find(asked.account, id);
    if (kept === undefined) return { status: 404, code: 'not_found' };
    const { reference = null, amount = 0, id: name } = body;
    const final = body.final === true || wireOf(kept.account).releasesRest;
    if (isBeyond(kept, verb)) return refused(kept, { status: 409, code: 'not_supported' });
    switch (verb) {
      case 'captures':
        return done(kept, capture(kept, { reference, amount, source: 'api', final, id: name }), asked);
      case 'voids':
        return done(kept, release(kept, { reference, id: name }), asked);
      case 'refunds':
        return done(kept, refund(kept, { reference, amount, source: 'api', id: name }), asked);
      case 'cancel':
        return changed(kept, cancel(kept), asked);
      case 'stops':
        if (kept.charge.status === 'authorized') return done(kept, release(kept, { reference, id: name }), asked);
        kept.stop = { id: name ?? '', reference: reference ?? '' };
        return changed(kept, cancel(kept), asked);
      case 'complete':
        return complete(kept);
      default:
        return { status: 404, code: 'not_found' };
    }
  }

  /** What this provider doesn't do once something was captured. */
  function isBeyond({ account, charge }: Kept, verb: string | undefined): boolean {
    const capabilities = ACCOUNTS.find(({ connected }) => connected.account.id === account)?.connected.provider
      .capabilities;
    if (!charge.captures.some(({ source, status }) => source === 'api' && status === 'succeeded')) return false;
    return (
      (verb === 'captures' && capabilities?.multipleCaptures === false) ||
      (verb === 'voids' && capabilities?.voidsRest === false)
    );
  }

  function create(body: Body, asked: Asked): Charge {
    const { reference = '', amount = 0, currency = '', token = '', metadata = { payment: '' } } = body;
    const state = { status: 'pending', amount_authorized: 0, amount_captured: 0, amount_refunded: 0 } as const;
    const names = {
      decline_code: null,
      redirect_url: null,
      metadata,
      version: 1,
      captures: [],
      refunds: [],
      voids: [],
    };
    const id = `ch${books.count() + 1}`;
    const charge: Charge = { object: 'charge', id, reference, amount, currency, ...state, ...names };
    const stray = books.named(reference).length > 0;
    const kept: Kept = {
      account: asked.account,
      charge,
      token,
      captures: body.capture === true,
      late: asked.late,
      changedItsMind: false,
      stray,
      at: scheduler.now(),
      stop: null,
      brings: null,
    };
    begin(kept, !wireOf(asked.account).isExact && faults.happens('amount_wrong', asked.about));
    books.keep(kept);
    books.index(charge, { at: scheduler.now(), account: asked.account, late: asked.late });
    tell(kept, charge, asked);
    scheduleLater(kept, asked);
    return charge;
  }

  /** What follows by itself. */
  function scheduleLater(kept: Kept, { about }: Asked): void {
    const { charge, token } = kept;
    const dice = chance.of('later', charge.reference);
    if (charge.status === 'pending')
      later(dice.between(100, MOMENT_MS_MAX), kept, () => decide(kept, dice.next() < APPROVES));
    if (charge.status === 'requires_action' && dice.next() < COMES_BACK)
      later(dice.between(SECOND_MS, HOUR_MS * 1.1), kept, () => {
        const approves = dice.next() < APPROVES;
        if (completes(kept.account)) kept.brings = approves ? 'approval' : 'refusal';
        else decide(kept, approves);
        world.customerReturns(charge.metadata.payment, { redirectResult: `result of ${charge.id}` });
      });
    const mayChange = charge.status === 'declined' && !wireOf(kept.account).isExact;
    if (mayChange && (token === 'tok_late_success' || faults.happens('late_decision', about)))
      later(dice.between(500, MOMENT_MS_MAX), kept, () => {
        kept.changedItsMind = true;
        decide(kept, true);
      });
    if (token === 'tok_dashboard_refund' || faults.happens('dashboard', about))
      later(dice.between(500, HOUR_MS), kept, () => inDashboard(kept, dice.next()));
    if (charge.captures.length > 0) scheduleReversal(kept, charge.captures[0] as Entry, about);
  }

  /** A pending or challenged charge, or one that was declined wrongly. */
  function decide(kept: Kept, approves: boolean): void {
    const { charge } = kept;
    if (charge.status !== 'requires_action' && charge.status !== 'pending' && charge.status !== 'declined') return;
    charge.version += 1;
    if (approves) approve(kept, false);
    else decline(charge, 'authentication_failed');
    tell(kept, charge, null);
  }

  /** The provider is told what the customer has brought back. */
  function complete(kept: Kept): Charge | Refusal {
    if (kept.brings === null) return refused(kept, { status: 409, code: 'not_challenged' });
    if (kept.charge.status === 'requires_action') decide(kept, kept.brings === 'approval');
    return kept.charge;
  }

  function inDashboard(kept: Kept, die: number): void {
    const { charge } = kept;
    const [refundable, capturable] = [charge.amount_captured - charge.amount_refunded, capturableOf(charge)];
    const amount = (most: number) => Math.max(1, Math.ceil(most * die));
    const asked = { reference: null, source: 'dashboard' } as const;
    if (refundable > 0) done(kept, refund(kept, { ...asked, amount: amount(refundable) }), null);
    else if (capturable > 0) {
      const final = wireOf(kept.account).releasesRest;
      done(kept, capture(kept, { ...asked, amount: amount(capturable), final }), null);
    }
  }

  function scheduleReversal(kept: Kept, made: Entry, about: string): void {
    // Not for ever: then the customer has another account.
    const isFated =
      made.object === 'refund' && kept.token === 'tok_refund_reversed' && kept.charge.refunds.length <= BOUNCES_MAX;
    if (made.object === 'capture' && wireOf(kept.account).isExact) return;
    if (made.object === 'void' || (!isFated && !faults.happens('reversal', about))) return;
    const delayMs = chance.of('later', kept.charge.reference).between(500, REVERSAL_MS_MAX);
    later(delayMs, kept, () => {
      if (made.status !== 'succeeded') return;
      // What was refunded can't fail to have been taken.
      if (made.object === 'capture' && kept.charge.amount_captured - made.amount < kept.charge.amount_refunded) return;
      reverse(kept.charge, made);
      tell(kept, made, null);
    });
  }

  function later(ms: number, _: Kept, work: () => void): void {
    scheduler.after(Math.round(ms), work);
  }

  function done(kept: Kept, made: Entry | Refusal, asked: Asked | null): Entry | Refusal {
    if (isRefusal(made)) return refused(kept, made);
    if (made.reference !== null) {
      if (books.named(made.reference).length > 0) world.watch.strayEntry(kept, made);
      books.index(made, { at: scheduler.now(), account: kept.account, late: asked?.late === true });
    }
    tell(kept, made, asked);
    if (asked !== null && made.status === 'succeeded') scheduleReversal(kept, made, asked.about);
    return made;
  }

  function changed(kept: Kept, made: Charge | Refusal, asked: Asked): Charge | Refusal {
    if (isRefusal(made)) return refused(kept, made);
    tell(kept, made, asked);
    return made;
  }

  function refused(kept: Kept, refusal: Refusal): Refusal {
    trace.say(kept.account, `refuses: ${refusal.code} (${kept.charge.id} is ${kept.charge.status})`);
    return refusal;
  }

  /** `asked`: null for what nobody asked for by the API: then only a webhook tells. */
  function tell(kept: Kept, made: Charge | Entry, asked: Asked | null): void {
    trace.say(kept.account, describe(kept, made, asked));
    if (made === kept.charge) world.watch.chargeChanged(kept);
    // A provider that can't be asked repeats its webhooks until one is taken.
    const inquiryTells = asked !== null && !asked.late && canBeAsked(kept.account);
    outbox.tell(kept, made, inquiryTells);
  }

  function describe({ charge, late, stray }: Kept, made: Charge | Entry, asked: Asked | null): string {
    const who = asked === null ? 'by itself' : `for ${asked.about}`;
    const odd = `${late ? ', which we had long given up' : ''}${stray ? ', a second time' : ''}`;
    const amounts = `authorized ${charge.amount_authorized} captured ${charge.amount_captured} refunded ${charge.amount_refunded}`;
    return `${made.object} ${made.id} ${made.status} ${made.amount} ${made.currency} ${who}${odd}: ${charge.id} is ${charge.status}, ${amounts} (${world.names.operation(charge.reference)})`;
  }

  return { post };
}
