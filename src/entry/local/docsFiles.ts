import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { ReadDocsFile } from '#api/routes/docs.ts';

/** The viewer's files from node_modules, each read once. The API asks only for names that it knows. */
export function createReadDocsFile(): ReadDocsFile {
  const folder = path.dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
  const read = new Map<string, ReturnType<ReadDocsFile>>();
  return (name) => {
    const known = read.get(name) ?? readFile(path.join(folder, name)).then((bytes) => new Uint8Array(bytes));
    read.set(name, known);
    return known;
  };
}
