import { deriveId } from '#core/kit/id.ts';
import type { Currency } from '#core/money/currencies.ts';
import type { Dice } from '../../support/seeded.ts';
import { MERCHANTS, secretOfIds } from '../provider/accounts.ts';

/** What one merchant wants of one payment, decided before anything happens. */
export type Order = {
  name: string;
  merchant: string;
  key: string;
  /** The payment's id, which follows from the key. */
  id: string;
  afterMs: number;
  amountMinor: bigint;
  currency: Currency;
  capture: 'automatic' | 'manual';
  confirm: boolean;
  token: string;
  allowPartial: boolean;
  attemptsMax: number | null;
  steps: readonly Step[];
};

export type Step = {
  kind: 'confirm' | 'capture' | 'cancel' | 'refund' | 'same_key_other_body' | 'other_merchant' | 'repeat';
  afterMs: number;
  /** Whether it waits for the step before it, or comes while that is under way. */
  waits: boolean;
  /** Sent so often at once, to any instance. */
  atOnce: number;
  /** A share of the payment's amount; null: all that is left. */
  share: number | null;
  final: boolean | null;
  token: string;
};

const TOKENS: readonly (readonly [string, number])[] = [
  ['tok_approved', 50],
  ['tok_declined', 5],
  ['tok_insufficient_funds', 5],
  ['tok_requires_action', 8],
  ['tok_pending', 6],
  ['tok_amount_mismatch', 2],
  ['tok_partial_approval', 4],
  ['tok_late_success', 3],
  ['tok_capture_fails', 3],
  ['tok_void_fails', 2],
  ['tok_refund_reversed', 4],
  ['tok_dashboard_refund', 3],
  ['tok_connection_refused', 3],
];
const CURRENCIES: readonly Currency[] = ['EUR', 'EUR', 'USD', 'JPY', 'ISK'];
const STEPS_MAX = 5;
const AMOUNT_MAX = 50_000;
const WITHIN_MS = 20_000;

/** The merchant whose provider can't be asked has every so many of the orders. */
const UNASKABLE = 'mer_eva';
const EVERY = 5;
const DRAWN = Object.keys(MERCHANTS).filter((merchant) => merchant !== UNASKABLE);

export function createOrder(number: number, dice: Dice): Order {
  const drawn = dice.pick(DRAWN);
  const merchant = number % EVERY === 0 ? UNASKABLE : drawn;
  const key = `order ${number}`;
  const steps = Array.from({ length: dice.between(0, STEPS_MAX) }, () => createStep(dice));
  return {
    name: `P${number}`,
    merchant,
    key,
    id: `pay_${deriveId(secretOfIds, 'simulation', merchant, key)}`,
    afterMs: dice.between(0, WITHIN_MS),
    amountMinor: BigInt(dice.between(1, AMOUNT_MAX)),
    currency: dice.pick(CURRENCIES),
    capture: dice.next() < 0.5 ? 'automatic' : 'manual',
    confirm: dice.next() < 0.9,
    token: createToken(dice),
    allowPartial: dice.next() < 0.4,
    attemptsMax: dice.next() < 0.2 ? dice.between(1, 3) : null,
    steps,
  };
}

const STEP_KINDS: readonly Step['kind'][] = [
  'capture',
  'capture',
  'capture',
  'refund',
  'refund',
  'cancel',
  'confirm',
  'same_key_other_body',
  'other_merchant',
  'repeat',
];

function createStep(dice: Dice): Step {
  const kind = dice.pick(STEP_KINDS);
  return {
    kind,
    afterMs: dice.next() < 0.6 ? dice.between(0, 500) : dice.between(0, 15_000),
    waits: dice.next() < 0.75,
    atOnce: dice.next() < 0.25 ? dice.between(2, 3) : 1,
    share: dice.next() < 0.4 ? null : dice.pick([0.25, 0.5, 0.75, 1, 1]),
    final: dice.pick([null, null, true, false]),
    token: createToken(dice),
  };
}

function createToken(dice: Dice): string {
  const total = TOKENS.reduce((sum, [, weight]) => sum + weight, 0);
  let left = dice.next() * total;
  for (const [token, weight] of TOKENS) {
    left -= weight;
    if (left < 0) return token;
  }
  return 'tok_approved';
}
