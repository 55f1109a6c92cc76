import type { Engine } from './engine.ts';
import { kafka } from './kafka.ts';
import { ministack } from './ministack.ts';
import { schemaRegistry } from './schemaRegistry.ts';
import { schemathesis } from './schemathesis.ts';
import { secantusdb } from './secantusdb.ts';
import { stripeMock } from './stripeMock.ts';

export const ENGINES = {
  ministack,
  kafka,
  secantusdb,
  'schema-registry': schemaRegistry,
  'stripe-mock': stripeMock,
  schemathesis,
} as const satisfies Record<string, Engine>;

export type EngineName = keyof typeof ENGINES;

export function isEngineName(name: string): name is EngineName {
  return Object.hasOwn(ENGINES, name);
}
