import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Verdict } from './behaviour.ts';
import type { Report } from './kit.ts';
import type { Subject } from './subject.ts';

export const PROVIDERS_FILE = path.join(
  path.dirname(fileURLToPath(import.meta.url)),
  '../../docs/reference/providers.md',
);

const HOUR_MS = 60 * 60 * 1000;

const WORDS = {
  passed: 'passed',
  failed: '**failed**',
  not_applicable: 'not applicable',
  left_out: 'left out',
} as const satisfies Record<Verdict['kind'], string>;

/** docs/reference/providers.md, as far as the reports say it. */
export function providersDocument(reports: readonly Report[]): string {
  const names = reports.map(({ provider }) => provider);
  const behaviours = reports[0]?.judged.map(({ behaviour }) => behaviour) ?? [];
  return `${[
    '# Providers',
    '',
    'Written by `npm run conformance`; a test compares it with what the kit finds. What each line means and how it is tried:',
    '`test/conformance/kit.ts`. How to add one: [how-to](../how-to/add-a-provider.md).',
    '',
    'Nothing here was recorded from a provider: sources are official descriptions, doubles written from documentation,',
    'and generated data.',
    '',
    '## What they can do',
    '',
    ...table(['', ...names], facts(reports)),
    '',
    '## What was tried',
    '',
    ...table(
      ['behaviour', ...names],
      behaviours.map((behaviour, n) => [behaviour, ...reports.map((report) => cellOf(report, n))]),
    ),
    '',
    '## Not applicable, and why',
    '',
    ...reports.flatMap(reasonsOf),
    '',
    '## Events',
    '',
    ...reports.flatMap(eventsOf),
  ].join('\n')}\n`;
}

/** For a terminal. */
export function printVerdict(provider: string, behaviour: string, verdict: Verdict): string {
  const why = 'why' in verdict ? `: ${verdict.why}` : '';
  return `${provider.padEnd(12)} ${WORDS[verdict.kind].replaceAll('*', '').padEnd(15)} ${behaviour}${why}`;
}

function facts(reports: readonly Report[]): readonly (readonly string[])[] {
  const row = (what: string, of: (subject: Subject) => string) => [
    what,
    ...reports.map(({ subject }) => (subject === null ? '?' : of(subject))),
  ];
  const yes = (is: boolean) => (is ? 'yes' : 'no');
  return [
    row('official description', ({ description }) => (description.kind === 'none' ? 'none' : description.source)),
    row('several captures of one authorisation', ({ provider }) => yes(provider.capabilities.multipleCaptures)),
    row('captures a part', ({ provider }) => yes(provider.capabilities.partialCaptures !== false)),
    row('voids the rest after a capture', ({ provider }) => yes(provider.capabilities.voidsRest)),
    row('inquiry', ({ provider }) => provider.inquiry.kind),
    row('an inquiry sees everything after', ({ provider }) => `${provider.account.timing.propagationMs} ms`),
    row('remembers a key for', ({ provider }) => `${provider.capabilities.idempotencyWindowMs / HOUR_MS} h`),
    row('characters of a key', ({ idempotency }) => String(idempotency.charactersMax)),
    row('webhooks carry our ids', ({ provider }) => yes(provider.capabilities.echoesReferences)),
    row('adapter version', ({ provider }) => String(provider.version)),
  ];
}

function cellOf({ judged }: Report, n: number): string {
  const verdict = judged[n]?.verdict;
  return verdict === undefined ? '' : WORDS[verdict.kind];
}

function reasonsOf({ provider, judged }: Report): readonly string[] {
  return judged.flatMap(({ behaviour, verdict }) =>
    verdict.kind === 'not_applicable' ? [`- ${provider}, ${behaviour}: ${verdict.why}.`] : [],
  );
}

function eventsOf({ provider, subject }: Report): readonly string[] {
  if (subject === null) return [];
  const named = (about: string) =>
    Object.entries(subject.webhooks.events)
      .filter(([, event]) => event.about === about)
      .map(([type, event]) => (event.about === 'kept' ? `${type} (${event.why})` : type));
  const line = (what: string, types: readonly string[]) =>
    types.length === 0 ? [] : [`- ${what}: ${types.join('; ')}.`];
  return [
    `**${provider}**`,
    '',
    ...line('read', named('money')),
    ...line('acknowledged and forgotten', named('other')),
    ...line('acknowledged and kept for an operator', named('kept')),
    '',
  ];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)];
}
