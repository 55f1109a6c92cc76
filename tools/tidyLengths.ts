import { maskText } from './maskText.ts';
import type { Finding, SourceFile } from './tidyRules.ts';

const FILE_LINES_MAX = 250;
const FUNCTION_LINES_MAX = 70;

/** Longer on purpose: the path, and why. */
const LONGER_FILES: Readonly<Record<string, string>> = {
  'src/core/money/currencies.ts': 'a table, generated from ISO 4217',
  'test/client/florin.d.ts': 'types, generated from docs/reference/openapi.json',
};

const OPENS_FUNCTION = /\bfunction\b.*\{$|=>\s*\{$|^\s*(?:(?:async|static|get|set|override|#?\w+)\s+)*#?\w+\(.*\).*\{$/;
const NO_FUNCTION = /^\s*(?:\}\s*)?(?:if|for|while|switch|catch|else|do|try|with)\b/;
/** A suite of tests or a factory holds other functions: each of those is measured, the holder would only be their sum. */
const HOLDS_OTHERS = /\b(?:describe|suite)\(|\bfunction (?:create|register|define)[A-Z]/;

/** Files and functions that have grown too long to be read at once. Tests may be long. */
export function findLengths(file: SourceFile): Finding[] {
  if (!/\.(ts|mjs)$/.test(file.path) || file.path.endsWith('.test.ts') || file.path in LONGER_FILES) return [];
  const lines = file.text.trimEnd().split('\n');
  const findings = findLongFunctions(file, maskText(file.text).code.split('\n'));
  if (lines.length > FILE_LINES_MAX) {
    const say = `${lines.length} lines, ${FILE_LINES_MAX} are the most: split it by what its parts are about`;
    findings.push({ path: file.path, line: 1, say });
  }
  return findings;
}

/** The formatter puts the closing brace at the indentation of the line that begins the function. */
function findLongFunctions(file: SourceFile, lines: readonly string[]): Finding[] {
  const findings: Finding[] = [];
  for (const [index, line] of lines.entries()) {
    const trimmed = line.trimEnd();
    if (!OPENS_FUNCTION.test(trimmed) || NO_FUNCTION.test(trimmed) || HOLDS_OTHERS.test(trimmed)) continue;
    const indentation = /^ */.exec(trimmed)?.[0] ?? '';
    const end = lines.findIndex((later, at) => at > index && later.startsWith(`${indentation}}`));
    const length = end - index + 1;
    if (length <= FUNCTION_LINES_MAX) continue;
    const say = `a function of ${length} lines, ${FUNCTION_LINES_MAX} are the most: give its steps names`;
    findings.push({ path: file.path, line: index + 1, say });
  }
  return findings;
}
