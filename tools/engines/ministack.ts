import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { bringFromPip, pythonIn } from './bring.ts';
import { type Engine, portOf } from './engine.ts';
import { answers } from './health.ts';
import { VERSIONS } from './versions.ts';

/** Without this its small answers wait for the other side's delayed acknowledgement, 40 ms each. */
const LAUNCHER = `import socketserver
socketserver.StreamRequestHandler.disable_nagle_algorithm = True
from ministack.app import main
main()
`;

/** The APIs of AWS, Lambda included. */
export const ministack: Engine = {
  name: 'ministack',
  version: VERSIONS.ministack,
  what: 'the APIs of AWS',
  needs: ['python'],
  install: async (folder, tools) => {
    await bringFromPip(folder, tools, `ministack[full]==${VERSIONS.ministack}`);
    writeFileSync(path.join(folder, 'launch.py'), LAUNCHER);
  },
  server: {
    ports: ['gateway', 'sftp'],
    command: ({ installed, ports }) => {
      const gateway = String(portOf(ports, 'gateway'));
      return {
        file: pythonIn(installed),
        args: [path.join(installed, 'launch.py')],
        env: {
          GATEWAY_PORT: gateway,
          SFTP_PORT: String(portOf(ports, 'sftp')),
          AWS_ENDPOINT_URL: `http://127.0.0.1:${gateway}`,
          BIND_HOST: '127.0.0.1',
          IOT_MTLS_ENABLED: '0',
        },
      };
    },
    isHealthy: ({ ports }) => answers(`http://127.0.0.1:${portOf(ports, 'gateway')}/_ministack/health`),
    endpoints: (ports) => ({ FLORIN_AWS_ENDPOINT: `http://127.0.0.1:${portOf(ports, 'gateway')}` }),
  },
};
