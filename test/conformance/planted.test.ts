import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { Provider } from '#core/provider/port.ts';
import { judge } from './behaviour.ts';
import { BEHAVIOURS } from './kit.ts';
import { PLANTED_IN_READINGS } from './planted/readings.ts';
import { PLANTED_IN_REQUESTS } from './planted/requests.ts';
import { PLANTED_IN_WEBHOOKS } from './planted/webhooks.ts';
import { subject } from './stripe/subject.ts';
import type { Subject } from './subject.ts';

// A kit that finds nothing proves nothing: mistakes that adapters really make, in a real adapter, each found by the behaviour that is named.
const described = subject.description.kind === 'official' ? await subject.description.open() : null;
after(async () => {
  if (described !== null && 'close' in described) await described.close();
});

for (const { name, foundBy, plant } of [...PLANTED_IN_REQUESTS, ...PLANTED_IN_READINGS, ...PLANTED_IN_WEBHOOKS]) {
  test(`found: ${name}`, async (t) => {
    const behaviour = BEHAVIOURS.find((each) => each.name.startsWith(foundBy));
    assert.ok(behaviour !== undefined, `no behaviour begins with "${foundBy}"`);
    const broken: Provider = { ...subject.provider, ...plant(subject.provider) };
    const examined: Subject = { ...subject, provider: broken };
    const verdict = await judge(behaviour, { subject: examined, described });
    if (verdict.kind === 'left_out') t.skip(verdict.why);
    else assert.equal(verdict.kind, 'failed', `${behaviour.name}: not found`);
  });
}
