import { type Ended, root, runTool } from './processes.ts';
import { describeFinding, tidy } from './tidy.ts';

type Check = { name: string; run: () => Promise<Ended> };

const CHECKS: readonly Check[] = [
  {
    name: 'biome',
    run: () => runTool('biome', ['ci', '--error-on-warnings', '--reporter=concise', '--max-diagnostics=50', '.']),
  },
  { name: 'types', run: () => runTool('tsc', ['--noEmit']) },
  { name: 'oxlint', run: () => runTool('oxlint', ['--deny-warnings']) },
  { name: 'knip', run: () => runTool('knip', ['--no-progress', '--no-config-hints']) },
  // Without the tests: a source that only its own test imports is dead too.
  {
    name: 'knip, sources that only tests use',
    run: () => runTool('knip', ['--no-progress', '--no-config-hints', '--production', '--include=files']),
  },
  { name: 'tidy', run: runTidy },
];

/** Every check at once, a line for each as it ends, with its output when it fails. Resolves to the number that failed. */
export async function runChecks(print: (line: string) => void): Promise<number> {
  const results = await Promise.all(CHECKS.map((check) => runCheck(check, print)));
  return results.filter((ok) => !ok).length;
}

async function runCheck(check: Check, print: (line: string) => void): Promise<boolean> {
  const started = performance.now();
  const { ok, output } = await check.run();
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  print(`check  ${ok ? 'ok    ' : 'FAILED'}  ${seconds.padStart(5)} s  ${check.name}`);
  if (!ok) print(`${output.trimEnd()}\n`);
  return ok;
}

async function runTidy(): Promise<Ended> {
  const findings = tidy(root);
  return { ok: findings.length === 0, output: findings.map(describeFinding).join('\n') };
}
