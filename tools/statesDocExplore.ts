import type { PaymentEvent } from '#core/payments/events.ts';
import { findOperation, isAbsent, isOpen, type OperationStatus, type Payment } from '#core/payments/payment.ts';
import { type PaymentStatus, statusOf } from '#core/payments/status.ts';
import { fold, planner, START, when } from '#core/payments/testKit.ts';
import { CREATIONS, HOPELESS, refusalsOf, type Try, triesOf } from './statesDocSteps.ts';

/** `about`: the kind of operation, or the payment itself; `word`: what happened to it. */
export type PaymentEdge = { from: PaymentStatus | null; to: PaymentStatus; about: string; word: string };
export type OperationEdge = { from: OperationStatus; to: OperationStatus; word: string };

type Found = {
  paymentEdges: Map<string, PaymentEdge>;
  operationEdges: Map<string, OperationEdge>;
  /** Statuses that an operation begins with. */
  begins: Set<OperationStatus>;
  /** By rejection code: the commands that it was the answer to. */
  rejections: Map<string, Set<string>>;
  /** By event type: one of it, and the commands that wrote one. */
  events: Map<string, { example: PaymentEvent; commands: Set<string> }>;
  /** By `<status> <command>`: what came of it, `yes` or a rejection code. */
  answers: Map<string, Set<string>>;
};
export type Explored = Readonly<Found>;

export type ExploreOptions = {
  /** Commits after the first. */
  depth: number;
  operationsMax: number;
  /** Without what nobody expects: news of what was already certain, money that nobody asked for, another amount than the one asked for. */
  expectedOnly: boolean;
};

type Node = { payment: Payment; at: number };
type Written = { events: readonly PaymentEvent[]; now: number };

/** Less than a deadline, so that a step may come before one. */
const STEP_MS = 900;

/**
 * Breadth first from every kind of creation, with everything that can be asked or told, through the deciders and the fold that the platform
 * runs. Payments that differ only in times and references are followed once.
 */
export function explore({ depth, operationsMax, expectedOnly }: ExploreOptions): Explored {
  const found: Found = {
    paymentEdges: new Map(),
    operationEdges: new Map(),
    begins: new Set(),
    rejections: new Map(),
    events: new Map(),
    answers: new Map(),
  };
  for (const hopeless of HOPELESS) attempt(null, hopeless);
  const seen = new Set<string>();
  let nodes = keepNew(
    CREATIONS.flatMap((creation) => attempt(null, creation)),
    seen,
  );
  for (let step = 1; step <= depth; step += 1) {
    const next = nodes.flatMap((node) => {
      for (const refusal of refusalsOf(node.payment)) attempt(node, refusal);
      return triesOf(node.payment, step).flatMap((each) => attempt(node, each));
    });
    nodes = keepNew(next, seen).filter(({ payment }) => payment.operations.length <= operationsMax);
  }
  return found;

  function attempt(from: Node | null, { step, at, by = planner }: Try): Node[] {
    const now = Math.max(from === null ? START : from.at + STEP_MS, at ?? 0);
    const payment = from?.payment ?? null;
    const decision = when(payment, step as Parameters<typeof when>[1], now, by);
    const status = payment === null ? 'none' : statusOf(payment);
    add(found.answers, `${status} ${step.type}`, decision.ok ? 'yes' : decision.error.code);
    if (!decision.ok) {
      add(found.rejections, decision.error.code, step.type);
      return [];
    }
    const written = { events: decision.value, now };
    const after = fold(payment, written.events, now);
    if (written.events.length === 0 || after === null) return [];
    if (expectedOnly && !isExpected(payment, written.events, after)) return [];
    recordEvents(found, written, step.type);
    recordPayment(found, { before: payment, after, event: written.events[0] });
    recordOperations(found, payment, written);
    return [{ payment: after, at: now }];
  }
}

function recordEvents(found: Found, { events }: Written, command: string): void {
  for (const event of events) {
    const known = found.events.get(event.type) ?? { example: event, commands: new Set() };
    known.commands.add(command);
    found.events.set(event.type, known);
  }
}

/** An edge is named by the first event of the commit: what follows from it at once is no choice. */
function recordPayment(
  found: Found,
  { before, after, event }: { before: Payment | null; after: Payment; event: PaymentEvent | undefined },
): void {
  if (event === undefined) return;
  const from = before === null ? null : statusOf(before);
  const edge = { from, to: statusOf(after), about: aboutOf(before, event), word: wordOf(event, after) };
  if (edge.from !== edge.to) found.paymentEdges.set(Object.values(edge).join(' '), edge);
}

/** Event by event, since one commit may hold two of one operation. */
function recordOperations(found: Found, start: Payment | null, { events, now }: Written): void {
  let before = start;
  for (const event of events) {
    const after = fold(before, [event], now);
    for (const { n, outcome } of after?.operations ?? []) {
      const from = before === null ? undefined : findOperation(before, n)?.outcome.status;
      if (from === undefined) found.begins.add(outcome.status);
      else if (from !== outcome.status) {
        const edge = { from, to: outcome.status, word: lastPart(event.type) };
        found.operationEdges.set(Object.values(edge).join(' '), edge);
      }
    }
    before = after;
  }
}

function aboutOf(before: Payment | null, event: PaymentEvent): string {
  if (event.type === 'operation.sent' || event.type === 'operation.discovered') return event.kind;
  if (!('operation' in event)) return event.type.split('.')[0] ?? '';
  const operation = before === null ? undefined : findOperation(before, event.operation);
  return operation?.kind ?? 'authorize';
}

/** The status that an operation got; the event itself where that says more. */
function wordOf(event: PaymentEvent, after: Payment): string {
  if (event.type === 'conflict.resolved') return event.resolution;
  const operation = 'operation' in event ? findOperation(after, event.operation) : undefined;
  if (operation === undefined || NAMED_BY_EVENT.has(event.type)) return lastPart(event.type);
  return isAbsent(operation) ? 'absent' : operation.outcome.status;
}

const NAMED_BY_EVENT: ReadonlySet<string> = new Set([
  'authorization.lapsed',
  'operation.amended',
  'operation.confirmed',
  'operation.discovered',
]);

function lastPart(type: string): string {
  return type.split('.')[1] ?? type;
}

function isExpected(before: Payment | null, events: readonly PaymentEvent[], after: Payment): boolean {
  if (after.conflicts.length > 0) return false;
  return events.every((event) => {
    if (before === null || event.type === 'operation.sent' || event.type === 'authorization.lapsed') return true;
    if (!('operation' in event)) return true;
    const operation = findOperation(before, event.operation);
    return operation === undefined || isOpen(operation);
  });
}

function keepNew(nodes: readonly Node[], seen: Set<string>): Node[] {
  return nodes.filter(({ payment }) => {
    const key = fingerprintOf(payment);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

/** What decides how a payment goes on; not when things happened and under which names. */
function fingerprintOf(payment: Payment): string {
  const { amountMinor, capture, attemptsMax, allowPartial, cancel, conflicts, personal, operations } = payment;
  const shown = operations.map((operation) => {
    const { kind, target, captures, final, stops, cause, outcome, claims, lapsed, unwanted, sending } = operation;
    const asked = [kind, operation.amountMinor, target, captures, final, stops, cause, sending !== null];
    const moved = outcome.status === 'succeeded' ? [outcome.amountMinor, outcome.capturedMinor] : [];
    return [asked, outcome.status, moved, claims.moved !== null, claims.failed !== null, lapsed, unwanted];
  });
  const method = JSON.stringify(personal?.paymentMethod ?? null);
  return JSON.stringify(
    [
      amountMinor,
      capture,
      attemptsMax,
      allowPartial,
      cancel,
      conflicts.map((conflict) => conflict.reason).join(),
      method,
      shown,
    ],
    (_, value: unknown) => (typeof value === 'bigint' ? Number(value) : value),
  );
}

function add(map: Map<string, Set<string>>, key: string, value: string): void {
  const values = map.get(key) ?? new Set();
  values.add(value);
  map.set(key, values);
}
