import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { OPENAPI_FILE } from './openapiDoc.ts';
import { root } from './processes.ts';

/** The types of the client that test/api/typedClient.test.ts uses: made by a generator that knows nothing of us. */
export const TYPES_FILE = path.join(root, 'test/client/florin.d.ts');

/**
 * Not among the dependencies: it brings a compiler of its own, 44 MB for each user. What it makes is committed, with the hash of what it
 * was made from.
 */
const GENERATOR = 'openapi-typescript@7.13.0';
const TIMEOUT_MS = 120_000;

/** Runs the generator, which npm brings from its registry. Throws when it can't be run, or refuses the document. */
export function generateTypes(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'florin-openapi-'));
  const made = path.join(folder, 'florin.d.ts');
  try {
    const args = ['--yes', '--prefix', folder, GENERATOR, OPENAPI_FILE, '-o', made, '--default-non-nullable=false'];
    const { status, stderr, error } = spawnSync('npx', args, { cwd: folder, encoding: 'utf8', timeout: TIMEOUT_MS });
    if (status !== 0) throw new Error(`${GENERATOR} could not be run: ${error?.message ?? stderr}`);
    return `${headOf()}\n${readFileSync(made, 'utf8')}`;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export function writeTypes(): void {
  writeFileSync(TYPES_FILE, generateTypes());
}

/** Null when the types were made from the committed document. */
export function findTypesDrift(): string | null {
  const [head] = existsSync(TYPES_FILE) ? readFileSync(TYPES_FILE, 'utf8').split('\n', 1) : [];
  return head === headOf() ? null : 'test/client/florin.d.ts was made from another openapi.json. Run npm run openapi';
}

function headOf(): string {
  const hash = createHash('sha256').update(readFileSync(OPENAPI_FILE)).digest('hex');
  return `// Made by \`npm run openapi\` from docs/reference/openapi.json, SHA-256 ${hash}.`;
}
