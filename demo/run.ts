import { compareBooks, readCharges } from './books.ts';
import { createClient } from './client.ts';
import { type Options, readOptions, USAGE } from './options.ts';
import { startProgress } from './progress.ts';
import { type Findings, failuresOf, print } from './report.ts';
import { settle } from './settle.ts';
import { openShop } from './shop.ts';
import { findTarget, type Target } from './target.ts';
import { letIn } from './visits.ts';

const INTERRUPTED = 130;

await main(process.argv.slice(2));

async function main(args: string[]): Promise<void> {
  const options = optionsOrExit(args);
  try {
    const target = await findTarget(options, process.env);
    for (const signal of ['SIGINT', 'SIGTERM'] as const)
      process.once(signal, () => void target.stop().finally(() => process.exit(INTERRUPTED)));
    try {
      const findings = await demonstrate(target, options);
      process.stdout.write(print(findings));
      if (failuresOf(findings).length > 0) process.exitCode = 1;
    } finally {
      await target.stop();
    }
  } catch (error) {
    process.stderr.write(`demo: ${(error as Error).message}\n`);
    process.exitCode = 1;
  }
}

function optionsOrExit(args: string[]): Options {
  try {
    const options = readOptions(args);
    if (options !== null) return options;
    process.stdout.write(`${USAGE}\n`);
    process.exit(0);
  } catch (error) {
    process.stderr.write(`demo: ${(error as Error).message}\n${USAGE}\n`);
    process.exit(2);
  }
}

async function demonstrate(target: Target, { payments, seed }: Options): Promise<Findings> {
  const began = performance.now();
  process.stdout.write(`${payments} payments to the platform at ${target.url}, ${target.what}\n`);
  const client = createClient(target);
  const shop = await openShop(client);
  try {
    const run = `demo-${seed}-${Date.now()}`;
    const progress = startProgress('paying', payments);
    const visited = await letIn({ client, payments, seed, run, onDone: progress.step });
    progress.end();
    process.stdout.write('waiting for doubts to end, for late news, and for the webhooks\n\n');
    const settled = await settle(client, { run, told: shop.told });
    const books = compareBooks(settled.payments, await readCharges(target.url));
    const { body: trialBalance } = await client.call('GET', '/v1/ledger/trial_balance');
    return { visited, settled, told: shop.told, books, trialBalance, totalMs: performance.now() - began };
  } finally {
    await shop.close();
    await client.close();
  }
}
