import assert from 'node:assert/strict';
import { type Behaviour, type Examined, notApplicable, type Verdict } from '../behaviour.ts';
import { EXCHANGE_FAULTS, WEBHOOK_FAULTS } from '../faults.ts';
import { live, type Wrong } from '../life.ts';
import { type Scenario, scenariosOf } from '../scenarios.ts';

const SHOWN_MAX = 12;

export const LIFE: readonly Behaviour[] = [
  {
    name: 'whole lives of payments on a double of its HTTP: the platform ends up knowing what the provider’s books say',
    run: async (examined) => await liveAll(examined, () => [null]),
  },
  {
    name: 'the same with every fault of the simulation’s network and provider, at each exchange',
    run: async (examined) => await liveAll(examined, faultsAt),
  },
  {
    name: 'the same with webhooks early, twice, late, lost, forged, and of another account',
    run: async (examined) => await liveAll(examined, () => WEBHOOK_FAULTS.map((fault) => ({ fault }))),
  },
];

function faultsAt(exchanges: number): readonly Wrong[] {
  return EXCHANGE_FAULTS.flatMap((fault) => Array.from({ length: exchanges }, (_, at) => ({ fault, at })));
}

async function liveAll(
  { subject }: Examined,
  wrongs: (exchanges: number) => readonly Wrong[],
): Promise<Verdict | undefined> {
  const failures: string[] = [];
  let lived = 0;
  for (const scenario of scenariosOf(subject)) {
    const smooth = await attempt(scenario, null);
    for (const wrong of smooth === null ? [] : wrongs(smooth.exchanges)) {
      const done = wrong === null ? smooth : await attempt(scenario, wrong);
      lived += Number(done?.done === true);
    }
  }
  const shown = failures.slice(0, SHOWN_MAX).join('\n');
  assert.ok(failures.length === 0, `${failures.length} payments went wrong:\n${shown}`);
  return lived === 0 ? notApplicable('none of the scenarios can happen at this provider') : undefined;

  async function attempt(scenario: Scenario, wrong: Wrong) {
    if (wrong !== null && subject.faultsNotApplicable?.[wrong.fault] !== undefined) return null;
    try {
      return await live(subject, scenario, wrong);
    } catch (cause) {
      const what = wrong === null ? '' : ` with ${wrong.fault}${'at' in wrong ? ` at exchange ${wrong.at}` : ''}`;
      failures.push(`${scenario.name}${what}: ${(cause as Error).message.split('\n').slice(0, 12).join(' ')}`);
      return null;
    }
  }
}
