export type Workload = 'payments' | 'mix';

type Expected = { status: number; state: string };

/** What is asked of a payment after its creation, and how it must be answered. */
type Step = { path: 'capture' | 'refunds'; amountOf: (amount: number) => number } & Expected;

export type Course = {
  name: string;
  capture: 'automatic' | 'manual';
  created: Expected;
  steps: readonly Step[];
};

const PART_DIVISOR = 3;
const partOf = (amount: number) => Math.floor(amount / PART_DIVISOR);
const restOf = (amount: number) => amount - partOf(amount);
const allOf = (amount: number) => amount;

const DONE = { status: 201, state: 'succeeded' };
const HELD = { status: 201, state: 'requires_capture' };
const CAPTURED = { status: 200, state: 'succeeded' };

const AUTOMATIC: Course = { name: 'captured at once', capture: 'automatic', created: DONE, steps: [] };
const CAPTURED_LATER: Course = {
  name: 'held, then captured',
  capture: 'manual',
  created: HELD,
  steps: [{ path: 'capture', amountOf: allOf, ...CAPTURED }],
};
const CAPTURED_IN_PARTS: Course = {
  name: 'held, then captured in two parts',
  capture: 'manual',
  created: HELD,
  steps: [
    { path: 'capture', amountOf: partOf, status: 200, state: 'partially_captured' },
    { path: 'capture', amountOf: restOf, ...CAPTURED },
  ],
};
const REFUNDED: Course = {
  name: 'captured at once, then refunded in part',
  capture: 'automatic',
  created: DONE,
  steps: [{ path: 'refunds', amountOf: partOf, ...DONE }],
};

/** How many of a hundred payments. */
const MIX: readonly [Course, number][] = [
  [AUTOMATIC, 70],
  [CAPTURED_LATER, 14],
  [CAPTURED_IN_PARTS, 6],
  [REFUNDED, 10],
];
const HUNDRED = MIX.flatMap(([course, share]) => Array.from({ length: share }, () => course));
/** Has no factor in common with a hundred: the courses come by turns, and after a hundred each has had its share. */
const STRIDE = 37;

export function courseOf(workload: Workload, n: number): Course {
  return (workload === 'mix' ? HUNDRED[(n * STRIDE) % HUNDRED.length] : undefined) ?? AUTOMATIC;
}

export function describeMix(): string {
  const operations = MIX.reduce((sum, [{ steps }, share]) => sum + share * (1 + steps.length), 0);
  return `of ${HUNDRED.length} payments ${MIX.map(([{ name }, share]) => `${share} ${name}`).join('; ')}: ${operations} operations`;
}

/** Minor units. */
export type Money = { captured: number; refunded: number };

/** What a payment has moved when its course is over. */
export function moneyOf({ capture, steps }: Course, amount: number): Money {
  const sumOf = (path: Step['path']) =>
    steps.filter((step) => step.path === path).reduce((sum, step) => sum + step.amountOf(amount), 0);
  return { captured: capture === 'automatic' ? amount : sumOf('capture'), refunded: sumOf('refunds') };
}
