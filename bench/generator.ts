import { openConnection } from './connection.ts';
import { amountOf, createWriter } from './payments.ts';

/** A round is bounded in time and in payments: it ends at whichever comes first. */
export type RoundOrder = {
  type: 'round';
  port: number;
  tokens: readonly string[];
  connections: number;
  paymentsMax: number;
  durationMs: number;
  /** Begins every idempotency key of this round and of no other. */
  keyPrefix: string;
  /** Tells each time that so many payments have been answered, counting on from `answeredBefore`. */
  progressEvery: number;
  answeredBefore: number;
};

export type RoundResult = {
  type: 'round';
  elapsedMs: number;
  p50Ms: number;
  p99Ms: number;
  cpuMicros: number;
  answerBytesMean: number;
  /** Payments that were answered as succeeded, and what was asked for. */
  ids: readonly string[];
  amounts: readonly number[];
  /** What was answered otherwise, or not at all. */
  failures: readonly string[];
};

type Tally = {
  startedAt: number;
  endedAt: number;
  sent: number;
  answerBytes: number;
  ids: string[];
  amounts: number[];
  latencies: number[];
  failures: string[];
};

const PAYMENT_ID = /"id":"(pay_[^"]+)"/;
const SUCCEEDED = '"status":"succeeded"';
const CREATED = 201;
/** Longer than the server's own deadline for an answer. */
const ANSWER_MS = 30_000;
const SHOWN_CHARACTERS_MAX = 300;

process.on('message', (message: RoundOrder | { type: 'usage' }) => {
  if (message.type === 'round') void runRound(message).then((result) => process.send?.(result));
});
process.once('SIGTERM', () => process.exit(0));

async function runRound(order: RoundOrder): Promise<RoundResult> {
  const tally: Tally = {
    startedAt: 0,
    endedAt: 0,
    sent: 0,
    answerBytes: 0,
    ids: [],
    amounts: [],
    latencies: [],
    failures: [],
  };
  const write = createWriter(order);
  const drivers = Array.from({ length: order.connections }, () => createDriver(order, tally, write));
  await Promise.all(drivers.map((driver) => driver.opened));
  const before = process.cpuUsage();
  tally.startedAt = performance.now();
  await Promise.all(drivers.map((driver) => driver.run()));
  const { user, system } = process.cpuUsage(before);
  const latencies = tally.latencies.sort((a, b) => a - b);
  return {
    type: 'round',
    elapsedMs: tally.endedAt - tally.startedAt,
    p50Ms: percentile(latencies, 0.5),
    p99Ms: percentile(latencies, 0.99),
    cpuMicros: user + system,
    answerBytesMean: Math.round(tally.answerBytes / Math.max(1, tally.ids.length)),
    ids: tally.ids,
    amounts: tally.amounts,
    failures: tally.failures,
  };
}

/** Keeps one connection busy until the round is over. */
function createDriver(order: RoundOrder, tally: Tally, write: (n: number) => string) {
  let n = 0;
  let sentAt = 0;
  let finish = () => {};
  const late = setTimeout(() => fail(`payment ${n} was not answered within ${ANSWER_MS} ms`), ANSWER_MS);
  const connection = openConnection({
    port: order.port,
    onAnswer: take,
    onBroken: (reason) => fail(`payment ${n}: ${reason}`),
  });

  function next(): void {
    const isOver =
      tally.sent >= order.paymentsMax ||
      tally.failures.length > 0 ||
      performance.now() - tally.startedAt >= order.durationMs;
    if (isOver) {
      end();
      return;
    }
    late.refresh();
    n = tally.sent;
    tally.sent += 1;
    sentAt = performance.now();
    connection.send(write(n));
  }

  function take({ status, body }: { status: number; body: string }): void {
    const id = status === CREATED && body.includes(SUCCEEDED) ? PAYMENT_ID.exec(body)?.[1] : undefined;
    if (id === undefined) {
      fail(`payment ${n} was answered ${status} ${body.slice(0, SHOWN_CHARACTERS_MAX)}`);
      return;
    }
    tally.endedAt = performance.now();
    tally.latencies.push(tally.endedAt - sentAt);
    tally.answerBytes += body.length;
    tally.ids.push(id);
    tally.amounts.push(amountOf(n));
    if ((order.answeredBefore + tally.ids.length) % order.progressEvery === 0)
      process.send?.({ type: 'round.progress' });
    next();
  }

  /** One answer that isn't a payment is enough: the run does not count, and the round ends. */
  function fail(reason: string): void {
    tally.failures.push(reason);
    end();
  }

  function end(): void {
    clearTimeout(late);
    connection.close();
    finish();
  }

  function run(): Promise<void> {
    return new Promise((resolve) => {
      finish = resolve;
      next();
    });
  }

  return { opened: connection.opened, run };
}

/** Nearest rank, of sorted values. */
function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}
