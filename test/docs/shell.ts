import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { ROOT } from '../support/childProcess.ts';

const RUN_TIMEOUT_MS = 60_000;
const MARK = '--- end of the block:';

export type Ran = { code: number; output: string };

/** One shell for a whole page, as a reader has: what a block sets, the next one knows. */
export function openShell(env: Readonly<Record<string, string>>) {
  const child = spawn('bash', ['--noprofile', '--norc'], {
    cwd: ROOT,
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8');
    stream.on('data', (text: string) => {
      output += text;
    });
  }

  async function run(commands: string): Promise<Ran> {
    output = '';
    child.stdin.write(`${commands}\necho "${MARK} $?"\n`);
    const late = performance.now() + RUN_TIMEOUT_MS;
    for (;;) {
      const end = output.indexOf(MARK);
      const code = end === -1 ? null : /^ (\d+)\n/.exec(output.slice(end + MARK.length))?.[1];
      if (code !== null && code !== undefined) return { code: Number(code), output: output.slice(0, end) };
      if (performance.now() > late || child.exitCode !== null)
        throw new Error(`it did not end:\n${commands}\n${output}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  return {
    run,
    close: async () => {
      child.stdin.end();
      if (child.exitCode === null) await once(child, 'exit');
    },
  };
}
