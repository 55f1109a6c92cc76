import type { StoredCommit } from '#core/journal/commit.ts';
import type { OperationResent, OperationSent } from '#core/payments/events.ts';
import { emptyHistory, foldCommit, type History, latest, type Version } from '#core/payments/history.ts';
import { operationId, type Payment } from '#core/payments/payment.ts';
import type { ProviderRequest } from '#core/provider/port.ts';
import { requestHashOf } from '#core/provider/send.ts';
import { SKEW_MS_MAX } from '../instance/clock.ts';
import type { Process } from '../instance/process.ts';
import { LATER_RELEASE } from '../people/laterRelease.ts';
import type { Order } from '../people/orders.ts';
import { keptKeysMsOf } from '../provider/accounts.ts';
import { type Entry, isLive, type Kept } from '../provider/model.ts';
import type { World } from '../world.ts';
import { judgeCommit } from './judgeCommit.ts';
import { breachOf } from './terms.ts';

/** An operation that was written down to be sent. `says`: what was decided, as the provider calls it. `firstAt`: the true time. */
type Sent = {
  id: string;
  account: string;
  requestHash: string;
  says: { readonly [field: string]: string | number | boolean };
  firstAt: number;
  leftTimes: number;
  /** When it was written that it may leave, for each time that it has not left yet. */
  permits: number[];
};
type Body = { readonly [field: string]: unknown };

/** A token of a payment method. The beginning alone may also be that of a random id. */
const TOKEN = /"tok_[a-z_]+\\?"/;

/** A webhook, by the payment and the charge that it is about. */
export type Taken = { about: string; charge: string };

export type Watch = ReturnType<typeof createWatch>;

/** Sees everything as it happens, with true time and from outside, and says at once when something is not as it must be. */
export function createWatch(world: World) {
  const { storage, scheduler, names } = world;
  const histories = new Map<string, History>();
  const sent = new Map<string, Sent>();
  const strays: { kept: Kept; entry: Entry | null }[] = [];
  const taken = new Map<string, Taken>();
  const orders = new Map<string, Order>();
  const told = new Set<string>();
  let commits = 0;

  const { append } = storage.journal;
  const { keep } = storage.exchanges;
  storage.exchanges.keep = async (exchange) => {
    if (TOKEN.test(`${exchange.request} ${exchange.response}`))
      world.violate({
        invariant: 'personal',
        about: names.operation(exchange.operation),
        what: 'a token stands in an exchange',
      });
    await keep(exchange);
  };
  storage.journal.append = async (commit) => {
    const result = await append(commit);
    if (result === 'appended') committed(commit);
    return result;
  };

  function committed(commit: StoredCommit): void {
    commits += 1;
    // What a later release writes can't be judged, nor what is no payment (the contract of journals has such streams).
    if (commit.stream === LATER_RELEASE || !commit.stream.startsWith('pay_')) return;
    const before = histories.get(commit.stream) ?? emptyHistory(commit.stream);
    let after: History;
    try {
      after = foldCommit(before, commit);
    } catch (cause) {
      const what = cause instanceof Error ? cause.message : String(cause);
      return world.violate({ invariant: 'journal_whole', about: names.payment(commit.stream) ?? commit.stream, what });
    }
    histories.set(commit.stream, after);
    const version = after.versions.at(-1);
    if (version === undefined) return;
    for (const event of version.events) {
      if (event.type === 'operation.sent') written(version.payment, event);
      if (event.type === 'operation.resent') writtenAgain(version.payment, event);
    }
    judgeCommit(world, before, version);
    judgeTerms(commit, version);
  }

  function judgeTerms({ stream, facts }: StoredCommit, version: Version): void {
    const about = names.payment(stream) ?? stream;
    const order = orders.get(stream);
    const breach = order === undefined ? 'nobody asked for it' : breachOf(order, version);
    if (breach !== null) world.violate({ invariant: 'terms', about, what: breach });
    if (TOKEN.test(facts)) world.violate({ invariant: 'personal', about, what: 'a token stands in the facts' });
    if (version.at > scheduler.now() + SKEW_MS_MAX)
      world.violate({ invariant: 'journal_whole', about, what: 'its time lies in the future' });
  }

  function written({ id: payment, currency }: Payment, event: OperationSent): void {
    const { operation, account, requestHash, idempotencyKey, amountMinor, final, captures } = event;
    const says = { amount: Number(amountMinor), currency, final, capture: captures };
    const id = operationId(payment, operation);
    if (sent.has(idempotencyKey))
      world.violate({ invariant: 'keys', about: names.operation(id), what: 'its key is the key of another operation' });
    sent.set(idempotencyKey, {
      id,
      account,
      requestHash,
      says,
      firstAt: scheduler.now(),
      leftTimes: 0,
      permits: [scheduler.now()],
    });
  }

  /** The same bytes once more: one more time they may leave. */
  function writtenAgain({ operations }: Payment, { operation }: OperationResent): void {
    sent.get(operations[operation - 1]?.sending?.idempotencyKey ?? '')?.permits.push(scheduler.now());
  }

  /** The first byte of a request leaves. */
  function leaves(request: ProviderRequest, process: Process): void {
    if (request.method !== 'POST') return;
    const post = world.provider.read(request);
    // What a customer has brought back is nothing that we have decided.
    if (post?.path.endsWith('/complete') === true) return;
    const known = sent.get(request.headers['idempotency-key'] ?? '');
    const about = known === undefined ? process.name : names.operation(known.id);
    if (known === undefined)
      return world.violate({
        invariant: 'written_before_sent',
        about,
        what: `${request.url} leaves, and nobody wrote that`,
      });
    const body: Body = post?.body ?? {};
    const differs = Object.entries(known.says).find(([field, value]) => field in body && body[field] !== value);
    if (differs !== undefined)
      return world.violate({
        invariant: 'written_before_sent',
        about,
        what: `${differs[0]} leaves as ${body[differs[0]]}, and was decided as ${differs[1]}`,
      });
    if (known.requestHash !== requestHashOf(request))
      return world.violate({ invariant: 'written_before_sent', about, what: 'what leaves is not what was written' });
    known.leftTimes += 1;
    if (scheduler.now() > known.firstAt + keptKeysMsOf(known.account))
      return world.violate({ invariant: 'resend_terms', about, what: 'it leaves when its key may be forgotten' });
    const sendWithinMs = world.accounts.look(known.account)?.account.timing.sendWithinMs ?? 0;
    const inTime = known.permits.findIndex((at) => scheduler.now() <= at + sendWithinMs);
    const at = known.permits.splice(Math.max(inTime, 0), 1)[0];
    if (at === undefined)
      return world.violate({ invariant: 'sent_once', about, what: `it leaves for the ${known.leftTimes}th time` });
    if (inTime < 0)
      world.violate({
        invariant: 'sent_in_time',
        about,
        what: `it leaves ${scheduler.now() - at} ms after it was written`,
      });
  }

  /** One that came too late, or that it had declined, is nobody's double charge yet: it is found, and flagged. */
  function chargeChanged(kept: Kept): void {
    if (kept.stray) strays.push({ kept, entry: null });
    if (kept.late || kept.changedItsMind || kept.stray || !isLive(kept.charge)) return;
    const other = world.provider.books
      .ofPayment(kept.charge.metadata.payment)
      .find((candidate) => candidate !== kept && isLive(candidate.charge) && !isExcused(candidate));
    if (other === undefined) return;
    const what = `${other.charge.id} and ${kept.charge.id} are both live`;
    world.violate({ invariant: 'one_authorization', about: names.operation(kept.charge.reference), what });
  }

  return {
    commits: () => commits,
    sentWith: (key: string): Sent | undefined => sent.get(key),
    histories: (): ReadonlyMap<string, History> => histories,
    payments: (): readonly Payment[] => [...histories.values()].flatMap((history) => latest(history) ?? []),
    /** What a merchant wants of a payment. */
    ordered: (order: Order): void => void orders.set(order.id, order),
    leaves,
    chargeChanged,
    /** An operator was told of an operation. */
    told: (payment: string, operation: number): void => void told.add(operationId(payment, operation)),
    isTold: (payment: string, operation: number): boolean => told.has(operationId(payment, operation)),
    /** A provider did something again whose key it had forgotten. */
    strayEntry: (kept: Kept, entry: Entry): void => void strays.push({ kept, entry }),
    strays: () => strays,
    /** A genuine webhook was taken, by its id in the inbox. */
    taken: (id: string, webhook: Taken): void => void taken.set(id, webhook),
    takenWebhooks: (): ReadonlyMap<string, Taken> => taken,
  };
}

function isExcused({ late, changedItsMind, stray }: Kept): boolean {
  return late || changedItsMind || stray;
}
