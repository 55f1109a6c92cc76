import path from 'node:path';
import { bringFile, run } from './bring.ts';
import { type Engine, portOf } from './engine.ts';
import { answers } from './health.ts';
import { VERSIONS } from './versions.ts';

const BASE_PATH = '/apis/ccompat/v7';
const ARCHIVE = `apicurio-registry-app-${VERSIONS.apicurio}-all.tar.gz`;

/** Speaks the REST API of Confluent's registry. */
export const schemaRegistry: Engine = {
  name: 'schema-registry',
  version: VERSIONS.apicurio,
  what: "Confluent's schema registry API",
  needs: ['java21', 'maven'],
  install: async (folder, tools) => {
    await bringFile(folder, tools, `io.apicurio:apicurio-registry-app:${VERSIONS.apicurio}:tar.gz:all`);
    await run('tar', ['-xzf', ARCHIVE], { cwd: folder });
    await run('rm', [ARCHIVE], { cwd: folder });
  },
  server: {
    ports: ['http'],
    command: ({ installed, tools, ports }) => ({
      file: tools.java21,
      args: ['-Xmx384m', '-XX:+UseSerialGC', '-jar', path.join(installed, 'quarkus-run.jar')],
      env: { QUARKUS_HTTP_HOST: '127.0.0.1', QUARKUS_HTTP_PORT: String(portOf(ports, 'http')) },
    }),
    isHealthy: ({ ports }) => answers(`http://127.0.0.1:${portOf(ports, 'http')}${BASE_PATH}/subjects`),
    endpoints: (ports) => ({
      FLORIN_SCHEMA_REGISTRY_URL: `http://127.0.0.1:${portOf(ports, 'http')}${BASE_PATH}`,
    }),
  },
};
