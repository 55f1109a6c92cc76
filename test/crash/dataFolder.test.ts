import assert from 'node:assert/strict';
import { cpSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { createApiClient } from '../support/apiClient.ts';
import { temporaryFolder } from '../support/folder.ts';
import { startRefused, startServer } from '../support/server.ts';
import { FORGETFUL, type RunningSimulator, startSimulator } from '../support/simulator.ts';
import { until } from '../support/until.ts';
import {
  copyOf,
  hashesOf,
  makeSamples,
  overwrite,
  overwriteMiddle,
  replaceBytes,
  type Samples,
  setUserVersion,
  writeForeignDatabase,
} from './dataFolder.ts';

type Refusal = {
  name: string;
  of: 'stopped' | 'killed';
  damage: (file: (name: string) => string) => void;
  message: RegExp;
};

const AT_ONCE = 3;
const REBUILT_TIMEOUT_MS = 10_000;
const JOURNAL = 'journal.sqlite';
const DERIVED = 'derived.sqlite';
const SECRETS = 'secrets.json';

let simulator: RunningSimulator;
let samples: Samples;

before(async () => {
  simulator = await startSimulator(FORGETFUL);
  samples = await makeSamples(simulator.url);
});
after(() => simulator[Symbol.asyncDispose]());

const REFUSALS: readonly Refusal[] = [
  {
    name: 'journal: header overwritten',
    of: 'stopped',
    damage: (file) => overwrite(file(JOURNAL), 0, 100),
    message: /not a database of this platform/,
  },
  {
    name: 'journal: header overwritten after its first words',
    of: 'stopped',
    damage: (file) => overwrite(file(JOURNAL), 16, 84),
    message: /damaged|another program/,
  },
  {
    name: 'journal: a page in the middle overwritten',
    of: 'stopped',
    damage: (file) => overwriteMiddle(file(JOURNAL)),
    message: /damaged/,
  },
  {
    name: 'journal: a page in the middle overwritten, after kill -9',
    of: 'killed',
    damage: (file) => overwriteMiddle(file(JOURNAL)),
    message: /damaged/,
  },
  {
    name: 'journal: cut off in the middle',
    of: 'stopped',
    damage: (file) => truncateSync(file(JOURNAL), 40_960),
    message: /damaged/,
  },
  { name: 'journal: emptied', of: 'stopped', damage: (file) => truncateSync(file(JOURNAL), 0), message: /Restore/ },
  {
    name: 'journal: a text file',
    of: 'stopped',
    damage: (file) => writeFileSync(file(JOURNAL), 'Dear diary, today'),
    message: /not a database of this platform/,
  },
  {
    name: "journal: another program's database",
    of: 'stopped',
    damage: (file) => writeForeignDatabase(file(JOURNAL), { unfinished: false }),
    message: /another program/,
  },
  {
    name: "journal: another program's database that was not closed",
    of: 'stopped',
    damage: (file) => writeForeignDatabase(file(JOURNAL), { unfinished: true }),
    message: /another program/,
  },
  {
    name: 'journal: of a later version',
    of: 'stopped',
    damage: (file) => setUserVersion(file(JOURNAL), 99),
    message: /schema version 99/,
  },
  { name: 'journal: deleted', of: 'stopped', damage: (file) => rmSync(file(JOURNAL)), message: /no journal\.sqlite/ },
  {
    name: 'journal: an older copy, so that derived is ahead',
    of: 'stopped',
    damage: (file) => cpSync(samples.olderJournal, file(JOURNAL)),
    message: /has lost some/,
  },
  {
    name: 'journal: its write-ahead log lost after kill -9',
    of: 'killed',
    damage: (file) => rmSync(file(`${JOURNAL}-wal`)),
    message: /has lost some/,
  },
  {
    name: 'journal: an older copy beside the write-ahead log of a newer one',
    of: 'killed',
    damage: (file) => cpSync(samples.olderJournal, file(JOURNAL)),
    message: /damaged|has lost some/,
  },
  {
    name: 'derived: a page in the middle overwritten',
    of: 'stopped',
    damage: (file) => overwriteMiddle(file(DERIVED)),
    message: /damaged/,
  },
  {
    name: 'derived: a text file',
    of: 'stopped',
    damage: (file) => writeFileSync(file(DERIVED), 'Dear diary, today'),
    message: /not a database of this platform/,
  },
  {
    name: "derived: another program's database",
    of: 'stopped',
    damage: (file) => writeForeignDatabase(file(DERIVED), { unfinished: false }),
    message: /another program/,
  },
  {
    name: 'derived: made from another journal',
    of: 'stopped',
    damage: (file) => cpSync(join(samples.other, DERIVED), file(DERIVED)),
    message: /made from another journal/,
  },
  { name: 'secrets: deleted', of: 'stopped', damage: (file) => rmSync(file(SECRETS)), message: /no secrets\.json/ },
  {
    name: 'secrets: of another installation',
    of: 'stopped',
    damage: (file) => cpSync(join(samples.other, SECRETS), file(SECRETS)),
    message: /another id secret/,
  },
  {
    name: 'secrets: of another installation, after kill -9',
    of: 'killed',
    damage: (file) => cpSync(join(samples.other, SECRETS), file(SECRETS)),
    message: /another id secret/,
  },
  {
    name: 'secrets: half a file',
    of: 'stopped',
    damage: (file) => truncateSync(file(SECRETS), 50),
    message: /not what this platform wrote/,
  },
];

describe('a data folder that is not as it was left is refused and stays as it is', { concurrency: AT_ONCE }, () => {
  for (const { name, of, damage, message } of REFUSALS) {
    test(name, async () => {
      const folder = copyOf(samples[of]);
      damage((file) => join(folder, file));
      const before = hashesOf(folder);
      const { code, output } = await startRefused({ folder, simulatorUrl: simulator.url });
      assert.equal(code, 1, `it ended with ${code}:\n${output}`);
      assert.match(output, message);
      assert.match(output, /^florin: .+$/m);
      assert.doesNotMatch(output, /^\s+at /m, 'one sentence, no stack');
      assert.deepEqual(hashesOf(folder), before, 'no byte was changed');
    });
  }

  test('derived: deleted; it is made again and the list is the same', async () => {
    const folder = copyOf(samples.stopped);
    rmSync(join(folder, DERIVED));
    await using server = await startServer({ folder, simulatorUrl: simulator.url });
    await using client = await createApiClient(server);
    const listed = await until(
      'the list is whole again',
      async () => wholeList(await client.listAll()),
      REBUILT_TIMEOUT_MS,
    );
    assert.deepEqual(listed, samples.payments);
  });

  test('a second server on the same folder is refused, and the first goes on', async () => {
    const folder = temporaryFolder();
    await using server = await startServer({ folder, simulatorUrl: simulator.url });
    await using client = await createApiClient(server);
    assert.equal((await client.pay({ key: 'one', amount: 100, token: 'tok_approved' })).status, 201);
    const { code, output } = await startRefused({ folder, simulatorUrl: simulator.url });
    assert.equal(code, 1);
    assert.match(output, /^florin: another process is running on /m);
    assert.equal((await client.pay({ key: 'two', amount: 100, token: 'tok_approved' })).status, 201);
    await until('both are listed', async () => (await client.listAll()).length === 2, REBUILT_TIMEOUT_MS);
    assert.equal((await server.stop()).code, 0);
  });

  test('journal: an amount changed in place, in a database that is still good, is not served as true', async () => {
    const folder = copyOf(samples.stopped);
    assert.ok(
      replaceBytes(join(folder, JOURNAL), '"amountMinor":101,', '"amountMinor":901,') > 0,
      'the sample holds that amount',
    );
    await using server = await startServer({ folder, simulatorUrl: simulator.url });
    await using client = await createApiClient(server);
    const id = samples.payments.find((payment) => payment.amount === 101)?.id;
    const { status, body } = await client.call<{ amount?: number }>('GET', `/v1/payments/${id}`);
    assert.notEqual(body.amount, 901, `it answers ${status} with an amount that nobody paid`);
  });
});

function wholeList<Item>(listed: Item[]): Item[] | null {
  return listed.length === samples.payments.length ? listed : null;
}
