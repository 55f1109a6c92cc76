import type { Outcome, Provider, ProviderResponse } from '#core/provider/port.ts';
import { onProvider, type PlantedBugs } from './plant.ts';

const REJECTED = { outcome: 'rejected', providerCode: 'unreadable', message: null } as const;
const NOTHING_SEEN = { amountMinor: null, currency: null, providerReference: null, providerVersion: null };

/** Bugs in how a provider's word is understood. */
export const READING_BUGS: PlantedBugs = {
  unknown_read_as_rejected: {
    wrong: 'an answer that can not be read counts as a refusal',
    plant: onProvider(({ read }) => ({ read: (...args) => sure(read(...args)) })),
  },
  unknown_read_as_success: {
    wrong: 'a status below 500 counts as a success',
    plant: onProvider(({ read }) => ({
      read: (operation, response) => {
        const outcome = read(operation, response);
        const succeeded = { outcome: 'succeeded', capturedMinor: null, ...NOTHING_SEEN } as const;
        return outcome.outcome === 'unknown' && response.status < 500 ? succeeded : outcome;
      },
    })),
  },
  newest_version_inverted: {
    wrong: 'of two versions of a charge the older one counts',
    plant: onProvider(
      withRead((outcome) =>
        'providerVersion' in outcome && outcome.providerVersion !== null
          ? { ...outcome, providerVersion: -outcome.providerVersion }
          : outcome,
      ),
    ),
  },
  versions_ignored: {
    wrong: 'the adapter does not tell versions: an old webhook can not be told from a new one',
    plant: onProvider(
      withRead((outcome) => ('providerVersion' in outcome ? { ...outcome, providerVersion: null } : outcome)),
    ),
  },
  amount_not_told: {
    wrong: 'the adapter does not tell which amount the provider saw',
    plant: onProvider(
      withRead((outcome) =>
        outcome.outcome === 'succeeded' ? { ...outcome, amountMinor: null, capturedMinor: null } : outcome,
      ),
    ),
  },
  yen_have_cents: {
    wrong: 'amounts in JPY are sent as if they had two decimals',
    plant: onProvider(({ request }) => ({
      request: (operation, account) =>
        request(
          operation.currency === 'JPY' ? { ...operation, amountMinor: operation.amountMinor * 100n } : operation,
          account,
        ),
    })),
  },
  pending_read_as_success: {
    wrong: 'what is pending counts as paid',
    plant: onProvider(
      withRead((outcome, asked) =>
        outcome.outcome === 'pending'
          ? { ...outcome, outcome: 'succeeded', capturedMinor: null, amountMinor: asked }
          : outcome,
      ),
    ),
  },
  reversal_dropped: {
    wrong: 'a refund or a capture that failed later is not understood',
    plant: onProvider(({ webhooks }) => ({
      webhooks: { ...webhooks, read: (body) => (body.includes('"status":"reversed"') ? null : webhooks.read(body)) },
    })),
  },
  dashboard_ignored: {
    wrong: 'what nobody here asked for is ignored',
    plant: onProvider(({ webhooks }) => ({
      webhooks: { ...webhooks, read: (body) => (body.includes('"source":"dashboard"') ? null : webhooks.read(body)) },
    })),
  },
  reference_forgotten: {
    wrong: "the adapter does not tell the provider's own reference: the same refund is discovered twice",
    plant: onProvider(
      withRead((outcome) => ('providerReference' in outcome ? { ...outcome, providerReference: null } : outcome)),
    ),
  },
  eventual_inquiry_trusted: {
    wrong: 'an inquiry that may not find what is there counts as proof of absence',
    plant: onProvider(({ inquiry }) => (inquiry.kind === 'none' ? {} : { inquiry: { ...inquiry, kind: 'strong' } })),
  },
  absence_proven_too_early: {
    wrong: 'an inquiry proves absence without waiting for what may still be on its way',
    plant: {
      account: ({ provider, account }) => ({
        provider,
        account: { ...account, timing: { ...account.timing, propagationMs: -60_000 } },
      }),
    },
  },
  partial_approval_as_whole: {
    wrong: 'an approval of less than was asked counts as one of all',
    plant: onProvider(
      withRead((outcome, asked) =>
        outcome.outcome === 'succeeded' && outcome.amountMinor !== null && outcome.amountMinor < asked
          ? { ...outcome, amountMinor: asked }
          : outcome,
      ),
    ),
  },
};

function sure(outcome: Outcome): Outcome {
  return outcome.outcome === 'unknown' ? { ...REJECTED, ...NOTHING_SEEN } : outcome;
}

/** The same mistake wherever the provider's word comes from: replies, inquiries, webhooks. */
function withRead(change: (outcome: Outcome, asked: bigint) => Outcome) {
  return ({ read, inquiry, webhooks }: Provider): Partial<Provider> => ({
    read: (operation, response: ProviderResponse) => change(read(operation, response), operation.amountMinor),
    inquiry:
      inquiry.kind === 'none'
        ? {
            ...inquiry,
            readResent: (operation, response) => change(inquiry.readResent(operation, response), operation.amountMinor),
          }
        : {
            ...inquiry,
            read: (operation, response) => {
              const outcome = inquiry.read(operation, response);
              return outcome.outcome === 'not_found' || outcome.outcome === 'more'
                ? outcome
                : change(outcome, operation.amountMinor);
            },
          },
    webhooks: {
      ...webhooks,
      read: (body) => {
        const notice = webhooks.read(body);
        return typeof notice !== 'object' || notice === null
          ? notice
          : { ...notice, outcome: change(notice.outcome, 0n) };
      },
    },
  });
}
