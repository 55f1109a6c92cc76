import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import type { PhaseResult } from './testPhase.ts';

const HEAD = "import { test } from 'node:test';\n";

/** Runs the sources as test files. In a process of its own: the runner refuses to run within a test. */
function runFiles(t: TestContext, sources: Record<string, string>, measured: string[] = []): PhaseResult {
  const root = realpathSync(mkdtempSync(path.join(tmpdir(), 'florin-phase-')));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  for (const [name, source] of Object.entries({ 'package.json': '{ "type": "module" }', ...sources })) {
    mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
    writeFileSync(path.join(root, name), source);
  }
  const files = Object.keys(sources)
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => path.join(root, name));
  const script = `
    import { runPhase } from ${JSON.stringify(path.join(import.meta.dirname, 'testPhase.ts'))};
    const options = ${JSON.stringify({ root, files, concurrency: 2, timeoutMs: 1_000, measured })};
    console.log(JSON.stringify(await runPhase({ ...options, signal: new AbortController().signal })));`;
  const { NODE_TEST_CONTEXT: _, NODE_V8_COVERAGE: __, ...env } = process.env;
  writeFileSync(path.join(root, 'run.ts'), script);
  const answer = spawnSync(process.execPath, [path.join(root, 'run.ts')], { env, encoding: 'utf8' });
  assert.equal(answer.stderr, '');
  return JSON.parse(answer.stdout) as PhaseResult;
}

function counts({ passed, failed, skipped }: PhaseResult): [passed: number, failed: number, skipped: number] {
  return [passed, failed, skipped];
}

test('the counts are of tests, not of files and suites', (t) => {
  const result = runFiles(t, {
    'a.test.ts': `${HEAD}import { describe } from 'node:test';
      describe('s', () => { test('1', () => {}); test('2', { skip: true }, () => {}); test.todo('3'); });`,
    'b.test.ts': `${HEAD}test('4', () => {}); test('5', () => {});`,
  });
  assert.deepEqual(counts(result), [3, 0, 2]);
  assert.deepEqual(result.failures, []);
});

test('a failed test is told with its place and the difference, and once', (t) => {
  const result = runFiles(t, {
    'a.test.ts': `import assert from 'node:assert/strict';\n${HEAD}test('sums', async (t) => {
      await t.test('one', () => assert.deepEqual({ a: 1 }, { a: 2 }));
    });`,
  });
  assert.deepEqual(counts(result), [0, 2, 0]);
  assert.equal(result.failures.length, 1);
  assert.match(result.failures[0] ?? '', /^a\.test\.ts:4 {2}one\n/);
  assert.match(result.failures[0] ?? '', /- {3}a: 2/);
});

const broken: [what: string, source: string, passed: number, says: RegExp][] = [
  ['crashes', "process.stderr.write('last words'); process.exit(3);", 0, /crashed[\s\S]*last words/],
  ['does not load', "import './gone.ts';", 0, /crashed[\s\S]*gone\.ts/],
  [
    'leaves by exit(0) in the middle',
    `${HEAD}test('1', () => process.exit(0)); test('2', () => {});`,
    0,
    /ended before/,
  ],
  ['has no test', 'export const a = 1;', 0, /no test/],
  [
    'throws later',
    `${HEAD}test('1', () => {}); setTimeout(() => { throw new Error('late'); }, 20);`,
    1,
    /outside[\s\S]*late/,
  ],
];

for (const [what, source, passed, says] of broken) {
  test(`a file that ${what} fails`, (t) => {
    const result = runFiles(t, { 'a.test.ts': source });
    assert.deepEqual(counts(result), [passed, 1, 0]);
    assert.match(result.failures.join('\n'), says);
  });
}

test('a test that never ends is cut off and fails', (t) => {
  const result = runFiles(t, { 'a.test.ts': `${HEAD}test('1', () => {}); test('2', () => new Promise(() => {}));` });
  assert.deepEqual(counts(result), [1, 1, 0]);
  assert.match(result.failures[0] ?? '', /timed out/);
});

test('coverage is of the measured files only, and names the weak ones', (t) => {
  const half = 'export function half(a: number): number {\n  if (a > 1) {\n    return 2;\n  }\n  return 1;\n}\n';
  const result = runFiles(
    t,
    {
      'src/core/half.ts': half,
      'src/other/half.ts': half,
      'a.test.ts': `${HEAD}import { half } from './src/core/half.ts';\nimport './src/other/half.ts';\ntest('1', () => { half(1); });`,
    },
    ['src/core/**'],
  );
  assert.deepEqual(counts(result), [1, 0, 0]);
  assert.ok((result.coverage?.lines ?? 0) > 50 && (result.coverage?.lines ?? 100) < 90);
  assert.deepEqual(
    result.coverage?.weak.map((line) => line.split(':')[0]),
    ['src/core/half.ts'],
  );
});
