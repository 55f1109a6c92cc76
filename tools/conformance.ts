import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { examine, providerNames } from '../test/conformance/kit.ts';
import { PROVIDERS_FILE, printVerdict, providersDocument } from '../test/conformance/table.ts';

// `npm run conformance`: judges every adapter and writes docs/reference/providers.md.
//   npm run conformance -- <provider>    one adapter; the page stays as it is
const [wanted] = process.argv.slice(2);
const names = providerNames().filter((name) => wanted === undefined || name === wanted);
if (names.length === 0) throw new Error(`src/providers has no ${wanted}; it has ${providerNames().join(', ')}`);

const reports = [];
for (const name of names)
  reports.push(await examine(name, ({ behaviour, verdict }) => console.log(printVerdict(name, behaviour, verdict))));

const verdicts = reports.flatMap(({ judged }) => judged.map(({ verdict }) => verdict.kind));
const failed = verdicts.filter((kind) => kind === 'failed').length;
const leftOut = verdicts.filter((kind) => kind === 'left_out').length;
const counts = `${verdicts.length - failed - leftOut} hold or don't apply, ${failed} failed, ${leftOut} left out`;
process.exitCode = failed === 0 ? 0 : 1;
if (wanted !== undefined) console.log(counts);
else if (leftOut > 0) console.log(`${counts}; the page is not written, because something was left out`);
else {
  mkdirSync(path.dirname(PROVIDERS_FILE), { recursive: true });
  writeFileSync(PROVIDERS_FILE, providersDocument(reports));
  console.log(`${counts}; written: ${path.relative(process.cwd(), PROVIDERS_FILE)}`);
}
