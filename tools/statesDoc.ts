import { writeFileSync } from 'node:fs';
import { findDrift, STATES_FILE, statesDocument } from './statesDocText.ts';

// `npm run states` writes docs/reference/states.md; with --check it only says whether the code has moved on.
if (process.argv.includes('--check')) {
  const drift = findDrift();
  if (drift !== null) console.error(drift);
  process.exitCode = drift === null ? 0 : 1;
} else {
  writeFileSync(STATES_FILE, statesDocument());
}
