import { inspect } from 'node:util';

/** What the runner reports: its own error around the one that the test threw. */
export type TestError = Error & { failureType?: string; cause?: unknown };
export type Failure = {
  root: string;
  file: string | undefined;
  name: string;
  line: number | undefined;
  error: TestError;
};

/** One failed test in full, or undefined where the failing part of it is reported by itself. */
export function describeFailure(failure: Failure): string | undefined {
  const { root, error } = failure;
  if (error.failureType === 'subtestsFailed') return undefined;
  const place = `${(failure.file ?? '').replace(`${root}/`, '')}:${failure.line ?? 1}`;
  const thrown = error.cause instanceof Error ? inspectError(error.cause) : inspect(error.cause ?? error.message);
  return `${place}  ${failure.name}\n${indent(thrown)}`;
}

/** Without the frames of the runner and of Node, which say nothing about the failure. */
function inspectError(error: Error): string {
  return inspect(error, { depth: 6, colors: process.stdout.isTTY ?? false })
    .split('\n')
    .filter((line) => !/^\s+at .*\(?node:/.test(line))
    .join('\n');
}

function indent(text: string): string {
  return text.replace(/^/gm, '  ');
}
