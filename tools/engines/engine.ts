import type { Tools } from './needs.ts';

/** A real program that tests talk to, or that tests something of ours. */
export type Engine = {
  name: string;
  version: string;
  /** For people: what it stands for. */
  what: string;
  needs: readonly (keyof Tools)[];
  /** Brings it into an empty folder of the cache. */
  install: (folder: string, tools: Tools) => Promise<void>;
  /** Null for one that isn't a server. */
  server: EngineServer | null;
};

export type EngineServer = {
  /** Names of the ports it listens on, chosen free; the first is the one that is asked for its health. */
  ports: readonly string[];
  /** What has to be done once in the instance's own, empty folder. */
  prepare?: (at: Place) => Promise<void>;
  command: (at: Place) => Command;
  isHealthy: (at: Place) => Promise<boolean>;
  /** Where tests find it. */
  endpoints: (ports: Ports) => Readonly<Record<string, string>>;
};

export type Ports = Readonly<Record<string, number>>;
export type Place = { installed: string; tools: Tools; folder: string; ports: Ports };
export type Command = { file: string; args: readonly string[]; env?: Readonly<Record<string, string>> };

/** Throws: each engine names its own ports. */
export function portOf(ports: Ports, name: string): number {
  const port = ports[name];
  if (port === undefined) throw new Error(`no port is called ${name}`);
  return port;
}
