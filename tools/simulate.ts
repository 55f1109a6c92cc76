import { simulate } from '../test/simulation/cli.ts';

// `npm run simulate`: the whole platform in virtual time, seed by seed. docs/concepts/simulation.md
process.exitCode = await simulate(process.argv.slice(2));
