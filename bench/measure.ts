import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { compare, moneyInJournal, verifyBooks } from './books.ts';
import type { Child, Children } from './children.ts';
import { checkFloorRows, startFloor } from './floor.ts';
import type { Options } from './options.ts';
import { bytesOnDisk, fetchTokens, type Platform, startPlatform, waitForConsumers } from './platform.ts';
import { type ProfileSummary, summarizeProfile } from './profile.ts';
import { createRounds, type Figures, type RoundBounds, type Subject } from './rounds.ts';
import { type FloorPlan, planDifference, planFloor } from './rows.ts';
import type { Workload } from './workloads.ts';

export const CONNECTIONS = 64;
const RSS_EVERY_PAYMENTS = 20_000;
const WARM_UP_MS = 8000;
const FLOOR_WARM_UP_MS = 3000;
const ROUND_PAYMENTS_MAX = 2_000_000;
/** For a round that ends by payments. */
const ROUND_MS_MAX = 900_000;
const PROFILE_FUNCTIONS = 25;

export type Run = { options: Options; folder: string; children: Children; generator: Child };

/** What was measured of the platform under a workload. */
export type Measured = {
  rounds: readonly Figures[];
  rssSeries: readonly { payments: number; rssBytes: number }[];
  /** All that the platform answered, the warm-up included. */
  payments: number;
  disk: { journal: number; derived: number };
  /** What the verification says that it has compared. */
  verified: readonly string[];
  /** Why the run does not count. */
  failures: readonly string[];
  profile: ProfileSummary | null;
};

export type MeasuredWithFloor = Measured & { floor: readonly Figures[]; plan: FloorPlan };

/** The headline: payments alone, in turn with the floor. */
export async function measurePayments(run: Run): Promise<MeasuredWithFloor> {
  const { children, options } = run;
  const trial = await begin(run, 'payments');
  const { platform, rounds, subject, answerBytesMean } = trial;
  const plan = planFloor(platform.data, rounds.answered.platform.size, answerBytesMean);
  const floor = await startFloor({ children, folder: trial.folder, plan });
  const floorSubject: Subject = {
    name: 'floor',
    port: floor.port,
    server: floor.server,
    provider: floor.echo,
    settle: async () => 0,
  };
  progress('payments: warm-up of the floor');
  await rounds.runRound(floorSubject, { durationMs: FLOOR_WARM_UP_MS, paymentsMax: ROUND_PAYMENTS_MAX });
  const figures: { floor: Figures[]; platform: Figures[] } = { floor: [], platform: [] };
  for (let round = 1; round <= options.rounds && rounds.failures.length === 0; round += 1) {
    for (const each of [floorSubject, subject]) {
      progress(`payments: round ${round} of ${options.rounds}, ${each.name}`);
      figures[each.name].push((await rounds.runRound(each, boundsOf(options))).figures);
    }
  }
  await floor.server.stop();
  await floor.echo.stop();
  const measured = await end(trial, figures.platform, options);
  const failures = [
    ...measured.failures,
    ...checkFloorRows(floor, plan, rounds.answered.floor.size),
    ...planDifference(plan, planFloor(platform.data, rounds.answered.platform.size, plan.answerBytes)),
  ];
  return { ...measured, failures, floor: figures.floor, plan };
}

/** Payments with captures and refunds among them. No floor does the same: these figures are for comparing one run with another. */
export async function measureMix(run: Run): Promise<Measured> {
  const { options } = run;
  const trial = await begin(run, 'mix');
  const figures: Figures[] = [];
  for (let round = 1; round <= options.rounds && trial.rounds.failures.length === 0; round += 1) {
    progress(`mix: round ${round} of ${options.rounds}`);
    figures.push((await trial.rounds.runRound(trial.subject, boundsOf(options))).figures);
  }
  return await end(trial, figures, options);
}

type Trial = Awaited<ReturnType<typeof begin>>;

/** Starts a platform in a folder of its own, and warms it up. */
async function begin({ options, folder: parent, children, generator }: Run, workload: Workload) {
  const folder = join(parent, workload);
  const profileFolder = join(folder, 'profile');
  mkdirSync(profileFolder, { recursive: true });
  const nodeFlags = options.profile ? ['--cpu-prof', '--cpu-prof-dir', profileFolder] : [];
  const platform = await startPlatform({ children, folder, nodeFlags });
  const tokens = await fetchTokens(platform, options.tokens);
  const rounds = createRounds({ workload, generator, tokens, connections: CONNECTIONS, rssEvery: RSS_EVERY_PAYMENTS });
  const subject: Subject = {
    name: 'platform',
    port: platform.port,
    server: platform.server,
    provider: platform.simulator,
    settle: () => waitForConsumers(platform),
  };
  progress(`${workload}: warm-up of the platform`);
  const { answerBytesMean } = await rounds.runRound(subject, {
    durationMs: WARM_UP_MS,
    paymentsMax: ROUND_PAYMENTS_MAX,
  });
  if (rounds.failures.length > 0) throw new Error(`the warm-up failed: ${rounds.failures[0]}`);
  return { workload, folder, profileFolder, platform, rounds, subject, answerBytesMean };
}

/** Stops the platform, and looks whether it did what it answered. */
async function end(
  { workload, platform, rounds, profileFolder }: Trial,
  figures: readonly Figures[],
  { profile }: Options,
): Promise<Measured> {
  const { answered } = rounds;
  await platform.server.stop();
  progress(`${workload}: checking the books`);
  const { lines, failures } = await verifyBooks({ ...platform, payments: answered.platform.size });
  await platform.simulator.stop();
  return {
    rounds: figures,
    rssSeries: rounds.rssSeries,
    payments: answered.platform.size,
    failures: [...rounds.failures, ...failures, ...compare(answered.platform, moneyInJournal(platform.data))],
    verified: lines,
    disk: diskOf(platform),
    profile: profile ? summarizeProfile(profileFolder, PROFILE_FUNCTIONS) : null,
  };
}

function diskOf({ data }: Platform): Measured['disk'] {
  return {
    journal: bytesOnDisk(join(data, 'journal.sqlite')),
    derived: bytesOnDisk(join(data, 'derived.sqlite')),
  };
}

function boundsOf({ payments, rounds, roundSeconds }: Options): RoundBounds {
  if (payments === null) return { durationMs: roundSeconds * 1000, paymentsMax: ROUND_PAYMENTS_MAX };
  return { durationMs: ROUND_MS_MAX, paymentsMax: Math.ceil(payments / rounds) };
}

function progress(text: string): void {
  process.stderr.write(`bench: ${text}\n`);
}
