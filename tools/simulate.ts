import { plantEdit } from '../test/simulation/planted/edits.ts';

// `npm run simulate`: the whole platform in virtual time, seed by seed. docs/concepts/simulation.md
const args = process.argv.slice(2);
const at = args.indexOf('--bug');
// Before anything of the platform is imported.
if (at >= 0 && !args.includes('--planted')) plantEdit(args[at + 1]);
const { simulate } = await import('../test/simulation/cli.ts');
process.exitCode = await simulate(args);
