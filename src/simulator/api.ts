import { hash } from 'node:crypto';
import type { Act, ApiRoutes, Look } from './apiRoutes.ts';
import type { BehaviorControl } from './behavior.ts';
import type { Done, Lost } from './charging.ts';
import { encodeRefusal } from './codec.ts';
import type { Database } from './database.ts';
import type { Idempotency, KeyUse } from './idempotency.ts';
import { type Account, isRefusal, type Log, type Refusal, refuse } from './model.ts';
import {
  BODY_MAX_BYTES,
  type Exchange,
  hangUp,
  readBody,
  sendBadGateway,
  sendJson,
  sendRefusal,
  type Target,
} from './reply.ts';
import type { Timers } from './timers.ts';

/** A connection that is never answered ends at last, or a forgetful client would fill the process. */
const HOLD_MAX_MS = 60_000;
const KEY_PATTERN = /^[\x21-\x7e]{1,255}$/;
const BEARER = 'Bearer ';

export type ApiDeps = {
  routes: ApiRoutes;
  behavior: BehaviorControl;
  idempotency: Idempotency;
  database: Database;
  timers: Timers;
  accountByKey: ReadonlyMap<string, Account>;
  log: Log;
};

/** The HTTP around the provider's API: who calls, whether it is a repetition, and the faults of the day. */
export function createApi(deps: ApiDeps) {
  const { routes, behavior, idempotency, database, timers, accountByKey, log } = deps;
  const held = new Set<Exchange>();

  function handle(exchange: Exchange, target: Target) {
    if (behavior.current.outage) return hangUp(exchange);
    const authorization = exchange.request.headers.authorization ?? '';
    const account = authorization.startsWith(BEARER) ? accountByKey.get(authorization.slice(BEARER.length)) : undefined;
    if (account === undefined) return sendRefusal(exchange, refuse(401, 'unauthorized', 'The API key is not known.'));
    if (exchange.request.method === 'POST') return receive(exchange, target, account);
    const look = exchange.request.method === 'GET' ? routes.get(target) : null;
    if (look === null) return sendRefusal(exchange, noSuchPath());
    if (behavior.happens(behavior.current.failure_rate)) return sendRefusal(exchange, broken());
    afterLatency(() => answerLook(exchange, look, account.id));
  }

  function receive(exchange: Exchange, target: Target, account: Account) {
    const act = routes.post(target.path);
    if (act === null) return sendRefusal(exchange, noSuchPath());
    const key = exchange.request.headers['idempotency-key'];
    if (typeof key !== 'string' || !KEY_PATTERN.test(key)) return sendRefusal(exchange, keyNeeded());
    readBody(exchange.request, (body) => {
      const refusal = unreadable(exchange, body);
      if (refusal !== null || body === null) return sendRefusal(exchange, refusal ?? tooLarge());
      if (behavior.happens(behavior.current.failure_rate)) return sendRefusal(exchange, broken());
      const use = { account: account.id, key, hash: hash('sha256', `${target.path}\n${body}`, 'base64') };
      claimAndAct(exchange, use, () => act(account.id, body));
    });
  }

  function claimAndAct(exchange: Exchange, use: KeyUse, act: () => ReturnType<Act>) {
    const claim = idempotency.claim(use);
    switch (claim.status) {
      case 'new':
        return afterLatency(() => perform(exchange, use, act));
      case 'replay':
        return afterLatency(() => {
          const { status, body } = claim.answer;
          database.whenDurable(() => sendJson(exchange, status, body, ['Idempotent-Replayed', 'true']));
        });
      case 'reused':
        return sendRefusal(exchange, refuse(422, 'idempotency_key_reused', 'The key was used for another request.'));
      case 'in_flight':
        return sendRefusal(
          exchange,
          refuse(409, 'idempotency_in_flight', 'The first request is still being worked on.'),
        );
      default:
        return claim satisfies never;
    }
  }

  /** What it does, and that it did it, are one transaction; the answer leaves after that. */
  function perform(exchange: Exchange, use: KeyUse, act: () => ReturnType<Act>) {
    const outcome = guarded(act);
    if ('lost' in outcome) {
      idempotency.release(use);
      return hold(exchange);
    }
    const remembered = guarded(() => remember(use, outcome));
    database.whenDurable((durable) => {
      idempotency.release(use);
      if (!durable) sendRefusal(exchange, broken());
      else if (isRefusal(remembered)) sendRefusal(exchange, remembered);
      else deliver(exchange, remembered);
    });
  }

  /** Verdicts (409) are remembered like successes. What was not understood may be put right under the same key. */
  function remember(use: KeyUse, outcome: Done | Refusal): Done | Refusal {
    if (!isRefusal(outcome)) idempotency.remember(use, { status: 200, body: outcome.body });
    else if (outcome.status === 409) idempotency.remember(use, { status: 409, body: encodeRefusal(outcome) });
    return outcome;
  }

  function answerLook(exchange: Exchange, look: Look, account: string): void {
    const outcome = guarded(() => look(account));
    // What was seen may still be in the transaction of this tick.
    database.whenDurable((durable) => {
      if (!durable) sendRefusal(exchange, broken());
      else if (isRefusal(outcome)) sendRefusal(exchange, outcome);
      else deliver(exchange, outcome);
    });
  }

  function deliver(exchange: Exchange, done: Done) {
    if (done.delivery === 'never') return hold(exchange);
    if (done.delivery === 'bad_gateway') return sendBadGateway(exchange);
    if (behavior.happens(behavior.current.http_502_rate)) return sendBadGateway(exchange);
    if (behavior.happens(behavior.current.drop_rate)) return hangUp(exchange);
    sendJson(exchange, 200, done.body);
  }

  function guarded<Outcome extends Done | Lost | Refusal>(act: () => Outcome): Outcome | Refusal {
    try {
      return act();
    } catch (error) {
      database.spoil();
      log('a request failed', { error: String(error) });
      return broken();
    }
  }

  /** The client gives up first; if it doesn't, we do. */
  function hold(exchange: Exchange): void {
    const callOff = timers.after(HOLD_MAX_MS, () => hangUp(exchange));
    held.add(exchange);
    exchange.request.socket.once('close', () => {
      callOff();
      held.delete(exchange);
    });
  }

  function afterLatency(call: () => void): void {
    const delayMs = behavior.latencyMs();
    if (delayMs === 0) call();
    else timers.after(delayMs, call);
  }

  function stop(): void {
    for (const exchange of held) hangUp(exchange);
  }

  return { handle, stop };
}

export function unreadable({ request }: Exchange, body: string | null): Refusal | null {
  if (body === null) return tooLarge();
  const type = request.headers['content-type'];
  if (body === '' || type?.startsWith('application/json')) return null;
  return refuse(415, 'unsupported_media_type', 'The body must be application/json.');
}

export function noSuchPath(): Refusal {
  return refuse(404, 'not_found', 'There is nothing at this path with this method.');
}

export function broken(): Refusal {
  return refuse(500, 'internal_error', 'The provider failed.');
}

function tooLarge(): Refusal {
  return refuse(413, 'body_too_large', `The body has more than ${BODY_MAX_BYTES} bytes.`);
}

function keyNeeded(): Refusal {
  return refuse(400, 'idempotency_key_required', 'The header Idempotency-Key must have 1 to 255 visible characters.');
}
