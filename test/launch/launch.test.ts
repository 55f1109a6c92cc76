import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import path from 'node:path';
import { test } from 'node:test';
import { createFakeProject, ended, type FakeProject } from './fakeProject.ts';

const SAYS_WHERE = `
const major: number = Number.parseInt(process.versions.node, 10);
console.log(JSON.stringify({ major, args: process.argv.slice(2), script: process.argv[1] }));
`;
const WAITS = `
process.on('SIGTERM', () => { console.log('goodbye'); process.exit(7); });
setInterval(() => {}, 1000);
console.log(process.pid);
`;

function installed(project: FakeProject): FakeProject {
  project.write('node_modules/.keep', '');
  project.addNode();
  // What npm leaves: as if somebody had run it by hand.
  project.write('node_modules/.package-lock.json', '{ "lockfileVersion": 3, "packages": {} }');
  return project;
}

function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => child.stdout?.once('data', (part) => resolve(String(part).trim())));
}

for (const old of [false, true]) {
  test(`a script runs with its arguments ${old ? 'from an old Node' : 'in the same process'}`, async (t) => {
    const project = installed(createFakeProject(t));
    project.write('scripts/where.ts', SAYS_WHERE);
    const answer = await project.launch(['scripts/where.ts', 'a', '--b'], { old });
    assert.equal(answer.code, 0, answer.errors);
    const said = JSON.parse(answer.out);
    assert.ok(said.major >= 24);
    assert.deepEqual(said.args, ['a', '--b']);
    assert.equal(said.script, path.join(project.folder, 'scripts/where.ts'));
    assert.equal(answer.errors, '');
    assert.deepEqual(project.npmCalls(), []);
  });

  test(`the exit code is the script's ${old ? 'from an old Node' : 'in the same process'}`, async (t) => {
    const project = installed(createFakeProject(t));
    project.write('fails.ts', 'process.exitCode = 5;');
    assert.equal((await project.launch(['fails.ts'], { old })).code, 5);
    project.write('throws.ts', "throw new Error('as planned');");
    const thrown = await project.launch(['throws.ts'], { old });
    assert.equal(thrown.code, 1);
    assert.match(thrown.errors, /as planned/);
  });
}

test('SIGTERM reaches the script, which decides how it ends', async (t) => {
  const project = installed(createFakeProject(t));
  project.write('waits.ts', WAITS);
  const child = project.start(['waits.ts'], { old: true });
  const end = ended(child);
  const pid = Number(await firstLine(child));
  assert.notEqual(pid, child.pid);
  child.kill('SIGTERM');
  const answer = await end;
  assert.equal(answer.code, 7);
  assert.match(answer.out, /goodbye/);
});

test('a script that dies of a signal is reported as such', async (t) => {
  const project = installed(createFakeProject(t));
  project.write('dies.ts', "process.kill(process.pid, 'SIGTERM'); setInterval(() => {}, 1000);");
  const answer = await project.launch(['dies.ts'], { old: true });
  assert.equal(answer.signal, 'SIGTERM');
});

test('kill -9 of the launcher leaves no orphan', { timeout: 10_000 }, async (t) => {
  const project = installed(createFakeProject(t));
  project.write('waits.ts', WAITS);
  const child = project.start(['waits.ts'], { old: true });
  const end = ended(child);
  await firstLine(child);
  child.kill('SIGKILL');
  // The script holds the other end of stdout: the stream ends when the script does.
  assert.match((await end).out, /goodbye/);
});

test("the launcher's channel is not handed to the script's own children", async (t) => {
  const project = installed(createFakeProject(t));
  project.write('grandchild.ts', "console.log('channel', process.send, process.env['NODE_CHANNEL_FD']);");
  project.write(
    'spawns.ts',
    "import { spawnSync } from 'node:child_process';\nspawnSync(process.execPath, ['grandchild.ts'], { stdio: 'inherit' });",
  );
  const answer = await project.launch(['spawns.ts'], { old: true });
  assert.equal(answer.out.trim(), 'channel undefined undefined');
});

test('without a Node that is new enough it says what to install', async (t) => {
  const project = createFakeProject(t);
  project.write('where.ts', SAYS_WHERE);
  const answer = await project.launch(['where.ts'], { old: true });
  assert.equal(answer.code, 1);
  assert.match(answer.errors, /needs Node 24/);
  assert.match(answer.errors, /nodejs\.org/);
  assert.equal(answer.out, '');
});

test('a script that is not there is named', async (t) => {
  const answer = await installed(createFakeProject(t)).launch(['gone.ts'], { old: false });
  assert.equal(answer.code, 1);
  assert.match(answer.errors, /there is no gone\.ts/);
});
