import assert from 'node:assert/strict';
import test from 'node:test';
import { idSecretOf } from '#core/kit/id.ts';
import { createFixedAccounts } from './accountsFake.ts';
import type { PaymentMethod } from './paymentMethod.ts';
import { createPlanner } from './planner.ts';
import { doubleProvider } from './platformFake.ts';
import type { ConnectedAccount, MerchantAccounts } from './ports.ts';
import { createCommand, fold, given, type Step, tell, when } from './testKit.ts';
import { strangeTokenIn, tokenFor, waysOf } from './ways.ts';

const NAMES: Readonly<Record<string, string>> = { pa_first: 'main', pa_second: 'spare', pa_third: 'third' };
const first = connect('pa_first', 'double');
const second = connect('pa_second', 'other');
const third = connect('pa_third', 'other');
const accounts = merchantWith(first, second, third);

function connect(id: string, name: string): ConnectedAccount {
  const { timing } = doubleProvider.account;
  const account = { id, provider: name, baseUrl: 'http://p', credentials: {}, settings: {}, timing };
  return { provider: { ...doubleProvider, name, request: requestWithToken }, account };
}

function requestWithToken({ token }: { token: string }) {
  return { method: 'POST', url: 'http://p/', headers: {}, body: token } as const;
}

function merchantWith(...inOrder: readonly ConnectedAccount[]): MerchantAccounts {
  const all = [first, second, third];
  return {
    inOrder,
    onlyNamed: [],
    find: (name) => all.find(({ account: { id } }) => id === name || NAMES[id] === name) ?? null,
  };
}

function method(...tokens: readonly [provider: string, account: string | null][]): PaymentMethod {
  return {
    type: 'card',
    tokens: tokens.map(([provider, account], index) => ({ provider, account, token: `tok_${index}` })),
  };
}

function paying(paymentMethod: PaymentMethod, ...steps: readonly Step[]) {
  const { personal } = createCommand();
  return given(createCommand({ personal: { ...personal, paymentMethod }, confirm: steps.length > 0 }), ...steps);
}

const idsOf = (ways: readonly ConnectedAccount[]) => ways.map(({ account }) => account.id);

test('the short form goes to the first account, and nowhere else', () => {
  const short = paying({ type: 'card', token: 'tok' });
  assert.deepEqual(idsOf(waysOf(short, accounts)), ['pa_first']);
  assert.deepEqual(idsOf(waysOf(short, merchantWith())), []);
});

test('of several tokens those whose account takes payments count, in the order of the accounts', () => {
  const rows: readonly [PaymentMethod, MerchantAccounts, readonly string[]][] = [
    [method(['other', 'pa_second'], ['double', 'pa_first']), accounts, ['pa_first', 'pa_second']],
    [method(['other', 'spare'], ['double', 'main']), accounts, ['pa_first', 'pa_second']],
    [method(['other', null]), accounts, ['pa_second', 'pa_third']],
    [method(['other', null]), merchantWith(first, third), ['pa_third']],
    [method(['other', 'pa_third']), merchantWith(first, second), []],
    [method(['double', 'pa_second']), accounts, []],
  ];
  for (const [tokens, own, expected] of rows) assert.deepEqual(idsOf(waysOf(paying(tokens), own)), expected);
});

test('an account that takes payments only by its name is taken where it is named, after the others', () => {
  const own = { ...merchantWith(first), onlyNamed: [third] };
  assert.deepEqual(idsOf(waysOf(paying(method(['other', 'third'], ['double', null])), own)), ['pa_first', 'pa_third']);
  assert.deepEqual(idsOf(waysOf(paying(method(['other', null])), own)), []);
  assert.deepEqual(idsOf(waysOf(paying({ type: 'card', token: 'tok' }), { ...own, inOrder: [] })), []);
});

test('the token of the very account comes before one for the whole provider', () => {
  const tokens = method(['other', null], ['other', 'third']);
  assert.deepEqual(
    [first, second, third].map((way) => tokenFor(tokens, way, accounts)),
    [null, 'tok_0', 'tok_1'],
  );
  assert.equal(tokenFor({ type: 'card', token: 'tok' }, third, accounts), 'tok');
});

test('an account that the payment has not tried comes before one that it has', () => {
  const both = method(['double', 'pa_first'], ['other', 'pa_second']);
  const tried = paying(both, tell(1, 'declined'));
  const [authorization] = tried.operations;
  assert.ok(authorization);
  const once = { ...tried, operations: [{ ...authorization, account: 'pa_first' }] };
  assert.deepEqual(idsOf(waysOf(once, accounts)), ['pa_second', 'pa_first']);
});

test('a token that names what is not the merchant’s is found', () => {
  const known = (name: string) => name === 'double' || name === 'other';
  const rows: readonly [PaymentMethod, number | null][] = [
    [{ type: 'card', token: 'tok' }, null],
    [method(['double', null], ['other', 'spare']), null],
    [method(['double', null], ['other', 'pa_of_another']), 1],
    [method(['stripe', null]), 0],
    [method(['double', 'spare']), 0],
  ];
  for (const [tokens, place] of rows) assert.equal(strangeTokenIn(tokens, accounts, known), place);
});

function planning(down: ReadonlySet<string> = new Set()) {
  return createPlanner({
    accounts: { ...createFixedAccounts([first, second]), of: async () => accounts },
    breaker: { mayPass: (id) => !down.has(id), record: () => {} },
    idSecret: idSecretOf(new Uint8Array(32)),
    returnUrlOf: (payment) => payment,
  }).plannerFor('mer_1');
}

test('what follows up on an authorization goes to its account, whichever a new one would take', async () => {
  const planner = await planning();
  const held = given(createCommand(), tell(1, 'succeeded'));
  for (const way of [second, first, third]) {
    const operations = held.operations.map((operation) => ({ ...operation, account: way.account.id }));
    for (const kind of ['capture', 'void', 'refund'] as const) {
      const asked = { operation: 2, kind, amountMinor: 1n, target: 1, captures: false, final: false, stops: false };
      const sending = planner.plan({ ...held, operations }, asked, 1);
      assert.equal(sending.way === 'open' && sending.account, way.account.id);
    }
  }
});

test('an account that is out of reach is passed over where another has a token', async () => {
  const down = new Set(['pa_first']);
  const planner = await planning(down);
  const { personal } = createCommand();
  const both = method(['double', 'main'], ['other', 'spare']);
  const create = { ...createCommand({ personal: { ...personal, paymentMethod: both } }), now: 1 };
  const decided = when(null, create, 1, planner);
  assert.ok(decided.ok);
  const payment = fold(null, decided.value, 1);
  assert.deepEqual(
    payment?.operations.map(({ account, outcome }) => [account, outcome.status]),
    [['pa_second', 'sent']],
  );
  down.add('pa_second');
  const withheld = when(null, create, 1, planner);
  assert.equal(withheld.ok && withheld.value[1]?.type, 'operation.withheld');
  assert.equal(
    withheld.ok && withheld.value[1]?.type === 'operation.withheld' && withheld.value[1].account,
    'pa_first',
  );
});
