import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What V8 writes with --cpu-prof; times in microseconds. */
type Profile = {
  nodes: { id: number; callFrame: { functionName: string; url: string; lineNumber: number }; children?: number[] }[];
  samples: number[];
  timeDeltas: number[];
};

export type Share = { name: string; share: number };

export type ProfileSummary = {
  busyMs: number;
  /** Shares of the time in which the process was not idle. */
  modules: readonly Share[];
  functions: readonly Share[];
};

const IDLE = new Set(['(idle)', '(root)']);

/** Self time of the only profile in a folder, by module and by function. */
export function summarizeProfile(folder: string, functionsMax: number): ProfileSummary {
  const file = readdirSync(folder).find((name) => name.endsWith('.cpuprofile'));
  if (file === undefined) throw new Error(`there is no .cpuprofile in ${folder}`);
  const profile = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Profile;
  const frames = new Map(profile.nodes.map((node) => [node.id, node.callFrame]));
  const modules = new Map<string, number>();
  const functions = new Map<string, number>();
  let busyMicros = 0;
  for (const [n, id] of profile.samples.entries()) {
    const frame = frames.get(id);
    const micros = profile.timeDeltas[n] ?? 0;
    if (frame === undefined || IDLE.has(frame.functionName)) continue;
    const module = moduleOf(frame.url, frame.functionName);
    const name = `${module}  ${frame.functionName || '(anonymous)'}${frame.url === '' ? '' : `  ${shortOf(frame.url)}:${frame.lineNumber + 1}`}`;
    busyMicros += micros;
    modules.set(module, (modules.get(module) ?? 0) + micros);
    functions.set(name, (functions.get(name) ?? 0) + micros);
  }
  return {
    busyMs: busyMicros / 1000,
    modules: largest(modules, busyMicros, modules.size),
    functions: largest(functions, busyMicros, functionsMax),
  };
}

function largest(times: ReadonlyMap<string, number>, total: number, max: number): Share[] {
  const sorted = [...times].sort(([, a], [, b]) => b - a).slice(0, max);
  return sorted.map(([name, micros]) => ({ name, share: micros / total }));
}

/** A dependency by its package, our own by the folder under src, Node by its part. */
function moduleOf(url: string, functionName: string): string {
  if (url === '') return functionName.startsWith('(') ? functionName : 'native';
  const dependency = /\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1];
  if (dependency !== undefined) return dependency;
  const own = /\/src\/([^/]+\/[^/]+)/.exec(url)?.[1];
  if (own !== undefined) return `src/${own}`;
  return url.startsWith('node:') ? 'node' : 'other';
}

function shortOf(url: string): string {
  return url.replace(/^file:.*\/node_modules\//, '').replace(/^file:.*\/(?=src\/|bench\/)/, '');
}
