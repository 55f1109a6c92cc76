import { sha256 } from '#core/journal/commit.ts';
import type { Clock } from '#core/kit/world.ts';
import { believe, type Heard } from './absence.ts';
import type { Breaker } from './breaker.ts';
import type {
  Completion,
  Lookup,
  NextPage,
  NotFound,
  OperationRequest,
  Outcome,
  Provider,
  ProviderAccount,
  ProviderRequest,
  ProviderResponse,
  ReturnParameters,
} from './port.ts';
import type { Exchanges, Transport, TransportLimits } from './ports.ts';
import { createScrubber } from './scrub.ts';

export type SendDeps = {
  transport: Transport;
  exchanges: Exchanges;
  breaker: Breaker;
  clock: Clock;
  /** Told of an account whose credentials the provider has refused. */
  doubt: (account: string) => void;
};

const UNAUTHORIZED = 401;

/** What one exchange taught us. `rawHash` is the SHA-256 of the answer's body. */
export type Learned<Answer> =
  | { kind: 'answer'; outcome: Answer; account: string; rawHash: string; beganAt: number }
  | { kind: 'not_sent'; reason: string }
  | { kind: 'unanswered'; reason: string };

/** `kept` resolves when the scrubbed exchange is stored: awaited beside the append that cites it, so that both share one write. */
export type Exchanged<Answer> = { learned: Learned<Answer>; kept: Promise<void> };

/** Who is asked, about what. */
export type Errand = { provider: Provider; account: ProviderAccount; operation: OperationRequest };

/** Of a list that an inquiry has to be looked for in, this many pages are read; beyond them it isn't known. */
export const INQUIRY_PAGES_MAX = 10;

/** The hash of what will leave, credentials and the address of the provider aside: a resend is the same bytes. */
export function requestHashOf({ method, url, body }: ProviderRequest): string {
  return sha256(`${method} ${url.slice(url.indexOf('/', 'https://'.length))}\n${body ?? ''}`);
}

/**
 * The only I/O with providers, shared by all adapters. Once, within limits, and every exchange is kept, scrubbed.
 * The caller has made `operation.sent` durable before it calls `request`.
 */
export function createSend({ transport, exchanges, breaker, clock, doubt }: SendDeps) {
  const scrubbers = new Map<Provider, ReturnType<typeof createScrubber>>();

  /** `decidedAt`: the monotonic time at which the operation's deadline was decided. */
  async function request(errand: Errand, decidedAt: number): Promise<Exchanged<Outcome>> {
    return await exchange(errand, toSend(errand, decidedAt), (response) =>
      errand.provider.read(errand.operation, response),
    );
  }

  /** The same request once more; what it answers is about the first as well. */
  async function resend(errand: Errand, decidedAt: number): Promise<Exchanged<Outcome>> {
    const { provider, operation } = errand;
    const read = provider.inquiry.kind === 'none' ? provider.inquiry.readResent : provider.read;
    return await exchange(errand, toSend(errand, decidedAt), (response) => read(operation, response));
  }

  /** `lookup`: the provider's own way to be asked; `sentAt`: when the operation was decided. All pages share one deadline. */
  async function inquire(errand: Errand, lookup: Lookup, sentAt: number): Promise<Exchanged<Outcome | NotFound>> {
    const { connectMs, exchangeMs } = errand.account.timing;
    const deadline = clock.monotonic() + exchangeMs;
    const limits = { connectMs, sendBefore: deadline, deadline };
    const beganAt = clock.now();
    const kept: Promise<void>[] = [];
    let after: string | null = null;
    for (let page = 1; ; page += 1) {
      const from = clock.now();
      let heard: Heard | null = null;
      const built = lookup.request(errand.operation, errand.account, { sentAt, after });
      const exchanged: Exchanged<Outcome | NotFound | NextPage> = await exchange(
        errand,
        { built, limits },
        (response) => {
          heard = { response, asked: { from, to: clock.now() } };
          return lookup.read(errand.operation, response);
        },
      );
      kept.push(exchanged.kept);
      const { learned } = exchanged;
      if (learned.kind !== 'answer') return { learned, kept: allOf(kept) };
      const { outcome } = learned;
      // What the last page proves begins with the first: what came in between is on none of them.
      if (outcome.outcome !== 'more')
        return { learned: { ...learned, outcome: believe(lookup, outcome, heard), beganAt }, kept: allOf(kept) };
      if (page >= INQUIRY_PAGES_MAX) {
        const reason = `not among the first ${page} pages of the provider's list`;
        return { learned: { ...learned, outcome: { outcome: 'unknown', reason }, beganAt }, kept: allOf(kept) };
      }
      after = outcome.after;
    }
  }

  async function exchange<Answer extends Outcome | NotFound | NextPage>(
    errand: Errand,
    { built, limits }: { built: ProviderRequest; limits: TransportLimits },
    read: (response: ProviderResponse) => Answer,
  ): Promise<Exchanged<Answer>> {
    const began = { at: clock.now(), monotonic: clock.monotonic() };
    const result = await transport(built, limits);
    if (result.kind === 'not_sent') {
      breaker.record(errand.account.id, true, began.monotonic);
      return { learned: result, kept: Promise.resolve() };
    }
    const response = result.kind === 'response' ? result.response : null;
    if (response?.status === UNAUTHORIZED) doubt(errand.account.id);
    const rawHash = response === null ? null : sha256(response.body);
    const scrub = scrubberOf(errand.provider);
    const kept = exchanges.keep({
      operation: errand.operation.reference,
      at: began.at,
      durationMs: Math.round(clock.monotonic() - began.monotonic),
      requestHash: requestHashOf(built),
      request: scrub.request(built),
      responseHash: rawHash,
      response: response === null ? null : scrub.response(response),
    });
    if (result.kind === 'unanswered' || rawHash === null) {
      breaker.record(errand.account.id, true, began.monotonic);
      return { learned: result as Extract<typeof result, { kind: 'unanswered' }>, kept };
    }
    const outcome = readSafely(() => read(result.response)) as Answer;
    breaker.record(errand.account.id, outcome.outcome === 'unknown', began.monotonic);
    return { learned: { kind: 'answer', outcome, account: errand.account.id, rawHash, beganAt: began.at }, kept };
  }

  function scrubberOf(provider: Provider) {
    const scrubber = scrubbers.get(provider) ?? createScrubber(provider.scrub);
    scrubbers.set(provider, scrubber);
    return scrubber;
  }

  /** Tells the provider what the customer came back with; null where that is of no use. */
  async function complete(
    errand: Errand,
    completion: Completion,
    parameters: ReturnParameters,
  ): Promise<Exchanged<Outcome> | null> {
    const { operation, account } = errand;
    const built = completion.request(operation, parameters, account);
    if (built === null) return null;
    const deadline = clock.monotonic() + account.timing.exchangeMs;
    const limits = { connectMs: account.timing.connectMs, sendBefore: deadline, deadline };
    return await exchange(errand, { built, limits }, (response) => completion.read(operation, response));
  }

  return { request, resend, inquire, complete };
}

async function allOf(kept: readonly Promise<void>[]): Promise<void> {
  await Promise.all(kept);
}

function toSend({ provider, operation, account }: Errand, decidedAt: number) {
  const { connectMs, sendWithinMs, exchangeMs } = account.timing;
  const limits = { connectMs, sendBefore: decidedAt + sendWithinMs, deadline: decidedAt + exchangeMs };
  return { built: provider.request(operation, account), limits };
}

export type Send = ReturnType<typeof createSend>;

/** A bug in an adapter must not lose an answer: it says nothing for certain, and the exchange is kept. */
function readSafely<Answer extends Outcome | NotFound | NextPage>(read: () => Answer): Answer | Outcome {
  try {
    return read();
  } catch (cause) {
    return { outcome: 'unknown', reason: `the answer could not be read: ${(cause as Error).message}` };
  }
}
