import type { Double } from '../subject.ts';

/** The provider's HTTP with books of its own: keys, amounts, statuses, lists, events. Written from its documentation. */
export function createTemplateDouble(_now: () => number): Promise<Double> {
  return Promise.reject(new Error('there is no double of its HTTP yet'));
}
