import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { findLengths } from './tidyLengths.ts';
import { type Finding, findInFile, findLonelyTests, type SourceFile } from './tidyRules.ts';

const TEXT = /(\.(ts|tsx|mjs|json|md|ya?ml|sh|tf|toml)|\.ci\/run)$/;
const SKIPPED_FOLDERS = new Set([
  'node_modules',
  '.git',
  '.cache',
  '.florin',
  'coverage',
  'dist',
  '.terraform',
  'fixtures',
]);
const SKIPPED_FILES = new Set(['package-lock.json']);

/** Everything in the repository that is against the house rules, in order of place. */
export function tidy(root: string): Finding[] {
  const files = readFiles(root);
  const findings = files.flatMap((file) => [...findInFile(file), ...findLengths(file)]);
  findings.push(...findLonelyTests(files.map((file) => file.path)));
  return findings.sort((a, b) => a.path.localeCompare(b.path) || a.line - b.line);
}

export function describeFinding(finding: Finding): string {
  return `${finding.path}:${finding.line}  ${finding.say}`;
}

function readFiles(root: string, folder = ''): SourceFile[] {
  return readdirSync(path.join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const inside = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) return SKIPPED_FOLDERS.has(entry.name) ? [] : readFiles(root, inside);
    if (!entry.isFile() || !TEXT.test(inside) || SKIPPED_FILES.has(entry.name)) return [];
    return [{ path: inside, text: readFileSync(path.join(root, inside), 'utf8') }];
  });
}
