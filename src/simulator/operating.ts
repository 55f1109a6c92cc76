import type { Books } from './books.ts';
import { findOperation } from './books.ts';
import { type Asked, addCapture, addRefund, addVoid, reverse, type Stamp } from './charge.ts';
import type { Done } from './charging.ts';
import { encodeOperation } from './codec.ts';
import type { NewId } from './ids.ts';
import type { ChargeRecord, Clock, Operation, Refusal } from './model.ts';
import { isRefusal, refuse } from './model.ts';
import type { Moments } from './moments.ts';
import type { Departure, Outbox } from './outbox.ts';
import { type Script, scriptOf } from './tokens.ts';

export type OperatingDeps = {
  books: Books;
  outbox: Outbox;
  moments: Moments;
  clock: Clock;
  newId: NewId;
  delayMs: () => number;
};

export type Operating = ReturnType<typeof createOperating>;

/** What is done to an existing charge: captures, voids, refunds and their reversals, whoever asks for them. */
export function createOperating(deps: OperatingDeps) {
  const { books, outbox, moments, clock, newId } = deps;

  function capture(record: ChargeRecord, asked: Asked, final: boolean): Done | Refusal {
    const input = { asked, final, stamp: stamp() };
    return done(record, addCapture(record, scriptFor(record), input), departureOf(asked));
  }

  function release(record: ChargeRecord, reference: string): Done | Refusal {
    return done(record, addVoid(record, scriptFor(record), { reference, stamp: stamp() }), 'after_reply');
  }

  function refund(record: ChargeRecord, asked: Asked): Done | Refusal {
    const made = addRefund(record, asked, stamp());
    if (!isRefusal(made) && scriptFor(record).refundReverses) {
      const due = clock.now() + deps.delayMs();
      moments.schedule({ kind: 'refund_reversal', charge: record.charge.id, operation: made.id }, due);
    }
    return done(record, made, departureOf(asked));
  }

  /** Settlement's verdict on a capture or a refund that had succeeded. */
  function takeBack(record: ChargeRecord, operationId: string): Done | Refusal {
    const operation = findOperation(record.charge, operationId);
    if (operation === null) return refuse(404, 'not_found', 'The charge has no such capture or refund.');
    const refusal = reverse(record.charge, operation, clock.now());
    if (refusal !== null) return refusal;
    return save(record, operation, 'at_once');
  }

  function done(record: ChargeRecord, made: Operation | Refusal, departure: Departure): Done | Refusal {
    if (isRefusal(made)) return made;
    books.indexOperation(record, made);
    return save(record, made, departure);
  }

  function save(record: ChargeRecord, operation: Operation, departure: Departure): Done {
    const chargeBody = books.update(record.charge);
    outbox.tell(record, { chargeBody, version: record.charge.version, changed: [operation], departure });
    return { body: encodeOperation(record.charge, operation), delivery: 'normal' };
  }

  function stamp(): Stamp {
    return { now: clock.now(), newId };
  }

  return { capture, release, refund, takeBack };
}

/** Nobody at the API waits for the answer to what the dashboard does. */
function departureOf(asked: Asked): Departure {
  return asked.source === 'api' ? 'after_reply' : 'at_once';
}

/** Books outlive releases of the simulator: a token that it no longer knows behaves like the plain one. */
function scriptFor(record: ChargeRecord): Script {
  return scriptOf(record.token) ?? scriptOf('tok_approved') ?? unreachable();
}

function unreachable(): never {
  throw new Error('tok_approved has no script');
}
