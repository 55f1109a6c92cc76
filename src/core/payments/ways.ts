import type { AccountToken, PaymentMethod } from './paymentMethod.ts';
import type { PlannedPayment } from './plan.ts';
import type { ConnectedAccount, MerchantAccounts } from './ports.ts';

/**
 * The accounts that a new authorization can take, the first choice first. A token is good at the account that it was made for: the one of the
 * short form goes to the merchant's first account, and nowhere else. Of several, those whose account this payment has not tried come first,
 * in the merchant's order of accounts.
 */
export function waysOf(payment: PlannedPayment, accounts: MerchantAccounts): readonly ConnectedAccount[] {
  const method = payment.personal?.paymentMethod ?? null;
  if (method === null || !('tokens' in method)) return accounts.inOrder.slice(0, 1);
  const ways = [
    ...accounts.inOrder.filter((way) => tokenFor(method, way, accounts) !== null),
    ...accounts.onlyNamed.filter((way) => ownToken(method.tokens, way, accounts) !== undefined),
  ];
  const tried = new Set(payment.operations.flatMap(({ kind, account }) => (kind === 'authorize' ? [account] : [])));
  const isTried = ({ account }: ConnectedAccount) => tried.has(account.id);
  return [...ways.filter((way) => !isTried(way)), ...ways.filter(isTried)];
}

/** The one made for this very account, else one for any account at its provider; null: there is none. */
export function tokenFor(method: PaymentMethod, way: ConnectedAccount, accounts: MerchantAccounts): string | null {
  if (!('tokens' in method)) return method.token;
  const own = ownToken(method.tokens, way, accounts);
  const anyones = method.tokens.find(({ account, provider }) => account === null && provider === way.provider.name);
  return (own ?? anyones)?.token ?? null;
}

/** The place of the first token that names an account which isn't the merchant's, or a provider that nobody knows. */
export function strangeTokenIn(
  method: PaymentMethod,
  accounts: MerchantAccounts,
  isProvider: (name: string) => boolean,
): number | null {
  if (!('tokens' in method)) return null;
  const place = method.tokens.findIndex((token) =>
    token.account === null ? !isProvider(token.provider) : accountOf(token, accounts) === null,
  );
  return place < 0 ? null : place;
}

function ownToken(
  tokens: readonly AccountToken[],
  way: ConnectedAccount,
  accounts: MerchantAccounts,
): AccountToken | undefined {
  return tokens.find((token) => token.account !== null && accountOf(token, accounts)?.account.id === way.account.id);
}

/** Of the merchant, and at the provider that the token says. */
function accountOf({ account, provider }: AccountToken, accounts: MerchantAccounts): ConnectedAccount | null {
  const found = account === null ? null : accounts.find(account);
  return found?.provider.name === provider ? found : null;
}
