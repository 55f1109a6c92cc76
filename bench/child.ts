import { pathToFileURL } from 'node:url';

/** A process of the bench that has lost its parent gets this long to end by itself. */
const GOODBYE_MS = 5000;

/*
 * Runs an entry as it is, and tells over the channel what it has used so far. Asked this way the figures are the
 * process's own on every platform, and asking costs nothing while a round runs.
 */
const entry = process.argv[2];
if (entry === undefined || process.send === undefined) throw new Error('child.ts is started by the bench only');
process.on('message', (message: { type?: unknown }) => {
  if (message.type !== 'usage') return;
  const { user, system } = process.cpuUsage();
  process.send?.({ type: 'usage', cpuMicros: user + system, rssBytes: process.memoryUsage.rss() });
});
process.once('disconnect', () => {
  setTimeout(() => process.exit(1), GOODBYE_MS).unref();
  process.kill(process.pid, 'SIGTERM');
});
process.argv.splice(1, 2, entry);
await import(pathToFileURL(entry).href);
