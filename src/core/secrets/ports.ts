import type { Secret } from '#core/kit/secret.ts';

/**
 * Keeps credentials that have to be read again (what only has to be compared is hashed): sealed, they can lie in a document or a backup.
 * `purpose` says whose it is, `webhook_endpoints/mer_1/whe_…`: what was sealed for one purpose is not opened for another.
 */
export type Sealer = {
  seal: (text: string, purpose: string) => Promise<string>;
  /** Throws a Fault when it was sealed with a key that is gone, for another purpose, or was changed. */
  open: (sealed: string, purpose: string) => Promise<Secret>;
};
