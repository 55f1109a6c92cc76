import type { Violation } from '../engine/violation.ts';
import type { World } from '../world.ts';
import { compareBooks } from './books.ts';
import { checkDerived } from './derived.ts';
import { checkLedger } from './ledger.ts';
import { checkProof } from './proof.ts';
import { checkStatus } from './status.ts';
import { checkWishes } from './terms.ts';
import { checkWaiting } from './waiting.ts';

/** What must hold when nothing goes wrong any more and everything has had its time. */
export async function checkAtRest(world: World): Promise<Violation | null> {
  return (
    compareBooks(world) ??
    checkWaiting(world) ??
    checkWishes(world) ??
    checkStatus(world) ??
    checkDerived(world) ??
    (await checkLedger(world)) ??
    (await checkProof(world))
  );
}
