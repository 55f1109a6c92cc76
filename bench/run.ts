import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createChildren } from './children.ts';
import { CONNECTIONS, measureMix, measurePayments, type Run } from './measure.ts';
import { type Options, readOptions, USAGE } from './options.ts';
import { isCounted, type Report, report } from './report.ts';

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
    const generator = children.start({ name: 'generator', entry: 'bench/generator.ts' });
    const finished = await measure({ options, folder, children, generator });
    process.stdout.write(report(finished));
    if (!isCounted(finished)) process.exitCode = 1;
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

/** One workload after the other, each with a platform of its own: what one leaves behind is no burden of the other. */
async function measure(run: Run): Promise<Report> {
  const { options } = run;
  const loadBefore = loadavg()[0] ?? Number.NaN;
  const payments = options.workloads.includes('payments') ? await measurePayments(run) : null;
  const mix = options.workloads.includes('mix') ? await measureMix(run) : null;
  return { options, connections: CONNECTIONS, loadBefore, payments, mix };
}
