import { createDice, type Dice } from '../../support/seeded.ts';

/** Dice by name. Each name has a sequence of its own, so that leaving one thing out of a run changes nothing of what happens to the others. */
export type Chance = { of: (name: string, about?: string) => Dice };

export function createChance(seed: number): Chance {
  // Asked for some thousand times a payment: the name in two parts saves joining them each time.
  const known = new Map<string, Map<string, Dice>>();

  function namesakes(name: string): Map<string, Dice> {
    let all = known.get(name);
    if (all === undefined) {
      all = new Map();
      known.set(name, all);
    }
    return all;
  }

  return {
    of: (name, about = '') => {
      const all = namesakes(name);
      let dice = all.get(about);
      if (dice === undefined) {
        dice = createDice(mix(seed, `${name} ${about}`));
        all.set(about, dice);
      }
      return dice;
    },
  };
}

/** FNV-1a over the name, begun with the seed; both halves of the seed count. */
function mix(seed: number, name: string): number {
  let hash = (2_166_136_261 ^ Math.imul(seed >>> 0, 0x9e3779b1) ^ Math.floor(seed / 2 ** 32)) >>> 0;
  for (let at = 0; at < name.length; at += 1) hash = Math.imul(hash ^ name.charCodeAt(at), 16_777_619);
  hash ^= hash >>> 15;
  return Math.imul(hash, 0x85ebca6b) >>> 0;
}
