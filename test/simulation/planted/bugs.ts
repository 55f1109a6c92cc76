import { ADAPTER_BUGS } from './adapters.ts';
import { CONSUMER_BUGS } from './consumers.ts';
import { SOURCE_EDITS } from './edits.ts';
import { JOURNAL_BUGS } from './journal.ts';
import { NOTHING_PLANTED, type PlantedBugs } from './plant.ts';
import { READING_BUGS } from './reading.ts';
import { SENDING_BUGS } from './sending.ts';
import { USE_CASE_BUGS } from './useCases.ts';
import { WEBHOOK_BUGS } from './webhooks.ts';

/** Every bug that the simulation must find. */
export const PLANTED_BUGS: PlantedBugs = {
  ...SENDING_BUGS,
  ...JOURNAL_BUGS,
  ...READING_BUGS,
  ...ADAPTER_BUGS,
  ...WEBHOOK_BUGS,
  ...CONSUMER_BUGS,
  ...USE_CASE_BUGS,
  // Planted while the platform is loaded: in a thread or a process of their own.
  ...Object.fromEntries(
    Object.entries(SOURCE_EDITS).map(([bug, { wrong }]) => [bug, { wrong, plant: NOTHING_PLANTED }]),
  ),
};
