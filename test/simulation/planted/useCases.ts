import type { Result } from '#core/kit/result.ts';
import type { Answer, CommandRejection } from '#core/payments/runCommand.ts';
import type { Platform } from '../instance/instances.ts';
import type { PlantedBugs } from './plant.ts';

/** Bugs in what clients are answered. */
export const USE_CASE_BUGS: PlantedBugs = {
  replay_answers_with_the_newest: {
    wrong: 'a repeated request is answered with the payment as it is now',
    plant: {
      platform: (platform) => ({
        ...platform,
        createPayment: withNewest(platform, platform.createPayment),
        changePayment: withNewest(platform, platform.changePayment),
      }),
    },
  },
  body_not_compared: {
    wrong: 'a key that comes again with another body gets the answer of the first',
    plant: {
      platform: (platform) => ({
        ...platform,
        createPayment: (request) => platform.createPayment({ ...request, body: {} }),
      }),
    },
  },
  key_not_kept: {
    wrong: 'a repeated capture or refund is done again',
    plant: {
      platform: (platform) => {
        let calls = 0;
        const change: Platform['changePayment'] = (request) => {
          calls += 1;
          return platform.changePayment({ ...request, idempotencyKey: `${request.idempotencyKey} ${calls}` });
        };
        return { ...platform, changePayment: change };
      },
    },
  },
  partial_approvals_allowed: {
    wrong: 'what the merchant said about partial approvals is not passed on',
    plant: {
      platform: (platform) => ({
        ...platform,
        createPayment: (request) => platform.createPayment({ ...request, allowPartial: true }),
      }),
    },
  },
  merchant_not_checked: {
    wrong: "whoever knows a payment's id may change it",
    plant: {
      platform: (platform, { world }) => ({
        ...platform,
        changePayment: (request) => {
          const owner = world.watch.histories().get(request.payment)?.versions[0]?.payment.merchant;
          return platform.changePayment({ ...request, merchant: owner ?? request.merchant });
        },
      }),
    },
  },
};

/** Whatever the answer was, with the payment as it is by now. */
function withNewest<Request extends { merchant: string }>(
  platform: Platform,
  use: (request: Request) => Promise<Result<Answer, CommandRejection>>,
) {
  return async (request: Request): Promise<Result<Answer, CommandRejection>> => {
    const result = await use(request);
    if (!result.ok || !result.value.replayed) return result;
    const newest = await platform.readPayments.get(request.merchant, result.value.payment.id);
    return newest.ok ? { ok: true, value: { ...result.value, payment: newest.value } } : result;
  };
}
