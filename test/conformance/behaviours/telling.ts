import assert from 'node:assert/strict';
import type { OperationRequest, Outcome } from '#core/provider/port.ts';
import { createScrubber } from '#core/provider/scrub.ts';
import { requestsOf } from '../asking.ts';
import { type Behaviour, notApplicable } from '../behaviour.ts';
import { followUp, freshOperation, KINDS, plainOperations } from '../operations.ts';
import type { Subject } from '../subject.ts';

export const TELLING: readonly Behaviour[] = [
  {
    name: 'what was done is told with the amount and the currency that the provider saw',
    run: async ({ subject }) => {
      const double = await subject.createDouble(() => 1_700_000_000_000);
      try {
        const outcomes = await performEach(subject, double.handle);
        for (const [kind, { operation, outcome }] of outcomes) {
          if (outcome.outcome !== 'succeeded' && outcome.outcome !== 'pending')
            assert.fail(`${kind} was read as ${outcome.outcome} ${'reason' in outcome ? outcome.reason : ''}`);
          const untold = subject.amounts.untold.includes(kind);
          assert.equal(outcome.amountMinor, untold ? null : operation.amountMinor, `${kind}: the amount`);
          if (!untold || outcome.currency !== null)
            assert.equal(outcome.currency, untold ? null : operation.currency, `${kind}: the currency`);
          if (kind === 'authorize' && outcome.outcome === 'succeeded')
            assert.ok(outcome.providerReference !== null, 'an authorisation without a reference');
        }
      } finally {
        await double.close();
      }
      if (subject.amounts.untold.length === KINDS.length) return notApplicable('the provider tells no amounts');
      return undefined;
    },
  },
  {
    name: 'another amount or currency than asked for is told as it is',
    run: async ({ subject }) => {
      const double = await subject.createDouble(() => 1_700_000_000_000);
      try {
        const operation = freshOperation(subject, 'authorize');
        const request = subject.provider.request({ ...operation, amountMinor: 777n, currency: 'USD' }, subject.account);
        const response = await double.handle(request);
        const outcome = subject.provider.read(operation, response);
        if (subject.amounts.untold.includes('authorize')) return notApplicable('the provider tells no amounts');
        assert.ok('amountMinor' in outcome, `an approval was read as ${outcome.outcome}`);
        assert.deepEqual([outcome.amountMinor, outcome.currency], [777n, 'USD'], 'what the provider saw');
      } finally {
        await double.close();
      }
      return undefined;
    },
  },
  {
    name: 'what is kept of an exchange holds no credential and no payment method',
    run: ({ subject }) => {
      const { provider, account, transcript } = subject;
      const credentials = Object.values(account.credentials).flatMap((live) => live.map((each) => each.reveal()));
      const scrub = createScrubber(provider.scrub);
      for (const operation of plainOperations(subject)) {
        const named = operation.kind === 'authorize' ? { ...operation, token: 'tok_the_payment_method' } : operation;
        const request = provider.request(named, account);
        const echo = { status: 200, headers: request.headers, body: request.body ?? '' };
        const kept = [scrub.response(echo), ...requestsOf(provider, named, account).map(scrub.request)];
        for (const secret of [...credentials, 'tok_the_payment_method'])
          for (const text of kept) assert.ok(!text.includes(secret), `${operation.kind}: ${secret} is kept`);
      }
      assert.deepEqual(JSON.parse(scrub.request(transcript.request)), transcript.maskedRequest, 'the request');
      assert.deepEqual(JSON.parse(scrub.response(transcript.response)), transcript.maskedResponse, 'the response');
    },
  },
];

type Handle = (request: ReturnType<Subject['provider']['request']>) => Promise<{
  status: number;
  headers: Record<string, string | readonly string[] | undefined>;
  body: string;
}>;

/** One operation of each kind, on authorisations of their own. */
async function performEach(
  subject: Subject,
  handle: Handle,
): Promise<readonly [OperationRequest['kind'], { operation: OperationRequest; outcome: Outcome }][]> {
  const send = async (operation: OperationRequest) => {
    const request = subject.provider.request(operation, subject.account);
    return { operation, outcome: subject.provider.read(operation, await handle(request)) };
  };
  const authorize = (captures: boolean) => send({ ...freshOperation(subject, 'authorize'), captures });
  const follow = async (kind: OperationRequest['kind'], captures: boolean) => {
    const { operation: of, outcome } = await authorize(captures);
    assert.ok('providerReference' in outcome, `an approval was read as ${outcome.outcome}`);
    return await send(followUp(subject, kind, { of, n: 2, targetReference: outcome.providerReference }));
  };
  return [
    ['authorize', await authorize(true)],
    ['authorize', await authorize(false)],
    ['capture', await follow('capture', false)],
    ['void', await follow('void', false)],
    ['refund', await follow('refund', true)],
  ];
}
