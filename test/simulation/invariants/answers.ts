import type { Violation } from '../engine/violation.ts';
import { type Given, print } from '../people/client.ts';
import type { World } from '../world.ts';

const AT_ONCE = 50;
const TIME_MS = 60_000;
const MOMENT_MS = 20;
const NO_LEAP = { dueAt: () => 0, isBehind: () => true };

type Asked = { answer: Given; heard: string | null | 'nothing' };

/** Every answer that was ever given, compared with what the platform says now: as of its version, and to the same request again. */
export async function checkAnswers(world: World, given: readonly Given[]): Promise<Violation | null> {
  for (let from = 0; from < given.length; from += AT_ONCE) {
    const all = given.slice(from, from + AT_ONCE).map((answer) => ask(world, answer));
    const ends = world.scheduler.now() + TIME_MS;
    while (all.some(({ heard }) => heard === 'nothing') && world.scheduler.now() < ends)
      await world.scheduler.runUntil(world.scheduler.now() + MOMENT_MS, NO_LEAP);
    const wrong = all.find(({ heard }) => heard !== null);
    if (wrong === undefined) continue;
    const { about, name } = wrong.answer.request;
    return {
      invariant: 'answers',
      about,
      what: `${name}: ${wrong.heard === 'nothing' ? 'it is not answered again' : wrong.heard}`,
    };
  }
  return null;
}

function ask(world: World, answer: Given): Asked {
  const asked: Asked = { answer, heard: 'nothing' };
  check(world, answer).then(
    (what) => {
      asked.heard = what;
    },
    (error: unknown) => {
      asked.heard = `repeated, it fails: ${String(error)}`;
    },
  );
  return asked;
}

/** Null when it is as it was. */
async function check(world: World, { request, version, operation, payment: id, said }: Given): Promise<string | null> {
  const process = world.anyProcess('answers');
  const merchant = world.watch.histories().get(id)?.versions[0]?.payment.merchant;
  if (process === null || merchant === undefined) return 'there is no such payment';
  const then = await process.platform.readPayments.get(merchant, id, { version });
  if (!then.ok || print(then.value) !== said) return `version ${version} is no longer what was answered`;
  const again = await request.run(process.platform);
  if (!again.ok) return `repeated, it is refused: ${again.error.code}`;
  const isSame = again.value.payment === then.value || print(again.value.payment) === said;
  if (!isSame || (again.value.operation?.n ?? null) !== operation)
    return `repeated, it is answered with version ${again.value.payment.version} and not ${version}`;
  return again.value.replayed ? null : 'repeated, it was done again';
}
