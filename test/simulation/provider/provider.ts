import { sha256 } from '#core/journal/commit.ts';
import type { ProviderRequest, ProviderResponse } from '#core/provider/port.ts';
import type { World } from '../world.ts';
import { ACCOUNTS, keptKeysMsOf, wireOf } from './accounts.ts';
import { createActs } from './acts.ts';
import { createBooks } from './books.ts';
import { type Charge, type Entry, isRefusal } from './model.ts';
import { createOutbox } from './outbox.ts';
import { type Answer, minorOf, type Post } from './wire.ts';

const KEPT_STATUSES: ReadonlySet<number> = new Set([200, 201, 400, 402, 409]);
/** A capture takes a moment, and now and then a while. */
const DONE_LATER_MS_MAX = 5000;

type Keyed = Answer & { hash: string; at: number };
type Arrival = { about: string; late: boolean };

export type Providers = ReturnType<typeof createProviders>;

/** The providers: requests in, responses out, with books of their own. One handler for all accounts; null: nobody answers. */
export function createProviders(world: World) {
  const { faults, scheduler, chance } = world;
  const books = createBooks();
  const outbox = createOutbox(world, books);
  const acts = createActs(world, books, outbox);
  const keys = new Map<string, Keyed>();
  let asked = 0;
  const outages = new Map(ACCOUNTS.map(({ connected }) => [connected.account.id, outagesOf(connected.account.id)]));

  function handle(request: ProviderRequest, arrival: Arrival): ProviderResponse | null {
    const account = accountOf(request);
    const at = scheduler.now();
    if (faults.areOn() && (outages.get(account) ?? []).some(([from, to]) => at >= from && at < to)) return null;
    if (faults.happens('provider_broken', arrival.about)) {
      const isFull = chance.of('provider', arrival.about).next() < 0.3;
      return isFull
        ? reply(429, '{"error":{"code":"too_many_requests"}}')
        : reply(500, '{"error":{"code":"internal_error"}}');
    }
    const { status, body } =
      request.method === 'GET' ? look(request, { account, about: arrival.about }) : once(request, account, arrival);
    books.say(body, account);
    if (faults.happens('gateway_broken', arrival.about)) return reply(502, '<html>Bad gateway</html>');
    return reply(status, body);
  }

  function reply(status: number, body: string): ProviderResponse {
    const date = new Date(scheduler.now()).toUTCString();
    return { status, headers: { 'content-type': 'application/json', date }, body };
  }

  /** The same key and the same bytes get the first answer again, for as long as the key is kept. */
  function once(request: ProviderRequest, account: string, arrival: Arrival): Answer {
    const name = `${account} ${request.headers['idempotency-key'] ?? ''}`;
    const hash = sha256(`${request.url}\n${request.body}`);
    const known = keys.get(name);
    if (known !== undefined && scheduler.now() < known.at + keptKeysMsOf(account))
      return known.hash === hash ? known : wireOf(account).keyReused;
    const answer = act(request, account, arrival);
    if (KEPT_STATUSES.has(answer.status)) keys.set(name, { ...answer, hash, at: scheduler.now() });
    return answer;
  }

  function act(request: ProviderRequest, account: string, arrival: Arrival): Answer {
    const wire = wireOf(account);
    const post = read(request);
    if (post === null) return wire.answer({ status: 404, code: 'not_found' });
    const received = wire.received(post, `${account}${asked + 1}`);
    const isKnown = books.find(account, chargeOf(post)) !== undefined;
    if (received === null || !isKnown) {
      const made = acts.post(post.path, named(post, request).body, { account, ...arrival });
      const id = 'charge' in made ? made.charge : 'object' in made ? made.id : '';
      return wire.answer(made, books.find(account, id));
    }
    asked += 1;
    doLater({ ...post, body: { ...post.body, id: `${account}${asked}` } }, account, arrival);
    return received;
  }

  /** What was only received. */
  function doLater(post: Post, account: string, arrival: Arrival): void {
    const ms = chance.of('later', arrival.about).between(0, DONE_LATER_MS_MAX);
    scheduler.after(ms, () => {
      const made = acts.post(post.path, post.body, { account, ...arrival });
      const kept = books.find(account, chargeOf(post));
      if (isRefusal(made) && kept !== undefined) outbox.tell(kept, failedEntry(kept.charge, post, made.code), false);
    });
  }

  function look(request: ProviderRequest, { account, about }: { account: string; about: string }): Answer {
    const lagMs = lagOf(account, about);
    const isListed = (made: Charge | Entry) => {
      const at = made.reference === null ? 0 : books.named(made.reference).find((entry) => entry.made === made)?.at;
      return at !== undefined && at + lagMs <= scheduler.now();
    };
    return wireOf(account).look(request, {
      find: (id) => books.find(account, id),
      all: () => books.all().filter((kept) => kept.account === account),
      named: (reference) => books.named(reference).flatMap((entry) => (entry.account === account ? [entry.made] : [])),
      isListed,
    });
  }

  function lagOf(account: string, about: string): number {
    const lagMsMax = ACCOUNTS.find(({ connected }) => connected.account.id === account)?.lagMsMax ?? 0;
    return faults.happens('inquiry_lag', about) ? chance.of('provider', about).between(0, lagMsMax) : 0;
  }

  /** When nobody answers, while faults are on. */
  function outagesOf(account: string): readonly (readonly [number, number])[] {
    if (!faults.happens('outage', account)) return [];
    const dice = chance.of('outage', account);
    const from = scheduler.now() + dice.between(0, 60_000);
    return [[from, from + dice.between(500, 60_000)]];
  }

  /** A request in the words of `acts.ts`; null where it is none that changes anything. */
  function read(request: ProviderRequest): Post | null {
    const account = accountOf(request);
    const post = request.method === 'POST' ? wireOf(account).read(request) : null;
    if (post?.body['units'] === undefined) return post;
    const currency = books.find(account, chargeOf(post))?.charge.currency ?? '';
    return { ...post, body: { ...post.body, amount: minorOf(Number(post.body['units']), currency) } };
  }

  /** What we call an operation whose reference the provider isn't told: our own word for it in the books. */
  function named(post: Post, request: ProviderRequest): Post {
    const reference = world.watch.sentWith(request.headers['idempotency-key'] ?? '')?.id;
    return reference === undefined ? post : { ...post, body: { reference, ...post.body } };
  }

  return { handle, read, books, acts };
}

/** The provider refuses it in its own time: nothing of it is in its books. */
function failedEntry(charge: Charge, { path, body }: Post, failure: string): Entry {
  const { id = '', reference = '', amount } = body as { id?: string; reference?: string; amount?: number };
  const object = path.endsWith('captures') ? 'capture' : path.endsWith('refunds') ? 'refund' : 'void';
  const names = { object, id, reference, charge: charge.id, source: 'api', status: 'failed' } as const;
  return { ...names, amount: amount ?? charge.amount, currency: charge.currency, failure_code: failure, version: 1 };
}

function chargeOf({ path }: Post): string {
  return /^\/v1\/charges\/([^/]+)/.exec(path)?.[1] ?? '';
}

function accountOf({ url }: ProviderRequest): string {
  return /^https:\/\/(\w+)\.example/.exec(url)?.[1] ?? '';
}
