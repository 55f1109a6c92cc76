import { run } from 'node:test';
import { describeFailure, type Failure, type TestError } from './testReport.ts';

export type Counts = { passed: number; failed: number; skipped: number };
export type Coverage = { lines: number; branches: number; weak: string[] };
export type PhaseResult = Counts & { failures: string[]; coverage: Coverage | undefined };
export type PhaseOptions = {
  root: string;
  files: readonly string[];
  concurrency: number;
  /** Of one test, not of the phase. */
  timeoutMs: number;
  /** Globs of the sources that are measured; none: no coverage. */
  measured: readonly string[];
  signal: AbortSignal;
};

type FileState = { summed: boolean; tests: number; failedTests: number; failed: boolean; output: string[] };

const OUTPUT_LINES_MAX = 60;
const WEAK_BELOW_PERCENT = 90;

/** Runs test files, each in a process of its own. The counts are the runner's; a file that did not report to its end fails. */
export async function runPhase(options: PhaseOptions): Promise<PhaseResult> {
  const result: PhaseResult = { passed: 0, failed: 0, skipped: 0, failures: [], coverage: undefined };
  const files = new Map(options.files.map((file): [string, FileState] => [file, newFile()]));
  const stream = run(runnerOptions(options));
  const fileOf = (data: { file?: string | undefined; entryFile?: string | undefined }) =>
    files.get(data.entryFile ?? data.file ?? '');

  stream.on('test:stdout', (data) => keepOutput(fileOf(data), data.message));
  stream.on('test:stderr', (data) => keepOutput(fileOf(data), data.message));
  stream.on('test:diagnostic', (data) => {
    if (data.message.startsWith('Error: A resource generated')) keepOutput(fileOf(data), `${data.message}\n`);
  });
  stream.on('test:fail', (data) => {
    const state = fileOf(data);
    // The file as a whole counts only when none of its tests failed: below, as a file that ended badly.
    if (data.name === data.file) {
      if (state !== undefined) state.failed = true;
    } else if (data.todo === undefined) {
      const { file, name, line } = data;
      pushFailure(result, { root: options.root, file, name, line, error: data.details.error as TestError });
    }
  });
  stream.on('test:summary', (data) => sum(result, fileOf(data), data.counts));
  stream.on('test:coverage', (data) => {
    result.coverage = readCoverage(options.root, data.summary);
  });
  for await (const _ of stream);
  failBrokenFiles(result, files, options.root);
  return result;
}

function runnerOptions(options: PhaseOptions): NonNullable<Parameters<typeof run>[0]> {
  const { files, concurrency, timeoutMs, measured, signal, root } = options;
  const plain = { files, concurrency, timeout: timeoutMs, signal, cwd: root };
  if (measured.length === 0) return plain;
  return {
    ...plain,
    coverage: true,
    coverageIncludeGlobs: measured,
    coverageExcludeGlobs: ['**/*.test.ts', '**/_template/**'],
  };
}

function newFile(): FileState {
  return { summed: false, tests: 0, failedTests: 0, failed: false, output: [] };
}

function keepOutput(state: FileState | undefined, text: string): void {
  if (state === undefined) return;
  state.output.push(text);
  if (state.output.length > OUTPUT_LINES_MAX) state.output.shift();
}

function pushFailure(result: PhaseResult, failure: Failure): void {
  const text = describeFailure(failure);
  if (text !== undefined) result.failures.push(text);
}

type RunnerCounts = { tests: number; passed: number; skipped: number; todo: number };

/** One summary a file; the one of the whole run, which also counts files as tests, has no file and is left out. */
function sum(result: PhaseResult, state: FileState | undefined, counts: RunnerCounts): void {
  if (state === undefined) return;
  state.summed = true;
  state.tests += counts.tests;
  // Failed and cancelled: the declared type of the counts lacks the first of them.
  const failed = counts.tests - counts.passed - counts.skipped - counts.todo;
  result.passed += counts.passed;
  result.failed += failed;
  state.failedTests += failed;
  result.skipped += counts.skipped + counts.todo;
}

/** Crashed, left by process.exit, threw after its last test, or has no test in it: each would pass unseen. */
function failBrokenFiles(result: PhaseResult, files: ReadonlyMap<string, FileState>, root: string): void {
  for (const [file, state] of files) {
    const reason = reasonOf(state);
    if (reason === undefined) continue;
    result.failed += 1;
    const output = state.output.join('').trimEnd();
    result.failures.push(`${file.replace(`${root}/`, '')}\n  ${reason}${output === '' ? '' : `\n${output}`}`);
  }
}

function reasonOf(state: FileState): string | undefined {
  if (!state.summed)
    return state.failed ? 'crashed before its tests were done' : 'ended before its tests were done, or has no test';
  if (state.tests === 0) return 'has no test';
  return state.failed && state.failedTests === 0 ? 'failed outside its tests' : undefined;
}

type CoverageSummary = {
  totals: { coveredLinePercent: number; coveredBranchPercent: number };
  files: { path: string; coveredLinePercent: number; coveredBranchPercent: number }[];
};

function readCoverage(root: string, summary: CoverageSummary): Coverage {
  const { totals, files } = summary;
  const weak = files
    .filter((file) => Math.min(file.coveredLinePercent, file.coveredBranchPercent) < WEAK_BELOW_PERCENT)
    .sort((a, b) => a.coveredLinePercent - b.coveredLinePercent)
    .map((file) => {
      const name = file.path.replace(`${root}/`, '');
      return `${name}: lines ${percent(file.coveredLinePercent)}, branches ${percent(file.coveredBranchPercent)}`;
    });
  return { lines: totals.coveredLinePercent, branches: totals.coveredBranchPercent, weak };
}

export function percent(value: number): string {
  return `${(Math.floor(value * 10) / 10).toFixed(1)} %`;
}
