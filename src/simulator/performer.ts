import type { Books } from './books.ts';
import type { Charging } from './charging.ts';
import type { Moment } from './moments.ts';
import type { Operating } from './operating.ts';

/** Does what was to happen by itself. What has become impossible meanwhile does not happen. */
export function createPerformer(deps: { books: Books; charging: Charging; operating: Operating }) {
  const { books, charging, operating } = deps;
  return (moment: Moment) => {
    const record = books.find(moment.charge);
    if (record === null) return;
    switch (moment.kind) {
      case 'settle':
        return charging.settle(record, 'pending');
      case 'late_success':
        return charging.settle(record, 'declined');
      case 'dashboard_refund': {
        const left = record.charge.amountCaptured - record.charge.amountRefunded;
        if (left > 0n) operating.refund(record, { reference: null, amount: left, source: 'dashboard' });
        return;
      }
      case 'refund_reversal':
        if (moment.operation !== null) operating.takeBack(record, moment.operation);
        return;
      default:
        return moment.kind satisfies never;
    }
  };
}
