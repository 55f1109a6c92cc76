import { globSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { runChecks } from './checks.ts';
import { root } from './processes.ts';
import { type Counts, type Coverage, type PhaseResult, percent, runPhase } from './testPhase.ts';

// `npm test`: the checks, then three phases of tests; the last line printed is the sum of it all.
//   npm test -- <pattern>    only test files whose path contains the pattern; no checks, no coverage
//   npm test -- --no-check   without the checks
type Phase = {
  name: string;
  include: string[];
  exclude: string[];
  concurrency: number;
  timeoutMs: number;
  measured: string[];
};

const LINES_PERCENT_MIN = 95;
const BRANCHES_PERCENT_MIN = 90;
const INTEGRATION = 'src/**/*.int.test.ts';
const ALL_SOURCES = 'test/sources/allSources.test.ts';

const PHASES: readonly Phase[] = [
  {
    name: 'unit',
    include: ['src/**/*.test.ts', 'tools/**/*.test.ts', ALL_SOURCES],
    exclude: [INTEGRATION],
    concurrency: availableParallelism(),
    timeoutMs: 60_000,
    measured: ['src/core/**', 'src/providers/**'],
  },
  { name: 'integration', include: [INTEGRATION], exclude: [], concurrency: 2, timeoutMs: 120_000, measured: [] },
  // One at a time: these start servers and read clocks, and a crowded machine makes such tests lie.
  {
    name: 'platform',
    include: ['test/**/*.test.ts'],
    exclude: [ALL_SOURCES],
    concurrency: 1,
    timeoutMs: 600_000,
    measured: [],
  },
];

const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => stop.abort());

await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<void> {
  const unknown = args.find((arg) => arg.startsWith('-') && arg !== '--no-check');
  if (unknown !== undefined) throw new Error(`unknown option ${unknown}`);
  const pattern = args.find((arg) => !arg.startsWith('-'));
  const total: Counts = { passed: 0, failed: 0, skipped: 0 };
  if (pattern === undefined && !args.includes('--no-check')) total.failed += await runChecks(print);

  let ran = 0;
  for (const phase of PHASES) {
    const files = filesOf(phase, pattern);
    if (stop.signal.aborted || (files.length === 0 && pattern !== undefined)) continue;
    ran += 1;
    await runAndReport(pattern === undefined ? phase : { ...phase, measured: [] }, files, total);
  }
  if (ran === 0 || stop.signal.aborted) {
    print(stop.signal.aborted ? 'stopped by a signal' : `no test file has "${pattern}" in its path`);
    total.failed += 1;
  }
  const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : '';
  process.exitCode = total.failed === 0 ? 0 : 1;
  print(`${total.passed} passed, ${total.failed} failed${skipped}`);
}

function filesOf(phase: Phase, pattern: string | undefined): string[] {
  return globSync(phase.include, { cwd: root, exclude: phase.exclude })
    .filter((file) => pattern === undefined || file.includes(pattern))
    .sort()
    .map((file) => path.join(root, file));
}

async function runAndReport(phase: Phase, files: readonly string[], total: Counts): Promise<void> {
  const started = performance.now();
  const result = await runPhase({ ...phase, root, files, signal: stop.signal });
  if (files.length === 0) fail(result, `${phase.name}: there is no test file (${phase.include.join(', ')})`);
  if (phase.measured.length > 0) judge(result);
  for (const failure of result.failures) print(`\n${failure}\n`);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const counts = `${result.passed} passed, ${result.failed} failed, ${result.skipped} skipped`;
  print(
    `test   ${result.failed === 0 ? 'ok    ' : 'FAILED'}  ${seconds.padStart(5)} s  ${phase.name}: ${counts}, ${files.length} files`,
  );
  total.passed += result.passed;
  total.failed += result.failed;
  total.skipped += result.skipped;
}

function judge(result: PhaseResult): void {
  const { coverage } = result;
  if (coverage === undefined) {
    fail(result, 'coverage: nothing was measured');
    return;
  }
  const line = `lines ${percent(coverage.lines)} of ${LINES_PERCENT_MIN} %, branches ${percent(coverage.branches)} of ${BRANCHES_PERCENT_MIN} %`;
  if (isEnough(coverage)) print(`cover  ok      ${line}`);
  else fail(result, [`coverage too low: ${line}`, ...coverage.weak.map((file) => `  ${file}`)].join('\n'));
}

function isEnough({ lines, branches }: Coverage): boolean {
  return lines >= LINES_PERCENT_MIN && branches >= BRANCHES_PERCENT_MIN;
}

function fail(result: PhaseResult, why: string): void {
  result.failed += 1;
  result.failures.push(why);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
