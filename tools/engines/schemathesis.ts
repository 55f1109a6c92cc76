import { bringFromPip } from './bring.ts';
import type { Engine } from './engine.ts';
import { VERSIONS } from './versions.ts';

/** Not a server: asks ours whatever its OpenAPI document allows, and what it doesn't. */
export const schemathesis: Engine = {
  name: 'schemathesis',
  version: VERSIONS.schemathesis,
  what: 'property tests of an API from its description',
  needs: ['python'],
  install: (folder, tools) => bringFromPip(folder, tools, `schemathesis==${VERSIONS.schemathesis}`),
  server: null,
};
