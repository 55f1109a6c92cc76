import { createDice, type Dice } from '../../support/seeded.ts';

/** Dice by name. Each name has a sequence of its own, so that leaving one thing out of a run changes nothing of what happens to the others. */
export type Chance = { of: (name: string) => Dice };

export function createChance(seed: number): Chance {
  const known = new Map<string, Dice>();
  return {
    of: (name) => {
      let dice = known.get(name);
      if (dice === undefined) {
        dice = createDice(mix(seed, name));
        known.set(name, dice);
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
