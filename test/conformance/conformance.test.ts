import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { after, describe, test } from 'node:test';
import { ALL_FAULTS } from '../simulation/faultKinds.ts';
import { judge } from './behaviour.ts';
import { EXCHANGE_FAULTS, FAULTS_ELSEWHERE, WEBHOOK_FAULTS } from './faults.ts';
import { BEHAVIOURS, type Judged, loadSubject, providerNames, type Report } from './kit.ts';
import { PROVIDERS_FILE, providersDocument } from './table.ts';

// What every adapter in src/providers must hold, by being there. The same table is printed by `npm run conformance`.
const reports: Report[] = [];

for (const name of providerNames()) {
  const subject = await loadSubject(name);
  if (typeof subject === 'string') {
    test(`${name} can be examined`, () => assert.fail(subject));
    continue;
  }
  const judged: Judged[] = [];
  reports.push({ provider: name, subject, judged });
  describe(name, async () => {
    const described = subject.description.kind === 'none' ? null : await subject.description.open();
    after(async () => {
      if (described !== null && 'close' in described) await described.close();
      await subject.close?.();
    });
    for (const behaviour of BEHAVIOURS) {
      test(`${name}: ${behaviour.name}`, async (t) => {
        const verdict = await judge(behaviour, { subject, described });
        judged.push({ behaviour: behaviour.name, verdict });
        if (verdict.kind === 'left_out') t.skip(verdict.why);
        else if (verdict.kind === 'failed') assert.fail(verdict.why);
      });
    }
  });
}

test('every fault of the simulation is tried on whole lives, or it is said why not', () => {
  const told = [...EXCHANGE_FAULTS, ...WEBHOOK_FAULTS, ...Object.keys(FAULTS_ELSEWHERE)];
  assert.deepEqual(told.sort(), [...ALL_FAULTS].sort());
});

test('docs/reference/providers.md is what was found', (t) => {
  const verdicts = reports.flatMap(({ judged }) => judged.map(({ verdict }) => verdict.kind));
  if (verdicts.includes('left_out')) return t.skip('something was left out above');
  const written = existsSync(PROVIDERS_FILE) ? readFileSync(PROVIDERS_FILE, 'utf8') : '';
  assert.equal(written, providersDocument(reports), 'the page has fallen behind: run `npm run conformance`');
  return undefined;
});
