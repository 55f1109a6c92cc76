import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { ROOT } from '../support/childProcess.ts';
import { temporaryFolder } from '../support/folder.ts';
import { startServer } from '../support/server.ts';
import { blocksOf, difference, jsonsIn } from './page.ts';
import { openShell } from './shell.ts';

/** What a page says is typed in another shell, and runs until it is stopped: the server under test is the one that runs. */
const RUNS_ON = /(?:^|\s)npm (?:start|run (?:simulator|demo))(?:\s|$)/;
const PAGE_TIMEOUT_MS = 180_000;
const DOCUMENTED_URL = 'http://127.0.0.1:8080';

for (const page of ['README.md', 'docs/start.md', ...globSync('docs/how-to/*.md', { cwd: ROOT })].sort()) {
  test(`${page}: every command runs, and answers what the page says`, { timeout: PAGE_TIMEOUT_MS }, async (t) => {
    await follow(t, page);
  });
}

async function follow(t: TestContext, page: string): Promise<void> {
  const folder = temporaryFolder();
  await using server = await startServer({ folder, simulatorUrl: null });
  const shell = openShell({ FLORIN_DATA: folder, PORT: new URL(server.url).port });
  t.after(shell.close);
  let answers = jsonsIn((await shell.run(pastedFrom(server.child().output()))).output);
  for (const { kind, text, line } of blocksOf(readFileSync(join(ROOT, page), 'utf8'))) {
    if (kind === 'commands') {
      if (RUNS_ON.test(text)) continue;
      const { code, output } = await shell.run(hereAndNow(text, { url: server.url, folder }));
      assert.equal(code, 0, `${page}:${line} ended with ${code}:\n${text}\n${output}`);
      answers = jsonsIn(output);
      continue;
    }
    for (const said of jsonsIn(text)) {
      const differences = answers.map((answer) => difference(said, answer));
      const place = differences.indexOf(null);
      assert.notEqual(
        place,
        -1,
        `${page}:${line} is not what came:\n${differences.join('\n')}\n${JSON.stringify(answers)}`,
      );
      answers = answers.slice(place + 1);
    }
  }
}

/** What the server prints to be pasted. */
function pastedFrom(printed: string): string {
  return /^ {2}TOKEN=[\s\S]*?(?=\n\n)/m.exec(printed)?.[0] ?? '';
}

function hereAndNow(commands: string, { url, folder }: { url: string; folder: string }): string {
  return commands.replaceAll(DOCUMENTED_URL, url).replaceAll('./.florin/', `${folder}/`);
}

test('the reader of a page finds what differs', () => {
  const answer = {
    id: 'pay_abcdefgh',
    n: 1,
    at: '2026-01-02T03:04:05.678Z',
    list: [{ a: 1 }, { a: 2 }],
    text: 'a b c',
  };
  const same = (said: object) => difference(said, answer);
  assert.equal(same({ id: 'pay_zzzzzzzz', '…': '…' }), null);
  assert.match(same({ id: 'op_zzzzzzzz', '…': '…' }) ?? '', /\/id/);
  assert.match(same({ id: 'pay_zzzzzzzz' }) ?? '', /\/n is not on the page/);
  assert.match(same({ n: 2, '…': '…' }) ?? '', /\/n: 1, not 2/);
  assert.equal(same({ at: '2020-01-01T00:00:00.000Z', text: 'a…c', list: [{ a: 1 }, '…'], '…': '…' }), null);
  assert.match(same({ list: [{ a: 1 }], '…': '…' }) ?? '', /\/list: 2 items, not 1/);
  assert.match(same({ missing: null, '…': '…' }) ?? '', /\/missing/);
  assert.deepEqual(jsonsIn('x {"a":"}"} y [1,{"b":2}] {broken}'), [{ a: '}' }, [1, { b: 2 }]]);
});
