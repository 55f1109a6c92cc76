import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { capturedByJournal, compare, succeededInIndex, takenBySimulator } from './books.ts';
import { type Children, createChildren } from './children.ts';
import { checkFloorRows, type Floor, startFloor } from './floor.ts';
import { type Options, readOptions, USAGE } from './options.ts';
import { bytesOnDisk, fetchTokens, type Platform, startPlatform, waitForConsumers } from './platform.ts';
import { type ProfileSummary, summarizeProfile } from './profile.ts';
import { type Report, report } from './report.ts';
import { createRounds, type Figures, type RoundBounds, type Subject } from './rounds.ts';
import { type FloorPlan, planDifference, planFloor } from './rows.ts';

const CONNECTIONS = 64;
const RSS_EVERY_PAYMENTS = 20_000;
const WARM_UP_MS = 8000;
const FLOOR_WARM_UP_MS = 3000;
const ROUND_PAYMENTS_MAX = 2_000_000;
/** For a round that ends by payments. */
const ROUND_MS_MAX = 900_000;
const PROFILE_FUNCTIONS = 25;
const INTERRUPTED = 130;

await main(process.argv.slice(2));

async function main(args: string[]): Promise<void> {
  const options = optionsOrExit(args);
  const folder = mkdtempSync(join(tmpdir(), 'florin-bench-'));
  const children = createChildren();
  let interrupted = false;
  const clean = async () => {
    await children.stopAll();
    rmSync(folder, { recursive: true, force: true });
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => {
      interrupted = true;
      void clean().then(() => process.exit(INTERRUPTED));
    });
  }
  try {
    const finished = await measure({ options, folder, children });
    process.stdout.write(report(finished));
    if (finished.failures.length > 0) process.exitCode = 1;
  } catch (error) {
    // The processes that it waits for have been stopped: no news.
    if (!interrupted) process.stderr.write(`bench: ${error instanceof Error ? error.stack : String(error)}\n`);
    process.exitCode = 1;
  } finally {
    await clean();
  }
}

function optionsOrExit(args: string[]): Options {
  try {
    return readOptions(args);
  } catch (error) {
    process.stderr.write(`bench: ${(error as Error).message}\n${USAGE}\n`);
    process.exit(2);
  }
}

type Run = { options: Options; folder: string; children: Children };

async function measure({ options, folder, children }: Run): Promise<Report> {
  const loadBefore = loadavg()[0] ?? Number.NaN;
  const profileFolder = join(folder, 'profile');
  mkdirSync(profileFolder);
  const nodeFlags = options.profile ? ['--cpu-prof', '--cpu-prof-dir', profileFolder] : [];
  const platform = await startPlatform({ children, folder, nodeFlags });
  const generator = children.start({ name: 'generator', entry: 'bench/generator.ts' });
  const tokens = await fetchTokens(platform, options.tokens);
  const rounds = createRounds({ generator, tokens, connections: CONNECTIONS, rssEvery: RSS_EVERY_PAYMENTS });
  const platformSubject: Subject = {
    name: 'platform',
    port: platform.port,
    server: platform.server,
    provider: platform.simulator,
    settle: () => waitForConsumers(platform),
  };

  progress('warm-up of the platform');
  const { answerBytesMean } = await rounds.runRound(platformSubject, {
    durationMs: WARM_UP_MS,
    paymentsMax: ROUND_PAYMENTS_MAX,
  });
  if (rounds.failures.length > 0) throw new Error(`the warm-up failed: ${rounds.failures[0]}`);
  const plan = planFloor(platform.data, rounds.answered.platform.size, answerBytesMean);
  const floor = await startFloor({ children, folder, plan });
  const floorSubject: Subject = {
    name: 'floor',
    port: floor.port,
    server: floor.server,
    provider: floor.echo,
    settle: async () => 0,
  };
  progress('warm-up of the floor');
  await rounds.runRound(floorSubject, { durationMs: FLOOR_WARM_UP_MS, paymentsMax: ROUND_PAYMENTS_MAX });

  const figures: { floor: Figures[]; platform: Figures[] } = { floor: [], platform: [] };
  for (let round = 1; round <= options.rounds && rounds.failures.length === 0; round += 1) {
    for (const subject of [floorSubject, platformSubject]) {
      progress(`round ${round} of ${options.rounds}: ${subject.name}`);
      figures[subject.name].push((await rounds.runRound(subject, boundsOf(options))).figures);
    }
  }
  progress('checking the books');
  const { failures, disk } = await settleAccounts({ platform, floor, plan, answered: rounds.answered });
  return {
    options,
    connections: CONNECTIONS,
    loadBefore,
    figures,
    plan,
    rssSeries: rounds.rssSeries,
    payments: rounds.answered.platform.size,
    disk,
    failures: [...rounds.failures, ...failures],
    profile: profileOf(options, profileFolder),
  };
}

function boundsOf({ payments, rounds, roundSeconds }: Options): RoundBounds {
  if (payments === null) return { durationMs: roundSeconds * 1000, paymentsMax: ROUND_PAYMENTS_MAX };
  return { durationMs: ROUND_MS_MAX, paymentsMax: Math.ceil(payments / rounds) };
}

type Accounts = {
  platform: Platform;
  floor: Floor;
  plan: FloorPlan;
  answered: { floor: ReadonlyMap<string, number>; platform: ReadonlyMap<string, number> };
};

/** Stops what was measured, and looks whether it did what it answered. */
async function settleAccounts({
  platform,
  floor,
  plan,
  answered,
}: Accounts): Promise<Pick<Report, 'failures' | 'disk'>> {
  const taken = await takenBySimulator(platform.simulatorUrl);
  await platform.server.stop();
  await floor.server.stop();
  const failures = [
    ...compare('the journal', answered.platform, capturedByJournal(platform.data)),
    ...compare('the index', answered.platform, succeededInIndex(platform.data)),
    ...compare("the simulator's books", answered.platform, taken),
    ...checkFloorRows(floor, plan, answered.floor.size),
    ...planDifference(plan, planFloor(platform.data, answered.platform.size, plan.answerBytes)),
  ];
  const disk = {
    journal: bytesOnDisk(join(platform.data, 'journal.sqlite')),
    derived: bytesOnDisk(join(platform.data, 'derived.sqlite')),
  };
  return { failures, disk };
}

function profileOf({ profile }: Options, folder: string): ProfileSummary | null {
  return profile ? summarizeProfile(folder, PROFILE_FUNCTIONS) : null;
}

function progress(text: string): void {
  process.stderr.write(`bench: ${text}\n`);
}
