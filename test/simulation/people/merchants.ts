import type { ChangePaymentRequest } from '#core/payments/changePayment.ts';
import { MERCHANTS } from '../provider/accounts.ts';
import type { World } from '../world.ts';
import type { Client, Request } from './client.ts';
import type { Order, Step } from './orders.ts';

type Command = ChangePaymentRequest['command'];

/** Merchants: each order is created and then changed, step by step, patiently or all at once. */
export function scheduleOrders(world: World, client: Client, orders: readonly Order[]): void {
  for (const order of orders) {
    world.names.learn(order.id, order.name);
    world.watch.ordered(order);
    world.scheduler.after(order.afterMs, () =>
      client.send(creation(order), () => follow(world, client, { order, next: 0 })),
    );
  }
}

type Progress = { order: Order; next: number };

function follow(world: World, client: Client, { order, next }: Progress): void {
  const step = order.steps[next];
  if (step === undefined) return;
  const goOn = () => follow(world, client, { order, next: next + 1 });
  world.scheduler.after(step.afterMs, () => {
    const following = order.steps[next + 1];
    const isAwaited = following === undefined || following.waits;
    perform(world, client, { order, step, number: next + 1, then: isAwaited ? goOn : () => {} });
    if (!isAwaited) goOn();
  });
}

type Doing = { order: Order; step: Step; number: number; then: () => void };

function perform(world: World, client: Client, doing: Doing): void {
  const { order, step, number, then } = doing;
  if (step.kind === 'same_key_other_body') return sendOtherBody(world, client, doing);
  if (step.kind === 'other_merchant') return sendAsOther(world, client, doing);
  const request = step.kind === 'repeat' ? creation(order) : change(order, commandOf(order, step), number);
  let waiting = step.atOnce;
  for (let sent = 0; sent < step.atOnce; sent += 1)
    client.send(request, () => {
      waiting -= 1;
      if (waiting === 0) then();
    });
}

function creation(order: Order, amountMinor = order.amountMinor): Request {
  const { merchant, key, currency, capture, confirm, attemptsMax, allowPartial, token } = order;
  const personal = {
    paymentMethod: { type: 'card', token } as const,
    customer: null,
    description: null,
    statementDescriptor: null,
    returnUrl: 'https://merchant.example/back',
    metadata: {},
  };
  const facts = { merchant, amountMinor, currency, capture, confirm, attemptsMax, allowPartial, personal };
  const body = { ...facts, amountMinor: String(amountMinor) };
  return {
    name: `create ${amountMinor} ${currency} ${capture} ${token}`,
    about: order.name,
    run: (platform) => platform.createPayment({ idempotencyKey: key, body, ...facts }),
  };
}

function change(order: Order, command: Command, number: number, merchant = order.merchant): Request {
  const body = JSON.parse(
    JSON.stringify(command, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value)),
  );
  return {
    name: describe(command),
    about: order.name,
    run: (platform) =>
      platform.changePayment({
        merchant,
        payment: order.id,
        command,
        idempotencyKey: `${order.key} step ${number}`,
        body,
      }),
  };
}

function commandOf({ amountMinor }: Order, { kind, share, final, token }: Step): Command {
  const amount = share === null ? null : BigInt(Math.max(1, Math.floor(Number(amountMinor) * share)));
  switch (kind) {
    case 'confirm':
      return { type: 'confirm', paymentMethod: { type: 'card', token } };
    case 'capture':
      return { type: 'capture', amountMinor: amount, final };
    case 'refund':
      return { type: 'refund', amountMinor: amount, reason: null };
    default:
      return { type: 'cancel' };
  }
}

/** Only once the first body has been answered: of two bodies at once, the first to come counts. */
function sendOtherBody(world: World, client: Client, { order, then }: Doing): void {
  if (!client.given().some(({ payment }) => payment === order.id)) return then();
  client.send(creation(order, order.amountMinor + 1n), (ended) => {
    if (ended.kind === 'answer')
      world.violate({ invariant: 'keys', about: order.name, what: 'another body under the same key was answered' });
    then();
  });
}

function sendAsOther(world: World, client: Client, { order, step, number, then }: Doing): void {
  const other = Object.keys(MERCHANTS).find((merchant) => merchant !== order.merchant) ?? '';
  client.send(change(order, commandOf(order, { ...step, kind: 'refund' }), number, other), (ended) => {
    if (ended.kind === 'answer' || (ended.kind === 'refused' && ended.error.code !== 'payment_not_found'))
      world.violate({
        invariant: 'tenants',
        about: order.name,
        what: `${other} was answered about a payment of ${order.merchant}`,
      });
    then();
  });
}

function describe(command: Command): string {
  return 'amountMinor' in command ? `${command.type} ${command.amountMinor ?? 'the rest'}` : command.type;
}
