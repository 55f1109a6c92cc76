import { readFileSync } from 'node:fs';
import path from 'node:path';
import { DECLARED_ROUTES } from '#api/contract/declared.ts';
import { problemsOf } from '#api/contract/problemsOf.ts';
import { canRetry, httpStatusOf, PROBLEM_CODES, type ProblemCode, problemBody } from '#api/problems.ts';
import { HINTS } from './problemsHints.ts';
import { root } from './processes.ts';

export const PROBLEMS_FILE = path.join(root, 'docs/reference/problems.md');

const INTRODUCTION = `<!-- Made by \`npm run openapi\`. Change the code, then run it again. -->

# Problems

What is wrong with a request, or with us, is answered as \`application/problem+json\` (RFC 9457). \`type\` is
\`urn:florin:problem:\` and the code. Go by \`code\`; where you don't know one, by the status: more may come.

- \`outcome\` says what it means for the money. \`not_attempted\`: nothing was asked of a provider. \`unknown\`: something may
  have been; look at the payment, or send the same request again with the same \`Idempotency-Key\`.
- \`safe_to_retry\`: the very same request, repeated, may help. \`Retry-After\` says when. Elsewhere it has to be changed.
- \`errors\` names each field: \`pointer\` is RFC 6901 into the body or the query, or the name of a header.
- \`trace_id\` finds the request in the log; it is your own where you sent a \`traceparent\` (W3C Trace Context).

A decline is no problem: the payment is answered with 201 and says so in \`last_error\`.`;

const GENERAL_FROM = 10;

/** docs/reference/problems.md, from the map in src/api/problems.ts and the declared routes. */
export function problemsDocument(): string {
  const statuses = [...new Set(PROBLEM_CODES.map(httpStatusOf))].sort((left, right) => left - right);
  return `${INTRODUCTION}\n\n${statuses.map(section).join('\n\n')}\n`;
}

/** Null when the page is what the code says. */
export function findProblemsDrift(): string | null {
  return readFileSync(PROBLEMS_FILE, 'utf8') === problemsDocument()
    ? null
    : 'docs/reference/problems.md is not what the code says. Run npm run openapi';
}

function section(status: number): string {
  const codes = PROBLEM_CODES.filter((code) => httpStatusOf(code) === status);
  const rows = codes.map(
    (code) => `| ${[`\`${code}\``, meaningOf(code), canRetry(code) ? 'yes' : 'no', whereOf(code)].join(' | ')} |`,
  );
  return `## ${status}\n\n| code | what it says, what to do | repeat it | answered by |\n| --- | --- | --- | --- |\n${rows.join('\n')}`;
}

function meaningOf(code: ProblemCode): string {
  const { title } = problemBody(code, { instance: '', traceId: '' });
  const hint = HINTS[code];
  return hint === undefined ? `${title}.` : `${title}. ${hint}.`;
}

function whereOf(code: ProblemCode): string {
  const ids = Object.entries(DECLARED_ROUTES)
    .filter(([, route]) => problemsOf(route).has(code))
    .map(([operationId]) => `\`${operationId}\``);
  if (ids.length === 0) return 'what is no route of the document';
  return ids.length >= GENERAL_FROM ? 'most routes' : ids.join(', ');
}
