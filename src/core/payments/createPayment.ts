import type { Json } from '#core/kit/canonicalJson.ts';
import { deriveId, type IdSecret } from '#core/kit/id.ts';
import type { Result } from '#core/kit/result.ts';
import type { CreatePayment as CreatePaymentCommand } from './commands.ts';
import { emptyHistory } from './history.ts';
import type { Answer, CommandRejection, RunCommand } from './runCommand.ts';

export type CreatePaymentDeps = {
  runCommand: RunCommand;
  idSecret: IdSecret;
  /** 'local', 'staging', …: the same key in two environments is two payments. */
  environment: string;
};

export type CreatePaymentRequest = Omit<CreatePaymentCommand, 'type' | 'id'> & { idempotencyKey: string; body: Json };

/** Creates a payment and, unless it is to be confirmed later, authorises it. The key is its address: a repeated one finds the same payment. */
export function createCreatePayment({ runCommand, idSecret, environment }: CreatePaymentDeps) {
  return async function createPayment({
    idempotencyKey,
    body,
    ...facts
  }: CreatePaymentRequest): Promise<Result<Answer, CommandRejection>> {
    const id = `pay_${deriveId(idSecret, environment, facts.merchant, idempotencyKey)}`;
    return await runCommand(
      emptyHistory(id),
      { type: 'create', id, ...facts },
      { name: 'create', idempotencyKey, body },
    );
  };
}

export type CreatePayment = ReturnType<typeof createCreatePayment>;
