import assert from 'node:assert/strict';
import fc from 'fast-check';
import { DECLINE_CODES } from '#core/provider/declineCodes.ts';
import type { OperationRequest, Outcome, ProviderResponse } from '#core/provider/port.ts';
import { readAgain } from '../asking.ts';
import { type Behaviour, notApplicable, withDescription } from '../behaviour.ts';
import { plainOperations } from '../operations.ts';
import type { OpenDescription, StatusTable, Subject } from '../subject.ts';
import { breakOne, breakParts, type Seed, seedsOf } from './breaking.ts';

/** After these the request may have taken effect, whatever the body says. */
const AMBIGUOUS = [408, 425, 429, 500, 501, 502, 503, 504, 520, 599];
const REFUSALS = Array.from({ length: 100 }, (_, index) => 400 + index).filter((status) => !AMBIGUOUS.includes(status));
const NONSENSE = [
  '',
  ' ',
  '<html><body>OK</body></html>',
  '<!DOCTYPE html><title>succeeded</title>',
  'null',
  'true',
  '0',
  '[]',
  '{}',
  '"succeeded"',
  '[{"status":"succeeded"}]',
  '{"status":"succ',
  '{"status":"succeeded"',
  '\u0000',
  '\ufeff',
  '{"error":null}',
  '{"error":{}}',
  '{"data":[]}',
  '{"data":null}',
  '{"__proto__":{"status":"succeeded"}}',
];
/** Words that no provider has, but names that a table made of a plain object has. */
const STRANGE_WORDS: readonly unknown[] = [
  'a_brand_new_word',
  '',
  ' ',
  'constructor',
  'toString',
  '__proto__',
  'hasOwnProperty',
  'SUCCEEDED',
  'Succeeded',
  'succeeded ',
  'success',
  'ok',
  'true',
  true,
  false,
  null,
  0,
  1,
  {},
  [],
  ['succeeded'],
  undefined,
];
const BROKEN_RUNS = 400;

export const READING: readonly Behaviour[] = [
  {
    name: 'every status word of the description is in the table, and means what it says',
    run: (examined) => {
      const { subject, described } = examined;
      for (const table of subject.statuses) {
        const words = Object.keys(table.meanings);
        assert.ok(words.length > 0, `${table.name} has no words`);
        if (described !== null && !('absent' in described)) assertWords(table, described);
        for (const word of words) {
          const said = readWord(subject, table, word).outcome;
          assert.equal(said, table.meanings[word], `${table.name} ${word}`);
        }
      }
      if (described !== null && 'absent' in described) return { kind: 'left_out', why: described.absent };
      return undefined;
    },
  },
  {
    name: 'a word that is not in the table is unknown',
    run: ({ subject }) => {
      for (const table of subject.statuses)
        for (const word of STRANGE_WORDS.filter((candidate) => !isKnown(table, candidate)))
          assert.equal(readWord(subject, table, word).outcome, 'unknown', `${table.name} ${JSON.stringify(word)}`);
      return undefined;
    },
  },
  {
    name: '5xx, 408, 425, 429, HTML, an empty or a cut body: nothing is certain',
    run: ({ subject }) => {
      for (const seed of seedsOf(subject)) {
        for (const status of AMBIGUOUS) assertUnknown(seed, { ...seed.response, status });
        for (const body of NONSENSE) assertUnknown(seed, { ...seed.response, body });
        const { body } = seed.response;
        const step = Math.max(1, Math.floor(body.length / 200));
        for (let end = 0; end < body.length - 1; end += step) {
          if (body.slice(end).trim() !== '') assertUnknown(seed, { ...seed.response, body: body.slice(0, end) });
        }
      }
      return undefined;
    },
  },
  {
    name: 'a refusal (4xx) with the body of a success is no success',
    run: ({ subject }) => {
      for (const seed of seedsOf(subject)) {
        for (const status of REFUSALS) {
          const { outcome } = seed.read({ ...seed.response, status });
          assert.ok(outcome === 'unknown' || outcome === 'rejected', `${status} was read as ${outcome}`);
        }
      }
      return undefined;
    },
  },
  {
    name: 'documented errors are read as what they are, and never with a status that says nothing',
    run: ({ subject }) => {
      if (subject.errors.length === 0) return notApplicable('the provider documents no errors');
      for (const { name, operation, response, outcome } of subject.errors) {
        assert.equal(subject.provider.read(operation, response).outcome, outcome, name);
        for (const status of AMBIGUOUS)
          assert.equal(
            subject.provider.read(operation, { ...response, status }).outcome,
            'unknown',
            `${name}, ${status}`,
          );
        for (const headers of [{}, { 'content-type': 'text/html' }])
          assert.equal(subject.provider.read(operation, { ...response, headers }).outcome, outcome, `${name}, headers`);
      }
      return undefined;
    },
  },
  {
    name: 'whatever comes back, reading does not throw, and nothing but an explicit word is a success or a decline',
    run: ({ subject }) => {
      const { provider } = subject;
      const operations = plainOperations(subject);
      const body = fc.oneof(fc.string(), fc.json(), fc.constantFrom(...NONSENSE));
      const status = fc.oneof(
        fc.constantFrom(200, 201, 202, 400, 402, 404, 409, 422),
        fc.integer({ min: 100, max: 599 }),
      );
      fc.assert(
        fc.property(fc.constantFrom(...operations), status, body, (operation, code, text) => {
          const response = { status: code, headers: {}, body: text };
          const said = [provider.read(operation, response), readAgain(provider, operation, response)];
          for (const { outcome } of said) {
            assert.ok(
              !['succeeded', 'declined', 'reversed'].includes(outcome),
              `${code} ${text} was read as ${outcome}`,
            );
          }
        }),
        { numRuns: 3000 },
      );
      for (const seed of seedsOf(subject)) breakParts(seed);
      return undefined;
    },
  },
  {
    name: 'answers with everything in them that the description allows are read without harm',
    run: (examined) =>
      withDescription(examined, ({ answers }) => {
        const { subject } = examined;
        const outcomes = new Set<string>();
        for (let seed = 0; seed < BROKEN_RUNS; seed += 1) {
          for (const { operation, response } of answers(seed)) {
            outcomes.add(subject.provider.read(operation, response).outcome);
            outcomes.add(readAgain(subject.provider, operation, response).outcome);
            breakOne({ operation, response, read: (broken) => subject.provider.read(operation, broken) }, seed);
          }
        }
        assert.ok(outcomes.size > 1, `every generated answer was read as ${[...outcomes].join(', ')}`);
      }),
  },
  {
    name: 'every decline code of the description is one of ours, and an unknown one is a decline for an unknown reason',
    run: ({ subject, described }) => {
      const { codes, answer } = subject.declines;
      for (const [code, ours] of Object.entries(codes)) {
        assert.ok(Object.hasOwn(DECLINE_CODES, ours), `${ours} is not one of our codes`);
        assertDecline(subject, answer(code), { code: ours, providerCode: code });
      }
      for (const strange of ['a_brand_new_code', 'constructor', 'toString'])
        assertDecline(subject, answer(strange), { code: 'unknown', providerCode: strange });
      if (described === null) return undefined;
      if ('absent' in described) return { kind: 'left_out', why: described.absent };
      const missing = described.declineCodes().filter((code) => !Object.hasOwn(codes, code));
      assert.deepEqual(missing, [], 'decline codes of the description that the expectations lack');
      return undefined;
    },
  },
];

function assertWords({ name, isOf, meanings }: StatusTable, { statusWords }: OpenDescription): void {
  const [words, known] = [Object.keys(meanings).sort(), [...statusWords(isOf ?? name)].sort()];
  if (isOf === undefined) assert.deepEqual(words, known, `words of ${name}`);
  else
    assert.deepEqual(
      words.filter((word) => !known.includes(word)),
      [],
      `words of ${name}`,
    );
}

function assertDecline(
  { provider }: Subject,
  { operation, response }: { operation: OperationRequest; response: ProviderResponse },
  expected: { code: string; providerCode: string },
): void {
  const outcome = provider.read(operation, response);
  assert.equal(outcome.outcome, 'declined', `${expected.providerCode} was read as ${outcome.outcome}`);
  if (outcome.outcome !== 'declined') return;
  assert.deepEqual({ code: outcome.code, providerCode: outcome.providerCode }, expected);
}

function readWord(subject: Subject, table: StatusTable, word: unknown): Outcome {
  const { operation, response } = table.answer(word);
  return (table.read ?? subject.provider.read)(operation, response);
}

function isKnown({ meanings }: StatusTable, word: unknown): boolean {
  return typeof word === 'string' && Object.hasOwn(meanings, word);
}

function assertUnknown({ operation, read }: Seed, response: ProviderResponse): void {
  const { outcome } = read(response);
  assert.equal(
    outcome,
    'unknown',
    `${operation.kind}: ${response.status} ${response.body.slice(0, 80)} was read as ${outcome}`,
  );
}
