import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFakeProject, type FakeProject } from './fakeProject.ts';

function withScript(project: FakeProject): FakeProject {
  project.write('hello.ts', "console.log('hello');");
  return project;
}

test('the first launch installs, the second does not, a changed lock does again', async (t) => {
  const project = withScript(createFakeProject(t));
  const first = await project.launch(['hello.ts'], { old: false, env: { NODE_ENV: 'production' } });
  assert.equal(first.code, 0, first.errors);
  assert.equal(first.out, 'hello\n', "npm's words belong on stderr");
  assert.match(first.errors, /npm ci/);
  assert.match(first.errors, /a word of npm/);
  assert.match(project.npmCalls()[0] ?? '', /^ci .*--include=dev .*--include=optional/);

  const second = await project.launch(['hello.ts'], { old: false });
  assert.equal(second.errors, '');
  assert.equal(project.npmCalls().length, 1);

  project.write('package.json', '{ "name": "fake", "version": "1.0.0", "type": "module", "scripts": { "a": "b" } }');
  await project.launch(['hello.ts'], { old: false });
  assert.equal(project.npmCalls().length, 1, 'scripts are no reason to install');

  project.write(
    'package-lock.json',
    '{ "name": "fake", "lockfileVersion": 3, "packages": { "": { "name": "fake" } } }',
  );
  await project.launch(['hello.ts'], { old: false });
  assert.equal(project.npmCalls().length, 2);
});

test('what npm has already installed is left alone', async (t) => {
  const project = withScript(createFakeProject(t));
  const entry = '"node_modules/a": { "version": "1.0.0" }';
  const elsewhere = '"node_modules/b": { "version": "1.0.0", "optional": true, "os": "plan9", "cpu": "x64" }';
  project.write('package-lock.json', `{ "lockfileVersion": 3, "packages": { "": {}, ${entry}, ${elsewhere} } }`);
  project.write('node_modules/.package-lock.json', `{ "lockfileVersion": 3, "packages": { ${entry} } }`);
  await project.launch(['hello.ts'], { old: false });
  assert.deepEqual(project.npmCalls(), []);
  project.write(
    'package-lock.json',
    `{ "lockfileVersion": 3, "packages": { "": {}, ${entry.replace('1.0.0', '2.0.0')} } }`,
  );
  await project.launch(['hello.ts'], { old: false });
  assert.equal(project.npmCalls().length, 1);
});

test('a failed installation stops everything, with its reason', async (t) => {
  const project = withScript(createFakeProject(t));
  project.write('bin/npm', '#!/bin/sh\necho "the registry is away" >&2\nexit 3\n');
  const answer = await project.launch(['hello.ts'], { old: false });
  assert.equal(answer.code, 1);
  assert.equal(answer.out, '');
  assert.match(answer.errors, /the registry is away/);
  assert.match(answer.errors, /npm ci failed \(exit code 3\)/);
});

test('two launches at once install once', async (t) => {
  const project = withScript(createFakeProject(t));
  const answers = await Promise.all([1, 2, 3].map(() => project.launch(['hello.ts'], { old: false })));
  for (const answer of answers) assert.equal(answer.out, 'hello\n', answer.errors);
  assert.equal(project.npmCalls().length, 1);
});

test('the lock of a launch that was killed does not hold up the next', async (t) => {
  const project = withScript(createFakeProject(t));
  const gone = 2 ** 22 + 1; // beyond the largest process id of Linux and macOS
  project.write('.cache/install.lock', String(gone));
  const answer = await project.launch(['hello.ts'], { old: false });
  assert.equal(answer.out, 'hello\n');
  assert.equal(project.npmCalls().length, 1);
  assert.equal(project.has('.cache/install.lock'), false);
});
