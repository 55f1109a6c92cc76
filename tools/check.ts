import { runChecks } from './checks.ts';

// `npm run check`: everything about the sources that needs no run of them.
const failed = await runChecks((line) => console.log(line));
process.exitCode = failed === 0 ? 0 : 1;
