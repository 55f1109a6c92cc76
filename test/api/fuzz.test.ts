import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { bringEngine, lacks } from '../support/engines.ts';
import { startApi } from './harness.ts';

/** Each run asks something new, and says by which seed it can be asked again. */
const seed = Math.floor(Math.random() * 2 ** 31);
const EXAMPLES_PER_OPERATION = 30;
/** More than one trip over each other: a race in the way it prints its own source. */
const WORKERS = 1;
const TIMEOUT_MS = 150_000;
const SAID_CHARACTERS_MAX = 24_000;

/*
 * All of its checks but two: a request that the schemas allow may still be refused for what it asks, a payment that isn't
 * there, an amount that is more than what is left, and no schema can say so; and a 404 may be about what the body names.
 */
const EXCLUDED = ['positive_data_acceptance', 'ensure_resource_availability'];

test('whatever /openapi.json allows or forbids is answered as it says, and never with a 500', {
  skip: lacks('schemathesis'),
  timeout: TIMEOUT_MS,
}, async (t) => {
  const folder = await bringEngine('schemathesis');
  const api = await startApi();
  const place = mkdtempSync(join(tmpdir(), 'florin-fuzz-'));
  t.after(async () => {
    await api.stop();
    rmSync(place, { recursive: true, force: true });
  });
  writeFileSync(
    join(place, 'fuzz.toml'),
    configuration({ merchant: await api.tokenFor(), operator: await api.tokenFor('operations:read operations:write') }),
  );
  const args = [
    ...['--config-file', 'fuzz.toml', 'run', `${api.url}/openapi.json`],
    ...['--exclude-checks', EXCLUDED.join(','), '--max-examples', String(EXAMPLES_PER_OPERATION)],
    ...['--seed', String(seed), '--workers', String(WORKERS), '--no-color', '--continue-on-failure'],
  ];
  const child = spawn(join(folder, 'bin', 'st'), args, { cwd: place, stdio: ['ignore', 'pipe', 'pipe'] });
  t.after(() => child.kill('SIGKILL'));
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString('utf8')).slice(-SAID_CHARACTERS_MAX);
    });
  const [code] = await once(child, 'close');
  assert.equal(code, 0, `seed ${seed}:\n${said}`);
  assert.match(said, /Test cases:\s+[\d,]+ generated/, 'it has asked');
});

/** Each path with the token of who may use it; a target that is too long is refused before its parts are looked at. */
function configuration({ merchant, operator }: { merchant: string; operator: string }): string {
  return `headers = { Authorization = "Bearer ${merchant}" }

[checks]
negative_data_rejection.expected-statuses = [400, 401, 403, 404, 405, 406, 409, 413, 414, 415, 422, 431, "5xx"]

[[operations]]
include-tag = "Operations"
headers = { Authorization = "Bearer ${operator}" }
`;
}
