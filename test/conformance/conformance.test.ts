import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { judge } from './behaviour.ts';
import { BEHAVIOURS, loadSubject, providerNames } from './kit.ts';

// What every adapter in src/providers must hold, by being there. The same table is printed by `npm run conformance`.
for (const name of providerNames()) {
  const subject = await loadSubject(name);
  if (typeof subject === 'string') {
    test(`${name} can be examined`, () => assert.fail(subject));
    continue;
  }
  describe(name, async () => {
    const described = subject.description.kind === 'none' ? null : await subject.description.open();
    after(async () => {
      if (described !== null && 'close' in described) await described.close();
      await subject.close?.();
    });
    for (const behaviour of BEHAVIOURS) {
      test(behaviour.name, async (t) => {
        const verdict = await judge(behaviour, { subject, described });
        if (verdict.kind === 'left_out') t.skip(`${name}: ${verdict.why}`);
        else if (verdict.kind === 'failed') assert.fail(verdict.why);
      });
    }
  });
}
