/** Seeds that once found a bug of ours, with what it was. Each is run for ever. */
export const REGRESSIONS: Readonly<Record<string, { seed: number; was: string }>> = {
  'evidence-of-an-inquiry': {
    seed: 18,
    was: 'what an inquiry did not find ended an operation that the provider had told us of',
  },
  'schedule-after-a-pursuit': {
    seed: 20,
    was: 'a payment that was pursued waited for its retry though its next step was due before',
  },
};
