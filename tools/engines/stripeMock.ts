import path from 'node:path';
import { bringFromGo } from './bring.ts';
import { type Engine, portOf } from './engine.ts';
import { answers } from './health.ts';
import { VERSIONS } from './versions.ts';

/** Stripe's own: answers as its published description says, without any state. */
export const stripeMock: Engine = {
  name: 'stripe-mock',
  version: VERSIONS.stripeMock,
  what: "the shape of Stripe's API",
  needs: ['go'],
  install: (folder, tools) => bringFromGo(folder, tools, `github.com/stripe/stripe-mock@v${VERSIONS.stripeMock}`),
  server: {
    ports: ['http'],
    command: ({ installed, ports }) => ({
      file: path.join(installed, 'stripe-mock'),
      args: ['-http-addr', `127.0.0.1:${portOf(ports, 'http')}`],
    }),
    isHealthy: ({ ports }) => answers(`http://127.0.0.1:${portOf(ports, 'http')}/`),
    endpoints: (ports) => ({ FLORIN_STRIPE_MOCK_URL: `http://127.0.0.1:${portOf(ports, 'http')}` }),
  },
};
