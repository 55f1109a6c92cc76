import assert from 'node:assert/strict';
import { amountsOf } from '#core/payments/amounts.ts';
import { nextDueAt, owed } from '#core/payments/owed.ts';
import { isOpen, type Payment } from '#core/payments/payment.ts';
import { statusOf } from '#core/payments/status.ts';
import { createFaultyTransport, type ExchangeFault, type KitClock, type WebhookFault } from './faults.ts';
import { createPlatform, type Platform } from './platform.ts';
import { createPostman } from './postman.ts';
import { AMOUNT_MINOR, type Scenario, type Step } from './scenarios.ts';
import type { Double, Subject } from './subject.ts';

const MERCHANT = 'mer_kit';
const START = 1_700_000_000_000;
const HOUR_MS = 60 * 60 * 1000;
/** Longer than a challenge lives and than anything is asked again soon, shorter than an authorisation. */
const WATCHED_MS = 48 * HOUR_MS;
const ROUNDS_MAX = 60;
const TRIES_MAX = 4;
/** Enough to stop a challenge that has lapsed, and to try again. */
const LAPSE_MS = 2 * HOUR_MS;
/** More than an outage lasts. */
const RELOADS_MAX = 6;
const RELOAD_MS = 5000;

export type Wrong = { fault: ExchangeFault; at: number } | { fault: WebhookFault } | null;

/** Runs one payment, with one thing that goes wrong, until nothing is owed; then the platform must know what the provider's books say. */
export async function live(
  subject: Subject,
  scenario: Scenario,
  wrong: Wrong,
): Promise<{ exchanges: number; done: boolean }> {
  const clock = createClock();
  const double = await subject.createDouble(clock.now);
  try {
    const run = createRun(subject, { double, clock, scenario, wrong });
    const done = await run.all();
    return { exchanges: run.exchanges(), done };
  } finally {
    await double.close();
  }
}

type Setting = { double: Double; clock: KitClock; scenario: Scenario; wrong: Wrong };

function createRun(subject: Subject, { double, clock, scenario, wrong }: Setting) {
  const planned = wrong !== null && 'at' in wrong ? wrong : null;
  const network = createFaultyTransport(double, clock, planned);
  const platform = createPlatform(subject, network.transport, clock);
  const post = createPostman(subject, {
    double,
    clock,
    platform,
    fault: wrong !== null && !('at' in wrong) ? wrong.fault : null,
  });
  let id = '';
  let keys = 0;

  /** False when the provider can't do what the scenario asks for. */
  async function all(): Promise<boolean> {
    await create();
    for (const step of scenario.steps) {
      if (!(await perform(step))) return false;
      await settle(step.do === 'wait_for_lapse' ? LAPSE_MS : 0);
    }
    assertEnd(await payment(), await double.books(id));
    return true;
  }

  async function create(): Promise<void> {
    const personal = {
      paymentMethod: { type: 'card' as const, token: scenario.token },
      customer: null,
      description: null,
      statementDescriptor: null,
      returnUrl: 'https://shop.example/back',
      metadata: {},
    };
    const facts = {
      merchant: MERCHANT,
      amountMinor: AMOUNT_MINOR,
      currency: 'EUR',
      capture: scenario.capture,
    } as const;
    const terms = { confirm: true, attemptsMax: null, allowPartial: false, personal };
    const made = await platform.createPayment({ idempotencyKey: 'create', body: {}, ...facts, ...terms });
    assert.ok(made.ok, `creating it was refused: ${made.ok ? '' : made.error.code}`);
    id = made.value.payment.id;
    platform.known.add(id);
    await settle();
    for (let tries = 0; tries < TRIES_MAX && !(await wasAnswered()); tries += 1) {
      await change({ type: 'confirm', paymentMethod: { type: 'card', token: scenario.token } });
      await settle();
    }
  }

  /** An authorisation that never reached the provider may be tried again; a decline is an answer. */
  async function wasAnswered(): Promise<boolean> {
    const authorization = (await payment()).operations.findLast(({ kind }) => kind === 'authorize');
    const { status = 'not_sent' } = authorization?.outcome ?? {};
    return status !== 'not_sent' && status !== 'not_found' && status !== 'rejected';
  }

  async function perform(step: Step): Promise<boolean> {
    switch (step.do) {
      case 'capture':
      case 'refund':
      case 'cancel':
        await repeatUntilDone(step);
        return true;
      case 'wait_for_lapse':
        return true;
      case 'customer_approves':
      case 'customer_refuses': {
        const did = await double.act(step.do, id);
        await comeBack();
        return did;
      }
      default:
        return await double.act(step.do, id);
    }
  }

  /** Whose page doesn't load tries again. */
  async function comeBack(): Promise<void> {
    for (let tries = 0; tries < RELOADS_MAX && statusOf(await payment()) === 'requires_action'; tries += 1) {
      await platform.completeAction(id, (await double.returnParameters?.(id)) ?? {});
      await settle();
      clock.advance(RELOAD_MS);
    }
  }

  async function repeatUntilDone(step: Extract<Step, { do: 'capture' | 'refund' | 'cancel' }>): Promise<void> {
    const before = await payment();
    for (let tries = 0; tries < TRIES_MAX; tries += 1) {
      await change(
        step.do === 'cancel'
          ? { type: 'cancel' }
          : step.do === 'refund'
            ? { type: 'refund', amountMinor: step.amountMinor, reason: null }
            : { type: 'capture', amountMinor: step.amountMinor, final: step.final },
      );
      await settle();
      const after = await payment();
      const made = after.operations.slice(before.operations.length);
      if (made.some(({ outcome }) => outcome.status === 'succeeded')) return;
    }
  }

  async function change(command: Parameters<Platform['changePayment']>[0]['command']): Promise<void> {
    keys += 1;
    const request = { merchant: MERCHANT, payment: id, idempotencyKey: `key ${keys}`, body: {} };
    await platform.changePayment({ ...request, command });
  }

  /** Time passes until everything has its outcome and nothing is due within `patienceMs`. */
  async function settle(patienceMs = 0): Promise<void> {
    const end = clock.now() + patienceMs;
    for (let round = 0; round < ROUNDS_MAX; round += 1) {
      await network.arriveLate();
      await post.deliver();
      const now = await payment();
      const dueAt = nextDueAt(now);
      const isWaiting =
        now.operations.some((each) => isOpen(each) && each.outcome.status !== 'requires_action') ||
        owed(now).some(({ step }) => step === 'capture' || step === 'return_money');
      if (dueAt === null || (!isWaiting && dueAt > Math.max(end, clock.now()))) return;
      if (dueAt > START + WATCHED_MS) return;
      clock.advance(Math.max(0, dueAt - clock.now()));
      await platform.pursue(id);
    }
  }

  async function payment(): Promise<Payment> {
    const found = await platform.paymentOf(id);
    assert.ok(found !== null, 'the payment is gone');
    return found;
  }

  function assertEnd(found: Payment, books: Awaited<ReturnType<Double['books']>>): void {
    const { capturedMinor, refundedMinor, inDoubtMinor } = amountsOf(found);
    const story = found.operations.map(({ kind, outcome }) => `${kind} ${outcome.status}`).join(', ');
    const told = { captured: capturedMinor, refunded: refundedMinor, inDoubt: inDoubtMinor };
    const true_ = { captured: books.capturedMinor, refunded: books.refundedMinor, inDoubt: 0n };
    assert.deepEqual(told, true_, `the platform and the provider's books differ (${story})`);
    assert.ok(books.authorizations <= 1, `${books.authorizations} authorisations (${story})`);
    const { status, heldMinor, ...money } = scenario.end;
    assert.deepEqual({ capturedMinor, refundedMinor }, money, `the money at the end (${story})`);
    assert.equal(books.heldMinor, heldMinor, `held at the end (${story})`);
    assert.ok(
      status.includes(statusOf(found)),
      `${statusOf(found)}, where ${status.join(' or ')} was to be (${story})`,
    );
    assert.equal(
      found.conflicts.length > 0,
      scenario.flagged === true,
      `conflicts: ${JSON.stringify(found.conflicts.map(({ reason }) => reason))} (${story})`,
    );
  }

  return { all, exchanges: () => network.seen.length };
}

function createClock(): KitClock {
  let now = START;
  return {
    now: () => now,
    monotonic: () => now - START,
    advance: (ms) => {
      now += ms;
    },
  };
}
