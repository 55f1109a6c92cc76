import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';

/** Programs of the machine that engines are brought and run with: a path each, or null. */
export type Tools = { python: string; java: string; java21: string; maven: string; go: string };
export type Found = { readonly [tool in keyof Tools]: string | null };

/** What to say when one is missing. */
export const NEEDED: { readonly [tool in keyof Tools]: string } = {
  python: 'Python 3.10 or newer, with venv',
  java: 'Java 17 or newer',
  java21: 'Java 21 or newer',
  maven: 'Maven 3.8 or newer',
  go: 'Go 1.22 or newer',
};

const JAVA_FOLDERS = ['/usr/lib/jvm', '/Library/Java/JavaVirtualMachines'];

export function findTools(env: NodeJS.ProcessEnv = process.env): Found {
  return {
    python: firstOf(['python3', 'python'], ['--version'], atLeast(3, 10)),
    java: firstOf(javas(env), ['-version'], atLeast(17)),
    java21: firstOf(javas(env), ['-version'], atLeast(21)),
    maven: firstOf(['mvn'], ['-version'], atLeast(3, 8)),
    go: firstOf(['go'], ['version'], atLeast(1, 22)),
  };
}

function javas(env: NodeJS.ProcessEnv): string[] {
  const home = env['JAVA_HOME'];
  const others = JAVA_FOLDERS.filter((folder) => existsSync(folder)).flatMap((folder) =>
    readdirSync(folder).flatMap((name) => [
      path.join(folder, name, 'bin', 'java'),
      path.join(folder, name, 'Contents', 'Home', 'bin', 'java'),
    ]),
  );
  return [...(home === undefined ? [] : [path.join(home, 'bin', 'java')]), 'java', ...others.filter(existsSync)];
}

function firstOf(files: readonly string[], args: readonly string[], isGood: (output: string) => boolean) {
  return (
    files.find((file) => {
      const { status, stdout, stderr } = spawnSync(file, args, { encoding: 'utf8' });
      return status === 0 && isGood(stdout + stderr);
    }) ?? null
  );
}

function atLeast(major: number, minor = 0): (output: string) => boolean {
  return (output) => {
    const [, foundMajor = 0, foundMinor = 0] =
      /(\d+)(?:\.(\d+))?/.exec(stripVTControlCharacters(output))?.map(Number) ?? [];
    return foundMajor > major || (foundMajor === major && foundMinor >= minor);
  };
}
