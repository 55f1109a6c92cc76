import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { describeFinding, tidy } from './tidy.ts';
import { findLengths } from './tidyLengths.ts';
import { findInFile, findLonelyTests } from './tidyRules.ts';

const core = 'src/core/payments/planted.ts';

/** Each line alone is one violation, and what it says begins or contains the words. */
const caught: [path: string, text: string, words: RegExp][] = [
  [core, 'const at = Date.now();', /Date\.now/],
  [core, 'const at = performance.now();', /Date\.now/],
  [core, 'const at = new Date();', /current date/],
  [core, 'const at = Date();', /current date/],
  [core, 'const dice = Math.random();', /Math\.random/],
  [core, 'const id = randomUUID();', /random source/],
  [core, 'const id = globalThis.crypto.subtle;', /random source/],
  [core, 'const id = crypto.subtle;', /random source/],
  [core, "const level = process.env['LEVEL'];", /process/],
  [core, "const amount = Number.parseFloat('1.5');", /parseFloat/],
  [core, 'setTimeout(run, 5);', /timers/],
  [core, 'const text = `now ${Date.now()} here`;', /Date\.now/],
  ['src/providers/acme/adapter.ts', 'const at = Date.now();', /Date\.now/],
  ['src/providers/acme/adapter.ts', 'const answer = await fetch(url);', /network/],
  ['src/api/app.ts', "const fs = require('node:fs');", /only import/],
  ['src/api/app.ts', 'const module = await import(name);', /computed path/],
  ['src/api/app.ts', 'const module = await import(`#core/${name}`);', /computed path/],
  ['src/api/app.ts', "type App = import('#entry/app.ts').App;", /import type/],
  ['src/api/app.ts', 'const body: any = read();', /`any`/],
  ['src/api/app.ts', 'const body = read() as any;', /`any`/],
  ['src/api/app.ts', 'const body: Record<string, any> = read();', /`any`/],
  ['tools/some.ts', 'function read(rows: any[]) {}', /`any`/],
  ['tools/some.ts', '// @ts-expect-error', /switched off/],
  ['src/api/app.ts', '// TODO: later', /notes to oneself/],
  ['src/api/app.ts', '/* FIXME */', /notes to oneself/],
  ['src/api/app.ts', '// XXX look again', /notes to oneself/],
  ['docs/start.md', ['see ', 'tmp', 'out.txt'].join('/'), /path of one machine/],
  ['src/api/app.ts', `const folder = '${['', 'root', 'florin'].join('/')}';`, /path of one machine/],
  ['src/api/app.ts', 'enum Status { open }', /no enums/],
  ['src/api/app.ts', 'export default function app() {}', /default exports/],
  ['src/api/app.ts', 'class Service {', /no classes/],
  ['src/api/app.ts', 'class Service extends Base {', /no classes/],
  ['src/api/index.ts', "// All of it.\nexport * from './app.ts';\nexport { a } from './a.ts';\n", /barrels/],
];

for (const [file, text, words] of caught) {
  test(`caught in ${file}: ${text.split('\n')[0]}`, () => {
    const findings = findInFile({ path: file, text });
    assert.equal(findings.length, 1, JSON.stringify(findings));
    assert.match(findings[0]?.say ?? '', words);
  });
}

const allowed: [path: string, text: string][] = [
  [core, '// Date.now would be wrong, so would Math.random and process.env'],
  [core, "const say = 'never Date.now or new Date()';"],
  [core, 'const say = `never Math.random`;'],
  [core, 'const pattern = /Date.now|Math.random/;'],
  [core, 'const at = new Date(now);'],
  [core, 'const half = total / 2; // Date.now / 2'],
  [core, "const currency = 'XXX'; // XXX: no currency, says ISO 4217".replace('// XXX', '// the code XXX')],
  [core, 'const state = preprocess.step();'],
  [core, "export { type A, b } from './b.ts';\nexport const c = 1;"],
  ['src/core/payments/planted.test.ts', 'const at = Date.now();'],
  ['src/adapters/local/clock.ts', 'const at = Date.now();'],
  ['src/entry/local/main.ts', 'const module = await import(name);'],
  ['src/api/app.ts', "const lazy = await import('#core/kit/id.ts');"],
  ['src/api/app.ts', '// why: the library returns it\nconst body: any = read();'],
  ['src/api/app.ts', 'const body: any = read(); // why: the library returns it'],
  ['src/api/app.ts', 'const first = await Promise.any(all);'],
  ['src/api/app.ts', 'const values = { kind, any: 1 };'],
  ['src/api/app.ts', 'class NotFoundError extends Error {'],
  ['src/core/kit/fault.ts', 'export class Fault extends Error {'],
  ['src/adapters/local/store.ts', '// owns: the database file\nclass Store {'],
  ['docs/start.md', ['POST https://example.com', 'root', 'a and docs', 'tmp', 'b.md'].join('/')],
];

for (const [file, text] of allowed) {
  test(`allowed in ${file}: ${text.split('\n')[0]}`, () => {
    assert.deepEqual(findInFile({ path: file, text }), []);
  });
}

function functionOf(lines: number, head: string, indentation = ''): string {
  const body = Array.from({ length: lines - 2 }, (_, index) => `${indentation}  step(${index});`);
  return [`${indentation}${head} {`, ...body, `${indentation}}`].join('\n');
}

test('a function of 71 lines is listed, one of 70 is not', () => {
  for (const head of ['function run()', 'export async function run(a: string): Promise<void>', 'const run = () =>']) {
    assert.match(findLengths({ path: core, text: functionOf(71, head) })[0]?.say ?? '', /function of 71 lines/);
    assert.deepEqual(findLengths({ path: core, text: functionOf(70, head) }), []);
  }
  assert.equal(findLengths({ path: core, text: `const all = {\n${functionOf(71, 'run(a, b)', '  ')},\n};` }).length, 1);
});

test('a long block that is no function, and a long factory of short functions, are not listed', () => {
  assert.deepEqual(findLengths({ path: core, text: functionOf(80, 'if (ready)') }), []);
  assert.deepEqual(findLengths({ path: core, text: functionOf(80, 'export function createLedger(deps: Deps)') }), []);
});

test('a file of 251 lines is listed, one of 250, a test and the table of currencies are not', () => {
  const text = 'step();\n'.repeat(251);
  assert.match(findLengths({ path: core, text })[0]?.say ?? '', /251 lines/);
  assert.deepEqual(findLengths({ path: core, text: 'step();\n'.repeat(250) }), []);
  assert.deepEqual(findLengths({ path: core.replace('.ts', '.test.ts'), text }), []);
  assert.deepEqual(findLengths({ path: 'src/core/money/currencies.ts', text }), []);
});

test('a unit test without its source beside it is listed', () => {
  const paths = ['src/a/money.ts', 'src/a/money.test.ts', 'src/a/money.int.test.ts', 'src/a/money.rounding.test.ts'];
  assert.deepEqual(findLonelyTests(paths), []);
  const lonely = findLonelyTests([...paths, 'src/a/gone.test.ts', 'test/any.test.ts']);
  assert.deepEqual(
    lonely.map((finding) => finding.path),
    ['src/a/gone.test.ts'],
  );
});

test('the files of a repository are found, read and described', (t) => {
  const root = mkdtempSync(path.join(tmpdir(), 'florin-tidy-'));
  t.after(() => rmSync(root, { recursive: true }));
  mkdirSync(path.join(root, 'src/core'), { recursive: true });
  mkdirSync(path.join(root, 'node_modules/other'), { recursive: true });
  writeFileSync(path.join(root, 'node_modules/other/a.ts'), '// @ts-ignore');
  writeFileSync(path.join(root, 'src/core/late.ts'), 'export const late = 1;\nexport const now = Date.now();\n');
  const lines = tidy(root).map(describeFinding);
  assert.equal(lines.length, 1);
  assert.match(lines[0] ?? '', /^src\/core\/late\.ts:2 {2}no Date\.now here/);
});
