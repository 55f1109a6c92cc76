import { writeSync } from 'node:fs';
import { createJsonLog } from '#adapters/system/log.ts';
import { openCommit } from '#core/journal/commit.ts';
import type { Journal } from '#core/journal/ports.ts';
import type { Transport } from '#core/provider/ports.ts';
import { readConfig } from '#entry/local/config.ts';
import { startLocalServer } from '#entry/local/server.ts';
import { welcome } from '#entry/local/welcome.ts';
import type { Ports } from '#entry/platform.ts';

/*
 * The platform with one fault, once, at an exact moment of the payment that FAULT_PAYMENT counts (1, 2, …):
 *
 *   append created+sent ──> send ──> reply ──> append outcome ──> answer
 *   ^before_append      ^after_append     ^after_reply        ^after_outcome      the process dies as by kill -9
 *   ^freeze_before_append ^freeze_before_send                                      it stops, says so, and waits for SIGCONT
 */
type FaultPoint =
  | 'before_append'
  | 'after_append'
  | 'after_reply'
  | 'after_outcome'
  | 'freeze_before_append'
  | 'freeze_before_send';

const point = process.env['FAULT_POINT'] as FaultPoint;
const victim = Number(process.env['FAULT_PAYMENT'] ?? '1');

const STDOUT = 1;
let created = 0;
let victimStream: string | null = null;
let sent = 0;

const server = await startLocalServer({
  config: readConfig(process.env),
  log: createJsonLog((line) => process.stderr.write(line)),
  onFailed: () => process.exit(1),
  wrap: (ports: Ports): Ports => ({
    ...ports,
    journal: faultyJournal(ports.journal),
    transport: faultyTransport(ports.transport),
  }),
});
process.stdout.write(welcome({ ...server, folder: '' }));

function faultyJournal(journal: Journal): Journal {
  return {
    ...journal,
    append: async (commit) => {
      const isCreation = openCommit(commit).events.some((event) => event.type === 'operation.sent');
      if (isCreation) created += 1;
      const isVictim = isCreation && created === victim && victimStream === null;
      if (isVictim) {
        victimStream = commit.stream;
        if (point === 'before_append') die();
        if (point === 'freeze_before_append') freeze();
      }
      const appended = await journal.append(commit);
      if (isVictim && point === 'after_append') die();
      if (!isCreation && commit.stream === victimStream && point === 'after_outcome') die();
      return appended;
    },
  };
}

function faultyTransport(transport: Transport): Transport {
  return async (request, limits) => {
    // Inquiries are GETs.
    if (request.method === 'POST') sent += 1;
    const isVictim = request.method === 'POST' && sent === victim;
    if (isVictim && point === 'freeze_before_send') freeze();
    const result = await transport(request, limits);
    if (isVictim && point === 'after_reply') die();
    return result;
  };
}

function die(): never {
  process.kill(process.pid, 'SIGKILL');
  throw new Error('still alive after SIGKILL');
}

/** Told synchronously: nothing can be said while it stands still. */
function freeze(): void {
  writeSync(STDOUT, 'standing still\n');
  process.kill(process.pid, 'SIGSTOP');
}
