import type { Books } from './books.ts';
import type { Charging, Done, Lost } from './charging.ts';
import { encodeCharge, encodeList } from './codec.ts';
import { type ChargeRecord, type Clock, isRefusal, type Refusal, refuse } from './model.ts';
import type { Operating } from './operating.ts';
import type { Target } from './reply.ts';
import { invalid, parseCapture, parseCharge, parseNothing, parseRefund, parseVoid } from './validate.ts';

export type Act = (account: string, body: string) => Done | Lost | Refusal;
export type Look = (account: string) => Done | Refusal;

export type ApiRoutes = ReturnType<typeof createApiRoutes>;

export type ApiRoutesDeps = {
  books: Books;
  charging: Charging;
  operating: Operating;
  clock: Clock;
  inquiryLagMs: () => number;
};

const CHARGES = '/v1/charges';
const OPERATIONS = '/v1/operations';

/** What each path of the provider's API does, without the HTTP around it. */
export function createApiRoutes({ books, charging, operating, clock, inquiryLagMs }: ApiRoutesDeps) {
  function post(path: string): Act | null {
    if (path === CHARGES) return create;
    const [, id, verb = ''] = chargePath(path);
    if (id === undefined) return null;
    switch (verb) {
      case 'captures':
        return (account, body) => withCharge(account, id, parseCapture(body), capture);
      case 'voids':
        return (account, body) =>
          withCharge(account, id, parseVoid(body), (record, asked) => operating.release(record, asked.reference));
      case 'refunds':
        return (account, body) =>
          withCharge(account, id, parseRefund(body), (record, asked) =>
            operating.refund(record, { ...asked, source: 'api' }),
          );
      case 'cancel':
        return (account, body) => withCharge(account, id, parseNothing(body), (record) => charging.cancel(record));
      default:
        return null;
    }
  }

  function get(target: Target): Look | null {
    if (target.path === CHARGES) return (account) => inquire(account, target.query, books.chargesOf);
    if (target.path === OPERATIONS) return (account) => inquire(account, target.query, everyKind);
    const [, id, verb] = chargePath(target.path);
    if (id === undefined || verb !== undefined) return null;
    return (account) => withCharge(account, id, {}, (record) => done(encodeCharge(record.charge)));
  }

  function create(account: string, body: string): Done | Lost | Refusal {
    const request = parseCharge(body);
    return isRefusal(request) ? request : charging.create(account, request);
  }

  function capture(record: ChargeRecord, asked: { reference: string; amount: bigint; final: boolean }) {
    const { reference, amount, final } = asked;
    return operating.capture(record, { reference, amount, source: 'api' }, final);
  }

  /** Another account's charge is as absent as one that never was. */
  function withCharge<Body extends object>(
    account: string,
    id: string,
    body: Body | Refusal,
    act: (record: ChargeRecord, body: Body) => Done | Refusal,
  ): Done | Refusal {
    if (isRefusal(body)) return body;
    const record = books.find(id);
    if (record === null || record.account !== account) return refuse(404, 'not_found', 'There is no such charge.');
    return act(record, body);
  }

  /** Strong unless the behaviour has a lag: then what is younger is not found yet. */
  function inquire(account: string, query: string, find: Books['chargesOf']): Done | Refusal {
    const reference = new URLSearchParams(query).get('reference');
    if (reference === null || reference === '') return invalid('reference', 'must be in the query');
    return done(encodeList(find({ account, reference, createdUntil: clock.now() - inquiryLagMs() })));
  }

  function everyKind(inquiry: Parameters<Books['chargesOf']>[0]): string[] {
    return [...books.chargesOf(inquiry), ...books.operationsOf(inquiry)];
  }

  return { post, get };
}

/** The parts after `/v1/`, or nothing for a path that is not a charge's. */
function chargePath(path: string): string[] {
  if (!path.startsWith(`${CHARGES}/`)) return [];
  const parts = path.slice('/v1/'.length).split('/');
  return parts.length <= 3 && parts[1] !== '' ? parts : [];
}

function done(body: string): Done {
  return { body, delivery: 'normal' };
}
