import test from 'node:test';
import { WEBHOOKS_CONTRACT } from './contract.ts';
import { createMemoryWebhooks } from './memory.ts';

for (const { name, run } of WEBHOOKS_CONTRACT) test(`memory webhooks: ${name}`, () => run(createMemoryWebhooks()));
