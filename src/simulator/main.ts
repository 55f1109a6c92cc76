import { createSimulator } from '#simulator/simulator.ts';

const PORT_DEFAULT = 4010;
const PORT_MAX = 65_535;
const API_KEY_DEFAULT = 'sim_local_key';
const FILE_DEFAULT = '.florin/simulator.db';

await run(process.env);

/** The simulator as a process of its own. Everything has a default, so that it starts with nothing set. */
async function run(env: NodeJS.ProcessEnv): Promise<void> {
  const simulator = createSimulator({
    file: env['FLORIN_SIMULATOR_DATA'] ?? FILE_DEFAULT,
    accounts: [accountOf(env)],
    log: (message, fields) => console.error(JSON.stringify({ message, ...fields })),
  });
  const url = await simulator.listen(portOf(env['PORT']), env['HOST'] ?? '127.0.0.1');
  console.log(url);
  let closing = false;
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (closing) return;
      closing = true;
      simulator.close().then(
        () => process.exit(0),
        () => process.exit(1),
      );
    });
  }
}

function accountOf(env: NodeJS.ProcessEnv) {
  const webhookUrl = env['FLORIN_SIMULATOR_WEBHOOK_URL'];
  const webhookSecret = env['FLORIN_SIMULATOR_WEBHOOK_SECRET'];
  return {
    id: 'default',
    apiKey: env['FLORIN_SIMULATOR_API_KEY'] ?? API_KEY_DEFAULT,
    ...(webhookUrl ? { webhookUrl } : {}),
    ...(webhookSecret ? { webhookSecret } : {}),
  };
}

function portOf(text: string | undefined): number {
  const port = text === undefined || text === '' ? PORT_DEFAULT : Number(text);
  if (!Number.isInteger(port) || port < 0 || port > PORT_MAX) throw new Error(`PORT must be from 0 to ${PORT_MAX}.`);
  return port;
}
