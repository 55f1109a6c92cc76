import { createHash } from 'node:crypto';

/** The root of an empty tree. */
const EMPTY = digest(Buffer.alloc(0));
const LEAF = Buffer.of(0);
const NODE = Buffer.of(1);

/**
 * The Merkle tree hash of RFC 6962, 2.1: leaves and nodes are hashed with different prefixes, so that neither can pass for the other. An odd
 * node is carried up as it is.
 */
export function merkleRoot(leaves: readonly string[]): string {
  let level = leaves.map((leaf) => digest(LEAF, Buffer.from(leaf)));
  while (level.length > 1) level = pairs(level);
  return (level[0] ?? EMPTY).toString('base64url');
}

function pairs(level: readonly Buffer[]): Buffer[] {
  const above: Buffer[] = [];
  for (let index = 0; index < level.length; index += 2) {
    const [left, right] = [level[index], level[index + 1]];
    if (left !== undefined) above.push(right === undefined ? left : digest(NODE, left, right));
  }
  return above;
}

function digest(...parts: readonly Buffer[]): Buffer {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
}
