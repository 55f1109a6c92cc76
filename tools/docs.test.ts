import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { root } from './processes.ts';
import { findDrift } from './statesDocText.ts';

type Page = { file: string; text: string };

const PAGES: readonly Page[] = ['README.md', 'CONTRIBUTING.md', ...globSync('docs/**/*.md', { cwd: root })]
  .sort()
  .map((file) => ({ file, text: readFileSync(path.join(root, file), 'utf8') }));

const PROSE_COLUMNS_MAX = 120;
/** Praise, filler, and promises that no test holds. */
const FORBIDDEN =
  /\b(blazing(ly)?|cutting[- ]edge|world[- ]class|best[- ]in[- ]class|state[- ]of[- ]the[- ]art|seamless(ly)?|effortless(ly)?|robust(ly)?|powerful|leverages?|game[- ]chang\w+|revolutionary|enterprise[- ]grade|battle[- ]tested|simply|obviously|of course|TODO|FIXME|sessions?)\b/i;

test('links between pages lead somewhere, to a heading where they name one', () => {
  const broken = PAGES.flatMap((page) =>
    linksOf(page)
      .filter((link) => !leadsSomewhere(page, link))
      .map((link) => at(page, link)),
  );
  assert.deepEqual(broken, []);
});

test('every command that is mentioned exists', () => {
  const { scripts } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as { scripts: object };
  const known = new Set(Object.keys(scripts));
  const unknown = PAGES.flatMap((page) =>
    [...page.text.matchAll(/\bnpm (?:run ([\w:-]+)|(start|test)\b)/g)]
      .map((match) => match[1] ?? match[2] ?? '')
      .filter((name) => !known.has(name))
      .map((name) => at(page, `npm run ${name}`)),
  );
  assert.deepEqual(unknown, []);
});

test('every path in code marks that looks like one of ours is there', () => {
  const missing = PAGES.flatMap((page) =>
    [...page.text.matchAll(/`((?:src|test|tools|docs|bench)\/[\w./-]+)`/g)]
      .map((match) => match[1] ?? '')
      .filter((file) => !existsSync(path.join(root, file)))
      .map((file) => at(page, file)),
  );
  assert.deepEqual(missing, []);
});

test('no word of praise or filler', () => {
  const found = PAGES.flatMap((page) =>
    page.text.split('\n').flatMap((line, index) => {
      const word = FORBIDDEN.exec(line)?.[0];
      return word === undefined ? [] : [at(page, `line ${index + 1}: ${word}`)];
    }),
  );
  assert.deepEqual(found, []);
});

test('prose keeps to the columns of the code', () => {
  const hand = PAGES.filter(({ file }) =>
    /^(README|CONTRIBUTING)|^docs\/(start|reference\/(states|glossary)|concepts\/(doubt|idempotency|durability)|decisions\/)/.test(
      file,
    ),
  );
  const long = hand.flatMap((page) =>
    page.text
      .split('\n')
      .map((line, index) => ({ line, index }))
      .filter(({ line }) => line.length > PROSE_COLUMNS_MAX && !/^\||\]\([^)]+\)|-->/.test(line))
      .map(({ index }) => at(page, `line ${index + 1}`)),
  );
  assert.deepEqual(long, []);
});

test('each decision has its four parts, and a number of its own', () => {
  const decisions = PAGES.filter(({ file }) => file.startsWith('docs/decisions/'));
  const wanted = ['## Context', '## Decision', '## What it costs', '## What would change our mind'];
  for (const { file, text } of decisions) {
    assert.deepEqual(
      text.split('\n').filter((line) => line.startsWith('## ')),
      wanted,
      file,
    );
    const number = path.basename(file).slice(0, 3);
    assert.match(text, new RegExp(`^# ${number} \\S`), file);
  }
  const numbers = decisions.map(({ file }) => path.basename(file).slice(0, 3));
  assert.deepEqual(
    numbers,
    numbers.map((_, index) => String(index + 1).padStart(3, '0')),
  );
});

test('the page of states is what the code says', () => {
  assert.equal(findDrift(), null);
});

function linksOf({ text }: Page): string[] {
  const outsideCode = text.replace(/^```[\s\S]*?^```/gm, '').replace(/`[^`\n]*`/g, '');
  return [...outsideCode.matchAll(/\]\(([^)\s]+)\)/g)]
    .map((match) => match[1] ?? '')
    .filter((link) => !/^[a-z]+:/.test(link));
}

function leadsSomewhere({ file }: Page, link: string): boolean {
  const [target = '', heading] = link.split('#');
  const full = target === '' ? path.join(root, file) : path.join(root, path.dirname(file), target);
  if (!existsSync(full)) return false;
  if (heading === undefined) return true;
  return statSync(full).isFile() && headingsOf(readFileSync(full, 'utf8')).includes(heading);
}

/** As GitHub names them. */
function headingsOf(text: string): string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map((match) =>
    (match[1] ?? '')
      .toLowerCase()
      .replace(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  );
}

function at({ file }: Page, what: string): string {
  return `${file}: ${what}`;
}
