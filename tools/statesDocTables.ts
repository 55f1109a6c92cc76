import { readFileSync } from 'node:fs';
import path from 'node:path';
import { httpStatusOf } from '#api/problems.ts';
import { EVENT_TYPES, encodeEvents } from '#core/payments/codec.ts';
import type { Rejection } from '#core/payments/decide/rejections.ts';
import type { PaymentEvent } from '#core/payments/events.ts';
import { root } from './processes.ts';
import type { Explored } from './statesDocExplore.ts';

/** What their doc comments don't say. */
const MEANINGS: { readonly [type in PaymentEvent['type']]?: string } = {
  'payment.created': 'The first event of every payment.',
  'operation.declined': 'The provider said no: it did not happen.',
};
const EVENTS_SOURCE = 'src/core/payments/events.ts';
const REJECTIONS_SOURCE = 'src/core/payments/decide/rejections.ts';

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), `|${head.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n');
}

/** Each code that the deciders can return, in the order of their declaration, and the commands that were seen to get it. */
export function rejectionsTable(explorations: readonly Explored[]): string {
  const declared = [...read(REJECTIONS_SOURCE).matchAll(/code: '(\w+)'/g)].map(
    (match) => match[1] as Rejection['code'],
  );
  const rows = declared.map((code) => {
    const commands = explorations.flatMap(({ rejections }) => [...(rejections.get(code) ?? [])]);
    return [`\`${code}\``, String(httpStatusOf(code)), listOf(commands)];
  });
  return table(['code', 'HTTP', 'the answer to'], rows);
}

/** Each event that the codec knows: its version, the commands that were seen to write it, and what of it is no fact but personal. */
export function eventsTable(explorations: readonly Explored[]): string {
  const meanings = readMeanings();
  const rows = EVENT_TYPES.map((type) => {
    const seen = explorations.flatMap(({ events }) => events.get(type) ?? []);
    const { records, personal } = encodeEvents([seen[0]?.example ?? ({ type } as PaymentEvent)]);
    const apart = Object.keys(personal?.['0'] ?? {});
    const commands = seen.flatMap((event) => [...event.commands]);
    return [
      `\`${type}\``,
      String(records[0]?.v),
      listOf(commands),
      apart.map((field) => `\`${field}\``).join(', '),
      meanings.get(type) ?? '',
    ];
  });
  return table(['event', 'version', 'written by', 'personal', 'what it says'], rows);
}

function listOf(commands: readonly string[]): string {
  const sorted = [...new Set(commands)].sort();
  return sorted.length === 0 ? 'nothing yet' : sorted.map((command) => `\`${command}\``).join(', ');
}

/** The doc comments of events.ts, by event. */
function readMeanings(): Map<string, string> {
  const documented = /\/\*\*((?:[^*]|\*(?!\/))*)\*\/\s*export type \w+ =\s*\{\s*type: '([\w.]+)'/g;
  const found = [...read(EVENTS_SOURCE).matchAll(documented)].map(
    ([, comment = '', type = '']) => [type, comment.replace(/\s*\n\s*\*\s*/g, ' ').trim()] as const,
  );
  return new Map([...Object.entries(MEANINGS), ...found]);
}

function read(file: string): string {
  return readFileSync(path.join(root, file), 'utf8');
}
