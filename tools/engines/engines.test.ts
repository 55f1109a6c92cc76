import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test, { type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { ensureInstalled, missingFor } from './cache.ts';
import { ENGINES, isEngineName } from './catalog.ts';
import { type Engine, portOf } from './engine.ts';
import { accepts, answers } from './health.ts';
import { findTools } from './needs.ts';
import { logOf, startServer } from './start.ts';

const NOTHING = { python: null, java: null, java21: null, maven: null, go: null };

/** A server that this very Node is: says where it listens, answers 200. */
function fakeEngine(script: string, installs: { count: number }): Engine {
  return {
    name: 'fake',
    version: '1',
    what: 'a server of the test',
    needs: [],
    install: async (folder) => {
      installs.count += 1;
      await sleep(50);
      writeFileSync(path.join(folder, 'server.mjs'), script);
    },
    server: {
      ports: ['http'],
      prepare: async ({ folder }) => writeFileSync(path.join(folder, 'prepared'), ''),
      command: ({ installed, ports }) => ({
        file: process.execPath,
        args: [path.join(installed, 'server.mjs'), String(portOf(ports, 'http'))],
      }),
      isHealthy: ({ ports }) => answers(`http://127.0.0.1:${portOf(ports, 'http')}/`),
      endpoints: (ports) => ({ FAKE_URL: `http://127.0.0.1:${portOf(ports, 'http')}` }),
    },
  };
}

const SERVES = `import { createServer } from 'node:http';
createServer((_, response) => response.end('here')).listen(Number(process.argv[2]), '127.0.0.1');`;

function folderFor(t: TestContext): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'florin-engines-'));
  const before = process.env['FLORIN_ENGINES'];
  process.env['FLORIN_ENGINES'] = path.join(folder, 'cache');
  t.after(() => {
    if (before === undefined) delete process.env['FLORIN_ENGINES'];
    else process.env['FLORIN_ENGINES'] = before;
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}

test('an engine is brought once, however many ask at the same time', async (t) => {
  folderFor(t);
  const installs = { count: 0 };
  const engine = fakeEngine(SERVES, installs);
  const folders = await Promise.all([1, 2, 3].map(() => ensureInstalled(engine, NOTHING)));
  assert.equal(new Set(folders).size, 1);
  assert.equal(installs.count, 1);
  assert.ok(existsSync(path.join(folders[0] ?? '', 'server.mjs')));
});

test('what was brought in half is brought again', async (t) => {
  folderFor(t);
  const installs = { count: 0 };
  const engine = fakeEngine(SERVES, installs);
  const broken: Engine = { ...engine, install: () => Promise.reject(new Error('the network is down')) };
  await assert.rejects(ensureInstalled(broken, NOTHING), /the network is down/);
  await ensureInstalled(engine, NOTHING);
  assert.equal(installs.count, 1);
});

test('an engine names what the machine lacks', async (t) => {
  folderFor(t);
  assert.deepEqual(missingFor(ENGINES['schema-registry'], NOTHING), ['Java 21 or newer', 'Maven 3.8 or newer']);
  await assert.rejects(ensureInstalled(ENGINES.kafka, NOTHING), /kafka needs Java 17 or newer and Maven 3.8 or newer/);
});

test('a server is prepared once, answers when it is said to be started, and keeps folder and ports', async (t) => {
  const folder = path.join(folderFor(t), 'own');
  const engine = fakeEngine(SERVES, { count: 0 });
  const options = { found: NOTHING, folder, ports: null, detached: false } as const;
  const first = await startServer(engine, options);
  t.after(() => first.child.kill());
  assert.equal(await (await fetch(first.endpoints['FAKE_URL'] ?? '')).text(), 'here');
  first.child.kill();
  while (await accepts(portOf(first.ports, 'http'))) await sleep(10);
  rmSync(path.join(folder, 'prepared'));
  const second = await startServer(engine, { ...options, ports: first.ports });
  t.after(() => second.child.kill());
  assert.deepEqual(second.endpoints, first.endpoints);
  assert.equal(existsSync(path.join(folder, 'prepared')), false);
});

test('a server that ends at once says why', async (t) => {
  const folder = path.join(folderFor(t), 'own');
  const engine = fakeEngine("console.error('no licence'); process.exit(3);", { count: 0 });
  await assert.rejects(
    startServer(engine, { found: NOTHING, folder, ports: null, detached: false }),
    /fake ended after its start:\nno licence/,
  );
  assert.match(readFileSync(logOf(folder), 'utf8'), /no licence/);
});

test('a program counts only with the version that is needed', (t) => {
  const folder = folderFor(t);
  const javaHome = path.join(folder, 'jdk');
  const bin = path.join(javaHome, 'bin');
  const before = process.env['PATH'];
  t.after(() => {
    process.env['PATH'] = before;
  });
  process.env['PATH'] = `${bin}:/usr/bin:/bin`;
  const say = (name: string, text: string) => {
    const file = path.join(bin, name);
    writeFileSync(file, `#!/bin/sh\nprintf '${text}'\n`);
    chmodSync(file, 0o755);
  };
  mkdirSync(bin, { recursive: true });
  say('java', 'openjdk version "17.0.15" 2025-04-15');
  say('mvn', '\\033[1mApache Maven 3.8.7\\033[m');
  say('go', 'go version go1.21.0 linux/amd64');
  const { java, maven, go } = findTools({ JAVA_HOME: javaHome });
  assert.deepEqual([java, maven, go], [path.join(bin, 'java'), 'mvn', null]);
});

test('a name is one of the catalog', () => {
  assert.equal(isEngineName('kafka'), true);
  assert.equal(isEngineName('toString'), false);
});

test('health is what answers below 500', async (t) => {
  let status = 500;
  const server = createServer((_, response) => response.writeHead(status).end()).listen(0, '127.0.0.1');
  t.after(() => server.close());
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as { port: number };
  const url = `http://127.0.0.1:${port}/`;
  assert.equal(await answers(url), false);
  status = 401;
  assert.equal(await answers(url), true);
  assert.equal(await accepts(port), true);
});
