import { createHash } from 'node:crypto';
import { type Client, CONNECTIONS } from './client.ts';
import { type Counted, STORIES } from './stories.ts';

export type Visited = {
  /** What nobody should ever get as an answer, a sentence each. */
  wrong: string[];
  counts: ReadonlyMap<Counted, number>;
  tookMs: number;
};

const CURRENCIES = ['EUR', 'EUR', 'EUR', 'USD', 'USD', 'GBP', 'JPY', 'KWD'];
const AMOUNT_MIN = 100;
const AMOUNT_SPAN = 50_000;
const WEIGHTS = STORIES.reduce((sum, { weight }) => sum + weight, 0);

type VisitOptions = { client: Client; payments: number; seed: number; run: string; onDone: () => void };

/** Lets so many customers in, a few dozen at a time. */
export async function letIn({ client, payments, seed, run, onDone }: VisitOptions): Promise<Visited> {
  const began = performance.now();
  const wrong: string[] = [];
  const counts = new Map<Counted, number>();
  let next = 0;

  async function visit(n: number): Promise<void> {
    const chance = chances(`${seed}/${n}`);
    const story = pick(chance(0));
    try {
      await story.run({
        client,
        run,
        key: (what) => `${run}-${n}-${what}`,
        amount: AMOUNT_MIN + (chance(4) % AMOUNT_SPAN),
        currency: CURRENCIES[chance(8) % CURRENCIES.length] ?? 'EUR',
        wrong: (what) => wrong.push(`${story.name}: ${what}`),
        count: (what) => counts.set(what, (counts.get(what) ?? 0) + 1),
      });
    } catch (error) {
      wrong.push(`${story.name}: ${(error as Error).message}`);
    }
    onDone();
  }

  const visitors = Array.from({ length: CONNECTIONS }, async () => {
    while (next < payments) await visit(next++);
  });
  await Promise.all(visitors);
  return { wrong, counts, tookMs: performance.now() - began };
}

/** Bytes that are the same for the same text, four at a time as a number. */
function chances(text: string): (offset: number) => number {
  const bytes = createHash('sha256').update(text).digest();
  return (offset) => bytes.readUInt32BE(offset);
}

function pick(chance: number) {
  let left = chance % WEIGHTS;
  const found = STORIES.find(({ weight }) => {
    left -= weight;
    return left < 0;
  });
  if (found === undefined) throw new Error('no story has this weight');
  return found;
}
