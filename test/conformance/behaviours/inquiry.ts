import assert from 'node:assert/strict';
import type { Lookup, NotFound, OperationRequest, Outcome } from '#core/provider/port.ts';
import { INQUIRY_PAGES_MAX } from '#core/provider/send.ts';
import { lookupOf } from '../asking.ts';
import { type Behaviour, notApplicable } from '../behaviour.ts';
import { followUp, freshOperation, KINDS } from '../operations.ts';
import type { Double, Subject } from '../subject.ts';

const NOW = 1_700_000_000_000;
/** More than providers give on a page. */
const OTHERS = 250;

export const INQUIRY: readonly Behaviour[] = [
  {
    name: 'an inquiry finds what was done though nobody heard the answer, and says the same',
    run: async ({ subject }) =>
      await askedOnDouble(subject, async (double, lookup) => {
        for (const kind of KINDS) {
          const operation = await prepare(subject, double, kind);
          const told = await send(subject, double, operation);
          const found = await inquire(subject, { double, lookup }, operation);
          // What was pending may be done by now.
          const allowed = told.outcome === 'pending' ? ['pending', 'succeeded'] : [told.outcome];
          assert.ok(allowed.includes(found.outcome), `${kind}: told ${told.outcome}, found ${found.outcome}`);
          const [left, right] = [told, found].map((each) => ('amountMinor' in each ? each.amountMinor : null));
          assert.equal(right, left, `${kind}: another amount`);
        }
      }),
  },
  {
    name: 'an inquiry about what never arrived finds nothing, whatever else is there',
    run: async ({ subject }) =>
      await askedOnDouble(subject, async (double, lookup) => {
        const { kind: declared } = lookup;
        for (const kind of KINDS) {
          const lost = await prepare(subject, double, kind);
          // Others of the same kind, the same amount, the same moment.
          for (let others = 0; others < 3; others += 1)
            await send(subject, double, await prepare(subject, double, kind));
          const found = await inquire(subject, { double, lookup }, lost);
          const expected = declared === 'strong' ? ['not_found'] : ['not_found', 'unknown'];
          assert.ok(expected.includes(found.outcome), `${kind}: ${JSON.stringify(found, print)}`);
        }
      }),
  },
  {
    name: 'an inquiry finds what was done long before other things: beyond the first page, within the pages that are read',
    run: async ({ subject }) =>
      await askedOnDouble(subject, async (double, lookup) => {
        const operation = await prepare(subject, double, 'authorize');
        await send(subject, double, operation);
        for (let others = 0; others < OTHERS; others += 1)
          await send(subject, double, await prepare(subject, double, 'authorize'));
        const found = await inquire(subject, { double, lookup }, operation);
        assert.equal(found.outcome, 'succeeded');
      }),
  },
  {
    name: 'the same bytes with the same key are done once, and answered as the first time',
    run: async ({ subject }) =>
      await onDouble(subject, async (double) => {
        for (const kind of KINDS) {
          const operation = await prepare(subject, double, kind);
          const first = await send(subject, double, operation);
          const before = await double.books(operation.payment);
          const answer = await double.handle(subject.provider.request(operation, subject.account));
          const { inquiry } = subject.provider;
          const again =
            inquiry.kind === 'none' ? inquiry.readResent(operation, answer) : subject.provider.read(operation, answer);
          assert.deepEqual(again, first, `${kind}: the second answer differs`);
          assert.deepEqual(await double.books(operation.payment), before, `${kind}: it was done twice`);
        }
      }),
  },
];

async function askedOnDouble(subject: Subject, work: (double: Double, lookup: Lookup) => Promise<void>) {
  const lookup = lookupOf(subject.provider);
  if (lookup === null) return notApplicable('the provider can’t be asked: the same bytes are sent again');
  return await onDouble(subject, (double) => work(double, lookup));
}

async function onDouble(subject: Subject, work: (double: Double) => Promise<void>) {
  const double = await subject.createDouble(() => NOW);
  try {
    await work(double);
  } finally {
    await double.close();
  }
  return undefined;
}

/** An operation, with the authorisation that it needs. */
async function prepare(subject: Subject, double: Double, kind: OperationRequest['kind']): Promise<OperationRequest> {
  const authorize = { ...freshOperation(subject, 'authorize'), captures: kind === 'authorize' || kind === 'refund' };
  if (kind === 'authorize') return authorize;
  const made = await send(subject, double, authorize);
  const targetReference = 'providerReference' in made ? made.providerReference : null;
  return followUp(subject, kind, { of: authorize, n: 2, targetReference });
}

async function send({ provider, account }: Subject, double: Double, operation: OperationRequest): Promise<Outcome> {
  return provider.read(operation, await double.handle(provider.request(operation, account)));
}

async function inquire(
  { account }: Subject,
  { double, lookup }: { double: Double; lookup: Lookup },
  operation: OperationRequest,
): Promise<Outcome | NotFound> {
  let after: string | null = null;
  for (let page = 1; page <= INQUIRY_PAGES_MAX; page += 1) {
    const answer = await double.handle(lookup.request(operation, account, { sentAt: NOW, after }));
    const found = lookup.read(operation, answer);
    if (found.outcome !== 'more') return found;
    after = found.after;
  }
  return { outcome: 'unknown', reason: 'not among the first pages' };
}

function print(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}
