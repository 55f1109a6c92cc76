import path from 'node:path';
import { bringFromPip } from './bring.ts';
import { type Engine, portOf } from './engine.ts';
import { accepts } from './health.ts';
import { VERSIONS } from './versions.ts';

/** A process of its own: its licence is not ours. */
export const secantusdb: Engine = {
  name: 'secantusdb',
  version: VERSIONS.secantusdb,
  what: "MongoDB's protocol, for DocumentDB",
  needs: ['python'],
  install: (folder, tools) => bringFromPip(folder, tools, `secantusdb==${VERSIONS.secantusdb}`),
  server: {
    ports: ['mongodb'],
    command: ({ installed, folder, ports }) => ({
      file: path.join(installed, 'bin', 'secantusd-py'),
      args: [
        '--host',
        '127.0.0.1',
        '--port',
        String(portOf(ports, 'mongodb')),
        '--storage-path',
        path.join(folder, 'data'),
      ],
    }),
    isHealthy: ({ ports }) => accepts(portOf(ports, 'mongodb')),
    endpoints: (ports) => ({ FLORIN_MONGODB_URL: `mongodb://127.0.0.1:${portOf(ports, 'mongodb')}` }),
  },
};
