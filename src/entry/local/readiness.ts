import { LAG_COMMITS_MAX } from '#api/routes/payments.ts';

/** Whether a balancer should send requests here. Whether the process lives is another question: a restart would mend none of these. */
export function createReadiness() {
  let isStorageFailed = false;
  let isStopping = false;

  return {
    storageFailed: (): void => {
      isStorageFailed = true;
    },
    stopping: (): void => {
      isStopping = true;
    },
    /** Why it should get none, in words; empty: it should. */
    reasons: (lag: number): readonly string[] => [
      ...(isStorageFailed ? ['the storage has failed'] : []),
      ...(isStopping ? ['the process is stopping'] : []),
      ...(lag > LAG_COMMITS_MAX ? [`what follows the journal is ${lag} commits behind`] : []),
    ],
  };
}
