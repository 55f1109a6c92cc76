import test from 'node:test';
import { LEDGER_CONTRACT } from './contract.ts';
import { createMemoryLedger } from './memory.ts';

for (const { name, run } of LEDGER_CONTRACT) test(`memory: ${name}`, () => run(createMemoryLedger()));
