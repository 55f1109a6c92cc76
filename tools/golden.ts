import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { write } from '../test/golden/corpus.ts';
import { fileOf, SCENARIOS } from '../test/golden/scenarios.ts';

/** Writes the files of scenarios that have none yet. What is there is never written again: it is what was once in a journal. */
const folder = new URL('../test/golden/corpus/', import.meta.url);
mkdirSync(folder, { recursive: true });
for (const [name, steps] of Object.entries(SCENARIOS)) {
  const file = new URL(fileOf(name), folder);
  if (existsSync(file)) continue;
  writeFileSync(file, `${JSON.stringify(await write(steps), null, 2)}\n`);
  console.log(`wrote ${name}`);
}
