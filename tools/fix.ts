import { runTool } from './processes.ts';

// `npm run fix`: what the formatter and the linter can mend by themselves.
const { ok, output } = await runTool('biome', ['check', '--write', ...process.argv.slice(2)]);
console.log(output.trimEnd());
process.exitCode = ok ? 0 : 1;
