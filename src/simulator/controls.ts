import { broken, noSuchPath, unreadable } from './api.ts';
import type { BehaviorControl } from './behavior.ts';
import type { Books, Summary } from './books.ts';
import type { Challenge } from './challenge.ts';
import type { Done } from './charging.ts';
import type { Database } from './database.ts';
import { type ChargeRecord, isRefusal, type Log, type Refusal, refuse } from './model.ts';
import type { Operating } from './operating.ts';
import { type Exchange, readBody, sendJson, sendRefusal, type Target } from './reply.ts';
import { invalid, parseAmount, parseSettle } from './validate.ts';

const PAGE_DEFAULT = 100;
const PAGE_MAX = 1000;
const CHARGES = '/simulator/charges';

export type ControlsDeps = {
  books: Books;
  operating: Operating;
  behavior: BehaviorControl;
  challenge: Challenge;
  database: Database;
  log: Log;
};

/** What only the machine itself can reach: the books, the behaviour, the dashboard's buttons and the challenge page. */
export function createControls({ books, operating, behavior, challenge, database, log }: ControlsDeps) {
  function handle(exchange: Exchange, target: Target) {
    const { method } = exchange.request;
    const [, , resource, id, verb, ...rest] = target.path.split('/');
    if (rest.length > 0) return sendRefusal(exchange, noSuchPath());
    if (resource === 'challenge' && id && verb === undefined) return challenge.handle(exchange, id);
    if (method === 'GET') return answer(exchange, () => look(target));
    readBody(exchange.request, (body) => {
      const refusal = unreadable(exchange, body);
      if (refusal !== null) return sendRefusal(exchange, refusal);
      if (method === 'PUT' && target.path === '/simulator/behavior') answer(exchange, () => change(body ?? ''));
      else if (method === 'POST' && resource === 'charges' && id && verb) act(exchange, { id, verb, body: body ?? '' });
      else sendRefusal(exchange, noSuchPath());
    });
  }

  function look(target: Target): Done | Refusal {
    switch (target.path) {
      case CHARGES:
        return list(new URLSearchParams(target.query));
      case `${CHARGES}/summary`:
        return done(encodeSummary(books.summary()));
      case '/simulator/behavior':
        return done(JSON.stringify(behavior.current));
      default:
        return noSuchPath();
    }
  }

  function change(body: string): Done | Refusal {
    return behavior.change(body) ?? done(JSON.stringify(behavior.current));
  }

  function list(query: URLSearchParams): Done | Refusal {
    const limit = wholeNumber(query.get('limit') ?? String(PAGE_DEFAULT));
    const after = wholeNumber(query.get('cursor') ?? '0');
    if (limit === null || limit < 1 || limit > PAGE_MAX) return invalid('limit', `must be from 1 to ${PAGE_MAX}`);
    if (after === null) return invalid('cursor', 'must be one that a page gave');
    const { bodies, next } = books.page({ limit, after, reference: query.get('reference') });
    const cursor = next === null ? 'null' : `"${next}"`;
    return done(`{"object":"list","data":[${bodies.join(',')}],"next_cursor":${cursor}}`);
  }

  function act(exchange: Exchange, asked: { id: string; verb: string; body: string }): void {
    answer(exchange, () => {
      const record = books.find(asked.id);
      if (record === null) return refuse(404, 'not_found', 'There is no such charge.');
      return press(record, asked.verb, asked.body);
    });
  }

  function press(record: ChargeRecord, verb: string, body: string): Done | Refusal {
    if (verb === 'settle_outcome') {
      const asked = parseSettle(body);
      return isRefusal(asked) ? asked : operating.takeBack(record, asked.operation);
    }
    if (verb !== 'dashboard_refund' && verb !== 'dashboard_capture') return noSuchPath();
    const asked = parseAmount(body);
    if (isRefusal(asked)) return asked;
    const byHand = { reference: null, amount: asked.amount, source: 'dashboard' as const };
    return verb === 'dashboard_refund' ? operating.refund(record, byHand) : operating.capture(record, byHand, false);
  }

  function answer(exchange: Exchange, act: () => Done | Refusal): void {
    let outcome: Done | Refusal;
    try {
      outcome = act();
    } catch (error) {
      database.spoil();
      log('a control failed', { error: String(error) });
      outcome = broken();
    }
    database.whenDurable((durable) => {
      if (!durable) sendRefusal(exchange, broken());
      else if (isRefusal(outcome)) sendRefusal(exchange, outcome);
      else sendJson(exchange, 200, outcome.body);
    });
  }

  return { handle };
}

function encodeSummary({ byStatus, byCurrency }: Summary): string {
  const count = byStatus.reduce((sum, row) => sum + row.count, 0n);
  const statuses = byStatus.map((row) => `"${row.status}":${row.count}`).join(',');
  const currencies = byCurrency.map(
    (row) => `"${row.currency}":{"authorized":${row.authorized},"captured":${row.captured},"refunded":${row.refunded}}`,
  );
  return `{"count":${count},"by_status":{${statuses}},"by_currency":{${currencies.join(',')}}}`;
}

function wholeNumber(text: string): number | null {
  return /^\d{1,15}$/.test(text) ? Number(text) : null;
}

function done(body: string): Done {
  return { body, delivery: 'normal' };
}
