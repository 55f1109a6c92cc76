import { maskText } from './maskText.ts';

export type SourceFile = { path: string; text: string };
export type Finding = { path: string; line: number; say: string };

type Rule = {
  where: RegExp;
  /** Sought in code, in comments, or in the text as it stands. */
  in: 'code' | 'comments' | 'text';
  pattern: RegExp;
  say: string;
  /** A comment with this word, on the line or just above it, explains the exception. */
  unless?: string;
};

const PURE = /^src\/(core|providers)\/(?!.*\.test\.ts$).*\.ts$/;
const WIRED = /^src\/(?!entry\/|.*\.test\.ts$).*\.ts$/;
const SOURCE = /^src\/.*\.ts$/;
const SCRIPT = /\.(ts|mjs)$/;
const TIME = 'time comes in: take `now` from the command or a clock from the dependencies';
const CHANCE = 'chance comes in: take ids and random bytes from the dependencies';
const WAIT = 'core and providers do not wait: say what is owed and when, a worker performs it';
const PLACES = ['work', 'root', 'tmp', 'farm'].join('|');

const RULES: readonly Rule[] = [
  {
    where: PURE,
    in: 'code',
    pattern: /\bDate\.now\b|\bperformance\.(now|timeOrigin)\b/,
    say: `no Date.now here; ${TIME}`,
  },
  { where: PURE, in: 'code', pattern: /\bnew Date\(\s*\)|(?<!new )\bDate\(/, say: `no current date here; ${TIME}` },
  { where: PURE, in: 'code', pattern: /\bMath\.random\b/, say: `no Math.random here; ${CHANCE}` },
  {
    where: PURE,
    in: 'code',
    pattern: /\b(randomBytes|randomUUID|randomInt|getRandomValues)\b|\bglobalThis\.crypto\b|(?<![\w.])crypto\./,
    say: `no random source here; ${CHANCE}`,
  },
  {
    where: PURE,
    in: 'code',
    pattern: /(?<![\w.#])process\.|\bglobalThis\.process\b/,
    say: 'no process here; entry/ reads the environment and passes values in',
  },
  {
    where: PURE,
    in: 'code',
    pattern: /\bparseFloat\b/,
    say: 'no parseFloat here; amounts are bigint minor units, parsed in core/money',
  },
  { where: PURE, in: 'code', pattern: /\b(setTimeout|setInterval|setImmediate)\b/, say: `no timers here; ${WAIT}` },
  {
    where: PURE,
    in: 'code',
    pattern: /(?<![\w.])fetch\(/,
    say: 'no network here; return a request, the one sender sends it',
  },
  {
    where: WIRED,
    in: 'code',
    pattern: /\brequire\(|\bcreateRequire\b|\bgetBuiltinModule\b/,
    say: 'only import: the import rules see nothing else',
  },
  {
    where: WIRED,
    in: 'text',
    pattern: /(?<![\w.])import\((?!\s*['"])/,
    say: 'import() of a computed path hides from the import rules; write the path as a plain string, or do it in entry/',
  },
  {
    where: WIRED,
    in: 'text',
    pattern: /(?<!\bawait )(?<![\w.])import\(['"][^'"]*['"]\)\s*[.[;,>|&)]/,
    say: 'a type by import() hides from the import rules; use `import type`',
  },
  {
    where: SCRIPT,
    in: 'code',
    pattern: /(?:[:<,|&=(]|\bas|\bsatisfies|\bkeyof)\s*any\b(?!\s*[:(.])/,
    say: '`any` switches the checker off; use `unknown`, or say why in a comment `// why: …`',
    unless: 'why:',
  },
  {
    where: SCRIPT,
    in: 'comments',
    pattern: /@ts-(ignore|expect-error|nocheck)|(oxlint|eslint)-disable/,
    say: 'a checker switched off needs its reason: `// why: …` on the line before',
    unless: 'why:',
  },
  {
    where: SOURCE,
    in: 'comments',
    pattern: /\b(TODO|FIXME)\b|^\W*XXX\b/,
    say: 'no notes to oneself in the source: do it, or open an issue',
  },
  {
    where: /./,
    in: 'text',
    pattern: new RegExp(`(?<![\\w.}/:-])/(${PLACES})/\\w`),
    say: 'a path of one machine; derive it from the repository or from os.tmpdir()',
  },
  { where: SOURCE, in: 'code', pattern: /\benum\s+\w+\s*\{/, say: 'no enums; use a union of strings' },
  {
    where: SOURCE,
    in: 'code',
    pattern: /\bexport\s+default\b/,
    say: 'no default exports; a name is found by searching for it',
  },
  {
    where: SOURCE,
    in: 'code',
    pattern: /\bclass\s+\w+(?!\s+extends\s+\w*(Error|Fault)\b)(?=[\s<{])/,
    say: 'no classes but Errors, and owners of a connection that say so above: `// owns: …`',
    unless: 'owns:',
  },
];

/** What one file does against the house rules that no linter holds. */
export function findInFile(file: SourceFile): Finding[] {
  const masked = SCRIPT.test(file.path) ? maskText(file.text) : { code: '', comments: '' };
  const lines = { code: masked.code.split('\n'), comments: masked.comments.split('\n'), text: file.text.split('\n') };
  const findings: Finding[] = [];
  for (const rule of RULES) {
    if (!rule.where.test(file.path)) continue;
    for (const [index, line] of lines[rule.in].entries()) {
      if (!rule.pattern.test(line)) continue;
      if (rule.unless !== undefined && isExplained(lines.comments, index, rule.unless)) continue;
      findings.push({ path: file.path, line: index + 1, say: rule.say });
    }
  }
  if (SOURCE.test(file.path) && isBarrel(file.text, masked.comments)) {
    findings.push({ path: file.path, line: 1, say: 'no barrels; import each thing from the file that has it' });
  }
  return findings;
}

/** On the line itself or in the comment that ends just above it. */
function isExplained(comments: readonly string[], index: number, word: string): boolean {
  for (let at = index; at >= 0; at -= 1) {
    const comment = comments[at] ?? '';
    if (comment.includes(word)) return true;
    if (at < index && comment.trim() === '') return false;
  }
  return false;
}

function isBarrel(text: string, comments: string): boolean {
  const bare = [...text].map((char, index) => (comments[index]?.trim() ? ' ' : char)).join('');
  const rest = bare.replace(/\bexport\s+(type\s+)?(\*(\s+as\s+\w+)?|\{[^}]*\})\s+from\s+['"][^'"]*['"];?/g, '');
  return rest.trim() === '' && bare.trim() !== '';
}

/** A test of a source stands beside it: `money.test.ts`, `money.rounding.test.ts`, `money.int.test.ts` beside `money.ts`. */
export function findLonelyTests(paths: readonly string[]): Finding[] {
  const present = new Set(paths);
  return paths
    .filter((path) => /^src\/.*\.test\.ts$/.test(path))
    .filter((path) => !present.has(path.replace(/\/([^/.]+)\.[^/]*$/, '/$1.ts')))
    .map((path) => ({
      path,
      line: 1,
      say: 'a unit test stands beside its source and bears its name; move it or rename it',
    }));
}
