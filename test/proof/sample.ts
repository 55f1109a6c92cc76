import { setTimeout as sleep } from 'node:timers/promises';
import { startLoad } from '../crash/load.ts';
import { createApiClient } from '../support/apiClient.ts';
import { temporaryFolder } from '../support/folder.ts';
import { createDice } from '../support/seeded.ts';
import { startServer } from '../support/server.ts';
import { createPayments, type Payments } from './payments.ts';
import { startSimulatorOn } from './simulatorOn.ts';
import { runVerify, untilFollowed, untilRootSigned, type Verified } from './verifyProcess.ts';

/** A data folder as a server left it, the provider's books of the same moment, and what was verified meanwhile. */
export type Sample = {
  folder: string;
  /** Where the provider's books lie. */
  books: string;
  /** Ids of payments that the signed root covers. */
  early: Kinds;
  /** Of payments that came after it. */
  late: Kinds;
  /** The newest of all: nobody knows its outcome. */
  inDoubt: string;
  underLoad: readonly Verified[];
};

export type Kinds = { approved: string; parts: string; refunded: string; held: string; canceled: string };

const LOAD = { concurrency: 8, paymentsMax: 1500 };
const LOAD_SEED = 1;
/** Enough for the books to move under the eyes of who verifies. */
const HEAD_START_MS = 200;

export async function makeSample(): Promise<Sample> {
  const [folder, books] = [temporaryFolder(), temporaryFolder()];
  await using simulator = await startSimulatorOn(books);
  await using server = await startServer({ folder, simulatorUrl: simulator.url });
  await using client = await createApiClient(server);
  const payments = createPayments(client);
  const early = await payEveryKind(payments);
  await untilRootSigned(folder);
  const late = await payEveryKind(payments);

  const underLoad: Verified[] = [];
  {
    await using load = startLoad({ client, dice: createDice(LOAD_SEED), ...LOAD });
    await sleep(HEAD_START_MS);
    // With the provider by its own address, and by the server's, which it finds by itself.
    for (const url of [simulator.url, null]) underLoad.push(await runVerify(folder, url));
    await load.stop();
  }
  const inDoubt = await payments.pay('tok_timeout_approved', {}, 202);
  await untilFollowed(folder);
  await server.stop();
  await simulator.stop();
  return { folder, books, early, late, inDoubt, underLoad };
}

async function payEveryKind(payments: Payments): Promise<Kinds> {
  const hold = () => payments.pay('tok_approved', { capture: 'manual' });
  const approved = await payments.pay('tok_approved');
  const parts = await hold();
  await payments.capture(parts, { amount: 400, final: false });
  await payments.capture(parts, { amount: 500, final: true });
  const refunded = await payments.pay('tok_approved', { currency: 'USD' });
  await payments.refund(refunded, { amount: 300 });
  await payments.refund(refunded, {});
  await payments.pay('tok_declined');
  const canceled = await hold();
  await payments.cancel(canceled);
  const held = await hold();
  await payments.capture(held, { amount: 250, final: false });
  return { approved, parts, refunded, held, canceled };
}
