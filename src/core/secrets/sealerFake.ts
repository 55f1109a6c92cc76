import { Fault } from '#core/kit/fault.ts';
import { secret } from '#core/kit/secret.ts';
import type { Sealer } from './ports.ts';

/** For tests: hides nothing from anybody but a search, and opens only for the purpose that it was sealed for. */
export function createSealerFake(): Sealer & { opened: () => number } {
  let sealed = 0;
  let opened = 0;
  return {
    seal: async (text, purpose) => {
      sealed += 1;
      return Buffer.from(JSON.stringify([text, purpose, sealed])).toString('base64url');
    },
    open: async (text, purpose) => {
      opened += 1;
      const [content, of] = read(text);
      if (of !== purpose || content === undefined)
        throw new Fault('secret_unreadable', 'not opened', { retryable: false });
      return secret(content);
    },
    opened: () => opened,
  };
}

function read(text: string): readonly string[] {
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString()) as string[];
  } catch {
    return [];
  }
}
