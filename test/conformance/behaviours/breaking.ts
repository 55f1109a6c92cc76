import assert from 'node:assert/strict';
import type { NotFound, OperationRequest, Outcome, ProviderResponse } from '#core/provider/port.ts';
import type { Subject } from '../subject.ts';

export type Seed = {
  operation: OperationRequest;
  response: ProviderResponse;
  read: (response: ProviderResponse) => Outcome | NotFound;
};

/** Good answers, one for each word that says something. */
export function seedsOf(subject: Subject): readonly Seed[] {
  return subject.statuses.flatMap((table) =>
    Object.keys(table.meanings).map((word) => {
      const { operation, response } = table.answer(word);
      const read = table.read ?? subject.provider.read;
      return { operation, response, read: (broken: ProviderResponse) => read(operation, broken) };
    }),
  );
}

const OTHERS: readonly unknown[] = [undefined, null, 7, 1e30, 'x', true, [], {}];

/** Each part of an answer left out, or of another type: it never becomes a success. */
export function breakParts(seed: Seed): void {
  const before = seed.read(seed.response).outcome;
  const whole: unknown = JSON.parse(seed.response.body);
  for (const { path, type } of pathsOf(whole)) {
    for (const value of OTHERS.filter((other) => type !== 'null' && typeOf(other) !== type)) {
      const after = seed.read({ ...seed.response, body: JSON.stringify(replaced(whole, path, value)) }).outcome;
      const harmless = after === before || !['succeeded', 'reversed'].includes(after);
      assert.ok(harmless, `${before} became ${after} when ${path.join('.')} was ${JSON.stringify(value)}`);
    }
  }
}

export function breakOne(seed: Seed, die: number): void {
  const { body } = seed.response;
  seed.read({ ...seed.response, body: body.slice(0, Math.floor((body.length * (die % 97)) / 97)) });
  const whole: unknown = JSON.parse(body);
  const paths = pathsOf(whole);
  const part = paths[die % Math.max(1, paths.length)];
  if (part !== undefined) seed.read({ ...seed.response, body: JSON.stringify(replaced(whole, part.path, null)) });
}

type Part = { path: readonly string[]; type: string };

function pathsOf(value: unknown, at: readonly string[] = []): readonly Part[] {
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, part]) => {
    const path = [...at, key];
    return [{ path, type: typeOf(part) }, ...pathsOf(part, path)];
  });
}

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

function replaced(value: unknown, [key, ...rest]: readonly string[], by: unknown): unknown {
  if (key === undefined) return by;
  const copy = structuredClone(value) as Record<string, unknown>;
  const part = rest.length === 0 ? by : replaced(copy[key], rest, by);
  if (Array.isArray(copy)) copy[Number(key)] = part;
  else copy[key] = part;
  return copy;
}
