import { assert } from '#core/kit/assert.ts';
import { isFault } from '#core/kit/fault.ts';
import type { Sealer } from './ports.ts';

export type SealerCase = { name: string; run: (sealer: Sealer) => Promise<void> };

const TEXT = 'whsec_ü';

/** What every Sealer does, whatever it runs on. */
export const SEALER_CONTRACT: readonly SealerCase[] = [
  {
    name: 'what was sealed is opened, and can not be read in what was made of it',
    run: async (sealer) => {
      const sealed = await sealer.seal(TEXT, 'a');
      assert(!sealed.includes('whsec_'), 'the text is hidden');
      assert((await sealer.open(sealed, 'a')).reveal() === TEXT, 'the same text');
    },
  },
  {
    name: 'the same text is sealed differently each time',
    run: async (sealer) => {
      const [one, other] = [await sealer.seal(TEXT, 'a'), await sealer.seal(TEXT, 'a')];
      assert(one !== other, 'nobody sees that two are the same');
    },
  },
  {
    name: 'for another purpose it is not opened',
    run: async (sealer) => {
      const sealed = await sealer.seal(TEXT, 'a');
      assert(await isRefused(sealer.open(sealed, 'b')), 'another purpose');
    },
  },
  {
    name: 'what was changed, cut off or made up is a fault that no retry cures',
    run: async (sealer) => {
      const sealed = await sealer.seal(TEXT, 'a');
      const changed = [...sealed].map(
        (letter, at) => sealed.slice(0, at) + (letter === 'A' ? 'B' : 'A') + sealed.slice(at + 1),
      );
      for (const wrong of [...changed, sealed.slice(0, -1), sealed.slice(0, 8), '', 'v1...', `${sealed}AAAA`])
        assert(await isRefused(sealer.open(wrong, 'a')), `opened ${wrong}`);
    },
  },
];

async function isRefused(opening: Promise<unknown>): Promise<boolean> {
  try {
    await opening;
    return false;
  } catch (fault) {
    return isFault(fault) && !fault.retryable;
  }
}
