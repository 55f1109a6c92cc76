import { openConnection } from './connection.ts';
import { amountOf, createWriter } from './payments.ts';
import { courseOf, type Money, moneyOf, type Workload } from './workloads.ts';

/** A round is bounded in time and in payments: it ends at whichever comes first. */
export type RoundOrder = {
  type: 'round';
  workload: Workload;
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
  /** Requests that were answered: a payment is one, and one more for each capture or refund that follows it. */
  operations: number;
  /** Of one request. */
  p50Ms: number;
  p99Ms: number;
  cpuMicros: number;
  answerBytesMean: number;
  /** Payments that were answered to the end of their course, and what they have moved. */
  ids: readonly string[];
  money: readonly Money[];
  /** What was answered otherwise, or not at all. */
  failures: readonly string[];
};

type Tally = {
  startedAt: number;
  endedAt: number;
  sent: number;
  answerBytes: number;
  ids: string[];
  money: Money[];
  latencies: number[];
  failures: string[];
};

const PAYMENT_ID = /"id":"(pay_[^"]+)"/;
/** The first is the answer's own, those of its operations come later. */
const STATE = /"status":"([a-z_]+)"/;
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
    money: [],
    latencies: [],
    failures: [],
  };
  const writer = createWriter(order);
  const drivers = Array.from({ length: order.connections }, () => createDriver(order, tally, writer));
  await Promise.all(drivers.map((driver) => driver.opened));
  const before = process.cpuUsage();
  tally.startedAt = performance.now();
  await Promise.all(drivers.map((driver) => driver.run()));
  const { user, system } = process.cpuUsage(before);
  const latencies = tally.latencies.sort((a, b) => a - b);
  return {
    type: 'round',
    elapsedMs: tally.endedAt - tally.startedAt,
    operations: latencies.length,
    p50Ms: percentile(latencies, 0.5),
    p99Ms: percentile(latencies, 0.99),
    cpuMicros: user + system,
    answerBytesMean: Math.round(tally.answerBytes / Math.max(1, latencies.length)),
    ids: tally.ids,
    money: tally.money,
    failures: tally.failures,
  };
}

/** Keeps one connection busy until the round is over: with a payment, and with all that follows it. */
function createDriver(order: RoundOrder, tally: Tally, writer: ReturnType<typeof createWriter>) {
  let n = 0;
  let course = courseOf(order.workload, n);
  let id = '';
  let step = 0;
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
    n = tally.sent;
    course = courseOf(order.workload, n);
    id = '';
    step = 0;
    tally.sent += 1;
    send(writer.create(n, course));
  }

  function send(request: string): void {
    late.refresh();
    sentAt = performance.now();
    connection.send(request);
  }

  function take({ status, body }: { status: number; body: string }): void {
    const expected = id === '' ? course.created : course.steps[step];
    if (id === '') id = PAYMENT_ID.exec(body)?.[1] ?? '';
    else step += 1;
    if (id === '' || status !== expected?.status || STATE.exec(body)?.[1] !== expected.state) {
      fail(
        `payment ${n} (${course.name}): request ${step + 1} was answered ${status} ${body.slice(0, SHOWN_CHARACTERS_MAX)}`,
      );
      return;
    }
    tally.endedAt = performance.now();
    tally.latencies.push(tally.endedAt - sentAt);
    tally.answerBytes += body.length;
    const request = writer.follow(n, step, { id, course });
    if (request !== null) {
      send(request);
      return;
    }
    tally.ids.push(id);
    tally.money.push(moneyOf(course, amountOf(n)));
    if ((order.answeredBefore + tally.ids.length) % order.progressEvery === 0)
      process.send?.({ type: 'round.progress' });
    next();
  }

  /** One answer that isn't what was asked for is enough: the run does not count, and the round ends. */
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
