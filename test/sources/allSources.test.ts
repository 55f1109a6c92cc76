import assert from 'node:assert/strict';
import { globSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';

// The runner measures only what was loaded: a source that no test imports would not count as uncovered.
test('every source of core and providers loads, and so counts in the coverage', async () => {
  const root = path.resolve(import.meta.dirname, '../..');
  const files = globSync('src/{core,providers}/**/*.ts', { cwd: root, exclude: ['**/*.test.ts'] });
  assert.ok(files.length > 0, 'no sources found');
  const loads = files.map((file) => import(pathToFileURL(path.join(root, file)).href));
  const failed = (await Promise.allSettled(loads)).flatMap((load, index) =>
    load.status === 'rejected' ? [`${files[index]}: ${load.reason}`] : [],
  );
  assert.deepEqual(failed, []);
});
