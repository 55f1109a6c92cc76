import { cpSync, existsSync, globSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './processes.ts';

// `npm run new:provider -- name`: a folder for the adapter and one for what the kit must know of it. Its failing tests are what is left to do.
const NAME = /^[a-z][a-z0-9]{1,30}$/;
const [name = ''] = process.argv.slice(2);
if (!NAME.test(name)) fail(`"${name}" can't be a name: small letters and digits, a letter first`);

const folders = ['src/providers', 'test/conformance'].map((parent) => ({
  from: path.join(root, parent, '_template'),
  to: path.join(root, parent, name),
}));
for (const { to } of folders) if (existsSync(to)) fail(`${path.relative(root, to)} is there already`);
for (const { from, to } of folders) {
  cpSync(from, to, { recursive: true });
  for (const file of globSync('**/*.{ts,md}', { cwd: to })) rename(path.join(to, file));
}
console.log(
  [
    `src/providers/${name}/ and test/conformance/${name}/ are there. What is left to do:`,
    `  npm run conformance -- ${name}`,
    'The way: docs/how-to/add-a-provider.md. Last, add it to src/entry/providers.ts.',
  ].join('\n'),
);

function rename(file: string): void {
  const capital = name.charAt(0).toUpperCase() + name.slice(1);
  const text = readFileSync(file, 'utf8');
  const named = text.replaceAll('_template', name).replaceAll('template', name).replaceAll('Template', capital);
  writeFileSync(`${file}.new`, named);
  renameSync(`${file}.new`, file);
}

function fail(why: string): never {
  console.error(why);
  process.exit(1);
}
