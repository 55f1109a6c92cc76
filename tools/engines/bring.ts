import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Tools } from './needs.ts';

const BRING_TIMEOUT_MS = 10 * 60_000;
const TAIL_CHARACTERS = 2000;

/** Runs a program to its end. Throws with the end of what it said when that isn't 0. */
export async function run(
  file: string,
  args: readonly string[],
  options: { cwd: string; env?: object },
): Promise<void> {
  const child = spawn(file, args, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: BRING_TIMEOUT_MS,
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString('utf8')).slice(-TAIL_CHARACTERS);
    });
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`${path.basename(file)} ${args.join(' ')} failed:\n${said}`);
}

/** A virtual environment of its own with one package. */
export async function bringFromPip(folder: string, { python }: Tools, requirement: string): Promise<void> {
  await run(python, ['-m', 'venv', folder], { cwd: folder });
  await run(pythonIn(folder), ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', requirement], {
    cwd: folder,
  });
}

export function pythonIn(folder: string): string {
  return path.join(folder, 'bin', 'python');
}

export type Artifact = { groupId: string; artifactId: string; version: string };

/** Jars with all they depend on, into `lib`. */
export async function bringJars(folder: string, { maven }: Tools, artifacts: readonly Artifact[]): Promise<void> {
  const dependencies = artifacts.map(
    ({ groupId, artifactId, version }) =>
      `<dependency><groupId>${groupId}</groupId><artifactId>${artifactId}</artifactId><version>${version}</version></dependency>`,
  );
  writeFileSync(
    path.join(folder, 'pom.xml'),
    `<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>florin</groupId><artifactId>engines</artifactId><version>1</version>
<dependencies>${dependencies.join('')}</dependencies></project>\n`,
  );
  await run(maven, ['-q', '-B', 'dependency:copy-dependencies', `-DoutputDirectory=${path.join(folder, 'lib')}`], {
    cwd: folder,
  });
}

/** One file as it is, into the folder. `coordinates`: group:artifact:version:type:classifier. */
export async function bringFile(folder: string, { maven }: Tools, coordinates: string): Promise<void> {
  await run(maven, ['-q', '-B', 'dependency:copy', `-Dartifact=${coordinates}`, `-DoutputDirectory=${folder}`], {
    cwd: folder,
  });
}

/** The program that a Go package is. */
export async function bringFromGo(folder: string, { go }: Tools, packageAt: string): Promise<void> {
  await run(go, ['install', packageAt], { cwd: folder, env: { GOBIN: folder, GOFLAGS: '-buildvcs=false' } });
}
