import { err, type Result } from '#core/kit/result.ts';
import type { PaymentCommand } from './commands.ts';
import { type Histories, latest } from './history.ts';
import type { Answer, ClientRequest, CommandRejection, RunCommand } from './runCommand.ts';

export type ChangePaymentDeps = { histories: Histories; runCommand: RunCommand };

type ClientCommand = Extract<PaymentCommand, { type: 'confirm' | 'capture' | 'cancel' | 'refund' }>;
export type ChangePaymentRequest = Omit<ClientRequest, 'name'> & {
  merchant: string;
  payment: string;
  command: ClientCommand extends infer Command ? (Command extends unknown ? Omit<Command, 'now'> : never) : never;
};

/** Confirm, capture, cancel, refund. The id is never authority: another merchant's payment is not found. */
export function createChangePayment({ histories, runCommand }: ChangePaymentDeps) {
  return async function changePayment({
    merchant,
    payment: id,
    command,
    ...request
  }: ChangePaymentRequest): Promise<Result<Answer, CommandRejection>> {
    const history = await histories.load(id);
    if (latest(history)?.merchant !== merchant) return err({ code: 'payment_not_found' });
    return await runCommand(history, command, { ...request, name: command.type });
  };
}

export type ChangePayment = ReturnType<typeof createChangePayment>;
