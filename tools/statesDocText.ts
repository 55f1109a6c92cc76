import { readFileSync } from 'node:fs';
import path from 'node:path';
import { isAbsent, isOpen, type Operation, type OperationOutcome } from '#core/payments/payment.ts';
import { PAYMENT_STATUSES, type PaymentStatus } from '#core/payments/status.ts';
import { root } from './processes.ts';
import { diagram, type Edge, mergeEdges } from './statesDocDiagram.ts';
import { type Explored, explore } from './statesDocExplore.ts';
import { eventsTable, rejectionsTable, table } from './statesDocTables.ts';

const EXPECTED = { depth: 5, operationsMax: 3, expectedOnly: true };
const EVERYTHING = { depth: 3, operationsMax: 3, expectedOnly: false };

const MEANINGS: { readonly [status in PaymentStatus]: string } = {
  requires_payment_method: 'no attempt yet and no method to try; or every attempt is known not to have happened',
  requires_confirmation: 'it has a method and waits for `confirm`',
  requires_action: 'the customer must do something at `next_action`',
  processing: 'asked, and the answer is not here yet; or money that nobody wants is on its way back',
  in_doubt: 'it may have happened; `amount_in_doubt` says how much',
  requires_capture: 'held, nothing of it taken',
  partially_captured: 'a part was taken; more can be while `amount_capturable` is not 0',
  succeeded: 'all that was held was taken',
  canceled: 'canceled, and nothing is held or taken',
  failed: 'the attempts are used up; or what was taken was reversed',
  expired: 'the challenge or the hold ran out of time',
};

const COMMANDS = ['confirm', 'capture', 'cancel', 'refund'] as const;
/** Only these may be under way: a payment in any of them ends in nearly the same places. */
const UNDER_WAY: readonly PaymentStatus[] = ['processing', 'in_doubt', 'requires_action'];

/** docs/reference/states.md, made by running the deciders. */
export function statesDocument(): string {
  const expected = explore(EXPECTED);
  const everything = explore(EVERYTHING);
  return `<!-- Made by \`npm run states\`. Change the code, then run it again. -->

# States

This page is made by running the code. A small search feeds every command and every kind of observation to the deciders
(\`src/core/payments/decide\`), folds what they return, and writes down which status follows which. The search is
bounded: ${EXPECTED.depth} steps after the creation of what is expected, ${EVERYTHING.depth} of everything. The words are those of the
[glossary](glossary.md).

## Status of a payment

Nothing sets it. \`statusOf\` computes it from the operations.

${table(
  ['status', 'what it says'],
  PAYMENT_STATUSES.map((status) => [code(status), MEANINGS[status]]),
)}

What is expected to happen: commands, and evidence about operations that are still open. An arrow names the operation
and what became of it; \`absent\` stands for declined, rejected, not_sent and not_found. Arrows from the box start at any
of its members.

${diagram({ name: 'under_way', title: 'under way', members: UNDER_WAY }, paymentEdges(expected), startsOf(expected))}

## What a merchant may ask

As long as nothing unexpected has happened. **yes**: it is accepted, unless the amount or the payment method is refused.
**maybe**: it depends on what else is under way or was taken. **–**: refused with 409.

${table(
  ['status', ...COMMANDS.map(code)],
  PAYMENT_STATUSES.map((status) => answerRow(expected, status)),
)}

## What nobody expects

News of an operation that had ended, money that moved without our asking, another amount than the one asked for, and
what an operator makes of it. It is folded all the same. Most of it sets \`conflict\`.

${unexpectedTable(expected, everything)}

## Status of an operation

An operation begins as ${[...everything.begins].sort().map(code).join(', ')}: \`not_sent\` when its provider is known
to be out of reach, \`succeeded\` when it was discovered.

${operationDiagram(everything)}

## Rejections

Why a command is refused. Nothing was written and nothing was sent. \`src/api/problems.ts\` makes problems of them.

${rejectionsTable([expected, everything])}

## Events

${eventsTable([expected, everything])}
`;
}

export const STATES_FILE = path.join(root, 'docs', 'reference', 'states.md');

/** Why the file is not what the code says; null when it is. */
export function findDrift(): string | null {
  const written = readFileSync(STATES_FILE, 'utf8').split('\n');
  const made = statesDocument().split('\n');
  const line = made.findIndex((text, index) => text !== written[index]);
  if (line < 0 && written.length === made.length) return null;
  const at = line < 0 ? made.length : line;
  return `docs/reference/states.md, line ${at + 1}: is "${written[at] ?? ''}", should be "${made[at] ?? ''}". Run npm run states`;
}

function paymentEdges({ paymentEdges: edges }: Explored): Edge[] {
  return mergeEdges([...edges.values()].map(({ from, to, about, word }) => ({ from, to, label: `${about} ${word}` })));
}

function startsOf(explored: Explored): string[] {
  const starts = paymentEdges(explored).filter(({ from }) => from === null);
  return PAYMENT_STATUSES.filter((status) => starts.some(({ to }) => to === status));
}

function answerRow({ answers }: Explored, status: PaymentStatus): string[] {
  return [
    code(status),
    ...COMMANDS.map((command) => {
      const given = [...(answers.get(`${status} ${command}`) ?? [])];
      if (!given.includes('yes')) return '–';
      return given.some((answer) => answer.startsWith('payment_not_')) ? 'maybe' : 'yes';
    }),
  ];
}

function unexpectedTable(expected: Explored, everything: Explored): string {
  const known = new Set(expected.paymentEdges.keys());
  const edges = [...everything.paymentEdges].filter(([key]) => !known.has(key)).map(([, edge]) => edge);
  const merged = mergeEdges(edges.map(({ from, to, about, word }) => ({ from, to, label: `${about} ${word}` })));
  const rows = merged
    .filter(({ from }) => from !== null)
    .sort((a, b) => place(a.from) - place(b.from) || place(a.to) - place(b.to))
    .map(({ from, to, labels }) => [code(from ?? ''), labels.join(', '), code(to)]);
  return table(['from', 'on', 'to'], rows);
}

function place(status: string | null): number {
  return (PAYMENT_STATUSES as readonly (string | null)[]).indexOf(status);
}

/** Declared by the type, asked of the predicates: which statuses are open, and which say that it did not happen. */
const OUTCOMES: { readonly [status in OperationOutcome['status']]: true } = {
  sent: true,
  pending: true,
  unknown: true,
  requires_action: true,
  succeeded: true,
  reversed: true,
  declined: true,
  rejected: true,
  not_sent: true,
  not_found: true,
};

function operationDiagram({ operationEdges, begins }: Explored): string {
  const statuses = Object.keys(OUTCOMES);
  const withStatus = (status: string) => ({ outcome: { status } }) as Operation;
  const open = statuses.filter((status) => isOpen(withStatus(status)));
  const absent = statuses.filter((status) => isAbsent(withStatus(status)));
  const edges = mergeEdges(
    [...operationEdges.values()].map(({ from, to, word }) => ({ from, to, label: word === to ? '' : word })),
  );
  return [
    diagram({ name: 'open', title: 'open', members: open }, edges, [...begins].sort()),
    '',
    `The members of the box reserve their amount. ${absent.map(code).join(', ')} say that it did not`,
    'happen; proof that it did makes even those `succeeded`, and sets `conflict`.',
  ].join('\n');
}

function code(text: string): string {
  return `\`${text}\``;
}
