import { sha256 } from '#core/journal/commit.ts';
import type { ProviderRequest, ProviderResponse } from '#core/provider/port.ts';
import type { World } from '../world.ts';
import { ACCOUNTS, keptKeysMsOf } from './accounts.ts';
import { createActs } from './acts.ts';
import { createBooks } from './books.ts';
import { isRefusal } from './model.ts';
import { createOutbox } from './outbox.ts';

type Answer = { status: number; body: string };
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

  /** The same key and the same bytes get the first answer again, for as long as the key is kept. */
  function once(request: ProviderRequest, account: string, arrival: Arrival): Answer {
    const name = `${account} ${request.headers['idempotency-key'] ?? ''}`;
    const hash = sha256(`${request.url}\n${request.body}`);
    const known = keys.get(name);
    if (known !== undefined && scheduler.now() < known.at + keptKeysMsOf(account))
      return known.hash === hash ? known : { status: 422, body: '{"error":{"code":"idempotency_key_reused"}}' };
    const answer = answerOf(
      acts.post(pathOf(request), JSON.parse(request.body ?? '{}') as object, { account, ...arrival }),
    );
    if (answer.status === 200 || answer.status === 409) keys.set(name, { ...answer, hash, at: scheduler.now() });
    return answer;
  }

  function look(request: ProviderRequest, { account, about }: { account: string; about: string }): Answer {
    const path = pathOf(request);
    const reference = /^\/v1\/operations\?reference=(.*)$/.exec(path)?.[1];
    if (reference === undefined) {
      const kept = books.find(account, path.replace('/v1/charges/', ''));
      return answerOf(kept?.charge ?? { status: 404, code: 'not_found' });
    }
    const lagMs = lagOf(account, about);
    const found = books
      .named(decodeURIComponent(reference))
      .filter((entry) => entry.account === account && entry.at + lagMs <= scheduler.now());
    return { status: 200, body: JSON.stringify({ object: 'list', data: found.map(({ made }) => made) }) };
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

  return { handle, books, acts };
}

function answerOf(made: object): Answer {
  if (!isRefusal(made)) return { status: 200, body: JSON.stringify(made) };
  return { status: made.status, body: JSON.stringify({ error: { code: made.code, message: made.code } }) };
}

function reply(status: number, body: string): ProviderResponse {
  return { status, headers: { 'content-type': 'application/json' }, body };
}

function accountOf({ url }: ProviderRequest): string {
  return /^https:\/\/(\w+)\.example/.exec(url)?.[1] ?? '';
}

function pathOf({ url }: ProviderRequest): string {
  return url.replace(/^https:\/\/\w+\.example/, '');
}
