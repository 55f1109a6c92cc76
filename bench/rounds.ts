import { cpus } from 'node:os';
import type { Child } from './children.ts';
import type { RoundOrder, RoundResult } from './generator.ts';
import type { Money, Workload } from './workloads.ts';

/** What is measured: the platform with its simulator, or the floor with its echo. */
export type Subject = {
  name: 'floor' | 'platform';
  port: number;
  server: Child;
  provider: Child;
  /** Waits for the work that payments leave behind; milliseconds. */
  settle: () => Promise<number>;
};

export type Figures = {
  payments: number;
  perSecond: number;
  /** Captures and refunds that follow a payment are counted too. */
  operationsPerSecond: number;
  /** Of one request. */
  p50Ms: number;
  p99Ms: number;
  /** CPU time of each process, for one payment. */
  serverMicros: number;
  providerMicros: number;
  generatorMicros: number;
  rssBytes: number;
  /** How long the consumers worked on after the last answer. */
  settleMs: number;
  /** Cores that everything else on this machine kept busy, the kernel's part for us included. */
  otherCores: number;
};

export type RoundBounds = Pick<RoundOrder, 'paymentsMax' | 'durationMs'>;

export type RoundsOptions = {
  workload: Workload;
  generator: Child;
  tokens: readonly string[];
  connections: number;
  rssEvery: number;
};

/** Runs rounds, and keeps what must be found in the books afterwards. */
export function createRounds({ workload, generator, tokens, connections, rssEvery }: RoundsOptions) {
  const answered = { floor: new Map<string, Money>(), platform: new Map<string, Money>() };
  const rssSeries: { payments: number; rssBytes: number }[] = [];
  const failures: string[] = [];
  const run = Date.now().toString(36);
  let count = 0;

  async function runRound(
    subject: Subject,
    bounds: RoundBounds,
  ): Promise<{ figures: Figures; answerBytesMean: number }> {
    const { name, port, server } = subject;
    const known = answered[name];
    const sampling: Promise<void>[] = [];
    const order: RoundOrder = {
      type: 'round',
      workload,
      port,
      tokens,
      connections,
      keyPrefix: `bench-${run}-${count}-`,
      progressEvery: rssEvery,
      answeredBefore: known.size,
      ...bounds,
    };
    count += 1;
    const before = await look(subject);
    const result = await generator.ask<RoundResult>(order, () => {
      if (name === 'platform') sampling.push(sampleRss(server));
    });
    failures.push(...result.failures.map((failure) => `${name}: ${failure}`));
    for (const [n, id] of result.ids.entries()) {
      if (known.has(id)) failures.push(`${name}: two payments were answered as ${id}`);
      known.set(id, result.money[n] ?? { captured: Number.NaN, refunded: Number.NaN });
    }
    await Promise.all(sampling);
    const settleMs = await subject.settle();
    const after = await look(subject);
    return { figures: figuresOf(result, { before, after, settleMs }), answerBytesMean: result.answerBytesMean };
  }

  async function sampleRss(server: Child): Promise<void> {
    const payments = rssEvery * (rssSeries.length + 1);
    rssSeries.push({ payments, rssBytes: Number.NaN });
    const place = rssSeries.length - 1;
    rssSeries[place] = { payments, rssBytes: (await server.usage()).rssBytes };
  }

  return { runRound, answered, rssSeries, failures };
}

type Look = { at: number; server: number; provider: number; rssBytes: number; machineMs: number };

async function look({ server, provider }: Subject): Promise<Look> {
  const [ours, theirs] = [await server.usage(), await provider.usage()];
  const machineMs = cpus().reduce((sum, { times }) => sum + times.user + times.nice + times.sys + times.irq, 0);
  return {
    at: performance.now(),
    server: ours.cpuMicros,
    provider: theirs.cpuMicros,
    rssBytes: ours.rssBytes,
    machineMs,
  };
}

function figuresOf(
  result: RoundResult,
  { before, after, settleMs }: { before: Look; after: Look; settleMs: number },
): Figures {
  const payments = result.ids.length;
  const server = after.server - before.server;
  const provider = after.provider - before.provider;
  const oursMs = (server + provider + result.cpuMicros) / 1000;
  return {
    payments,
    perSecond: (payments / result.elapsedMs) * 1000,
    operationsPerSecond: (result.operations / result.elapsedMs) * 1000,
    p50Ms: result.p50Ms,
    p99Ms: result.p99Ms,
    serverMicros: server / payments,
    providerMicros: provider / payments,
    generatorMicros: result.cpuMicros / payments,
    rssBytes: after.rssBytes,
    settleMs,
    otherCores: Math.max(0, (after.machineMs - before.machineMs - oursMs) / (after.at - before.at)),
  };
}

/** Of each figure by itself: the rounds that were disturbed differ from figure to figure. */
export function medianOf(rounds: readonly Figures[]): Figures {
  const middle = (of: (figures: Figures) => number) => {
    const sorted = rounds.map(of).sort((a, b) => a - b);
    const half = sorted.length / 2;
    return ((sorted[Math.ceil(half) - 1] ?? Number.NaN) + (sorted[Math.floor(half)] ?? Number.NaN)) / 2;
  };
  return {
    payments: middle((figures) => figures.payments),
    perSecond: middle((figures) => figures.perSecond),
    operationsPerSecond: middle((figures) => figures.operationsPerSecond),
    p50Ms: middle((figures) => figures.p50Ms),
    p99Ms: middle((figures) => figures.p99Ms),
    serverMicros: middle((figures) => figures.serverMicros),
    providerMicros: middle((figures) => figures.providerMicros),
    generatorMicros: middle((figures) => figures.generatorMicros),
    rssBytes: middle((figures) => figures.rssBytes),
    settleMs: middle((figures) => figures.settleMs),
    otherCores: middle((figures) => figures.otherCores),
  };
}
