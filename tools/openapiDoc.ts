import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { createOpenApiDocument } from '#api/openapi/document.ts';
import { findBreaking } from './openapiBreaking.ts';
import { root } from './processes.ts';

type Document = { readonly [name: string]: unknown };
/** What broke clients, and why it was worth it: docs/reference/api-breaking-changes.json. */
type DeclaredBreak = { change: string; reason: string };

const COMMITTED = 'docs/reference/openapi.json';
const DECLARED = 'docs/reference/api-breaking-changes.json';
/** So far back is a change looked at that came past `npm run openapi`. */
const REVISIONS_MAX = 20;

export const OPENAPI_FILE = path.join(root, COMMITTED);

export function openApiText(): string {
  return `${JSON.stringify(createOpenApiDocument(), null, 2)}\n`;
}

/** Null when the committed copy is what the code says. */
export function findOpenApiDrift(): string | null {
  const committed = readFileSync(OPENAPI_FILE, 'utf8');
  if (committed === openApiText()) return null;
  const breaking = findBreaking(JSON.parse(committed) as Document, createOpenApiDocument());
  const list = breaking.length === 0 ? 'No client breaks.' : `Clients may break:\n${breaking.join('\n')}`;
  return `${COMMITTED} is not what the code says. ${list}\nRun npm run openapi`;
}

/** What breaks clients of the last commit, without a line in the file of declared breaks. */
export function undeclaredBreaks(after: Document = createOpenApiDocument()): string[] {
  const before = revision('HEAD') ?? readCommitted();
  return before === null ? [] : undeclared(findBreaking(before, after));
}

/** The same of every change of the committed copy, as far as git remembers: a copy that was edited by hand hides nothing. */
export function undeclaredBreaksOfHistory(): string[] {
  const hashes = git(['log', `--max-count=${REVISIONS_MAX}`, '--format=%H', '--', COMMITTED])
    ?.split('\n')
    .filter(Boolean);
  const documents = (hashes ?? []).map(revision).filter((document) => document !== null);
  return documents.slice(1).flatMap((before, index) => undeclared(findBreaking(before, documents[index] ?? before)));
}

function undeclared(found: readonly string[]): string[] {
  const declared = JSON.parse(readFileSync(path.join(root, DECLARED), 'utf8')) as readonly DeclaredBreak[];
  const known = new Set(declared.filter(({ reason }) => reason.trim() !== '').map(({ change }) => change));
  return found.filter((change) => !known.has(change));
}

function readCommitted(): Document | null {
  try {
    return JSON.parse(readFileSync(OPENAPI_FILE, 'utf8')) as Document;
  } catch {
    return null;
  }
}

/** Null without git, or without the file at that commit. */
function revision(commit: string): Document | null {
  const text = git(['show', `${commit}:${COMMITTED}`]);
  return text === null ? null : (JSON.parse(text) as Document);
}

function git(args: readonly string[]): string | null {
  const { status, stdout } = spawnSync('git', args, { cwd: root, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  return status === 0 ? stdout : null;
}
