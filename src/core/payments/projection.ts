import type { Payment } from './payment.ts';

/**
 * Something made from payments as they change, at least once each: an index, a schedule. The payments of a batch and the position after
 * it are saved together; a payment whose version is not newer than the one saved changes nothing.
 */
export type PaymentProjection = {
  name: string;
  position: () => number;
  save: (payments: readonly Payment[], position: number) => void | Promise<void>;
};
