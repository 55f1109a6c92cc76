import type {
  Lookup,
  OperationRequest,
  Outcome,
  Provider,
  ProviderRequest,
  ProviderResponse,
} from '#core/provider/port.ts';

/** A mistake in a good adapter, and how the name of the behaviour begins that has to find it. */
export type Planted = { name: string; foundBy: string; plant: (good: Provider) => Partial<Provider> };

export function onRequest(change: (request: ProviderRequest, operation: OperationRequest) => ProviderRequest) {
  return ({ request }: Provider): Partial<Provider> => ({
    request: (operation, account) => {
      const built = request(operation, account);
      return built.method === 'POST' ? change(built, operation) : built;
    },
  });
}

export function onAnswer(change: (response: ProviderResponse) => ProviderResponse) {
  return ({ read }: Provider): Partial<Provider> => ({
    read: (operation, response) => read(operation, change(response)),
  });
}

export function onOutcome(change: (outcome: Outcome, operation: OperationRequest) => Outcome) {
  return ({ read }: Provider): Partial<Provider> => ({
    read: (operation, response) => change(read(operation, response), operation),
  });
}

export function onLookup(change: (lookup: Lookup) => Partial<Lookup>) {
  return ({ inquiry }: Provider): Partial<Provider> =>
    inquiry.kind === 'none' ? {} : { inquiry: { ...inquiry, ...change(inquiry) } };
}

export function onWebhooks(change: (webhooks: Provider['webhooks']) => Partial<Provider['webhooks']>) {
  return ({ webhooks }: Provider): Partial<Provider> => ({ webhooks: { ...webhooks, ...change(webhooks) } });
}

let counter = 0;

export function next(): number {
  counter += 1;
  return counter;
}
