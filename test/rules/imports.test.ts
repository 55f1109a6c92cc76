import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { ALLOWED, FORBIDDEN } from './planted.ts';

// The import table of the architecture is a few patterns in biome.json. A pattern that catches nothing looks like a clean
// project, so each violation is planted here, in a copy of the folders, and must be reported.
const root = path.resolve(import.meta.dirname, '../..');

/** Puts each source into a file of its own and returns, for each, the rules that Biome reports in it. */
function lint(t: TestContext, planted: readonly (readonly [file: string, source: string])[]): string[][] {
  const folder = mkdtempSync(path.join(tmpdir(), 'florin-rules-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  for (const name of ['biome.json', 'package.json']) copyFileSync(path.join(root, name), path.join(folder, name));
  const files = planted.map(([file, source], index) => {
    // `a.test.ts` becomes `a7.test.ts`: the folder and the suffix decide which rules hold.
    const name = file.replace(/(\w+)((?:\.test)?\.ts)$/, `$1${index}$2`);
    mkdirSync(path.join(folder, path.dirname(name)), { recursive: true });
    writeFileSync(path.join(folder, name), `${source}\n`);
    return name;
  });
  const biome = [path.join(root, 'node_modules/.bin/biome'), 'lint', '--reporter=json', '--max-diagnostics=none', '.'];
  const { stdout, stderr } = spawnSync(process.execPath, biome, { cwd: folder, encoding: 'utf8' });
  assert.match(stdout, /^\{/, stderr);
  const { diagnostics } = JSON.parse(stdout) as { diagnostics: { category: string; location: { path: unknown } }[] };
  return files.map((name) =>
    diagnostics
      .filter((diagnostic) => JSON.stringify(diagnostic.location.path).includes(name))
      .map((diagnostic) => diagnostic.category),
  );
}

test('every planted violation of the import table is reported', (t) => {
  const reported = lint(t, FORBIDDEN);
  const unseen = FORBIDDEN.filter((_, index) => !reported[index]?.includes('lint/style/noRestrictedImports'));
  assert.deepEqual(unseen, []);
});

test('what the table allows is not', (t) => {
  const reported = lint(t, ALLOWED);
  const refused = ALLOWED.filter((_, index) => reported[index]?.includes('lint/style/noRestrictedImports'));
  assert.deepEqual(refused, []);
});

test('default exports, barrels, enums and import cycles are reported', (t) => {
  const planted: (readonly [string, string])[] = [
    ['src/api/a.ts', 'export default function a() {}'],
    ['src/api/b.ts', "export * from './c.ts';"],
    ['src/api/d.ts', "export enum D { e = 'e' }"],
    // Each bears its place in this list in its name.
    ['src/core/one/f.ts', "import { g } from '#core/two/g4.ts';\nexport const f = g;"],
    ['src/core/two/g.ts', "import { f } from '#core/one/f3.ts';\nexport const g = f;"],
  ];
  const rules = ['style/noDefaultExport', 'performance/noReExportAll', 'style/noEnum', 'suspicious/noImportCycles'];
  const reported = lint(t, planted);
  for (const [index, rule] of rules.entries()) {
    assert.ok(reported[index]?.includes(`lint/${rule}`), `${rule}: ${JSON.stringify(reported[index])}`);
  }
});
